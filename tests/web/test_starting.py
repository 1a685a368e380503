"""A server that cannot load what it needs stops, and its exit code says so."""

import subprocess
import sys

CODE = """
import asyncio, signal, sys
from assistant.errors import ModelInvalid
from assistant.web.starting import Build, following

class Broken:
    def follow(self, stop, *, when_loaded):
        raise {error}("a mistake of ours")

async def main():
    serving = following(Broken(), build=build, when_loaded=print, when_stopped=lambda: None)
    async with serving(None):
        for _ in range(200):
            await asyncio.sleep(0.1)

build = Build([], is_needed=lambda: False, when_stopped=130)
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
sys.exit(build.code)
"""


def _run(error: str) -> "subprocess.CompletedProcess[str]":
    code = CODE.replace("{error}", error)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_a_mistake_of_ours_while_loading_is_no_success() -> None:
    run = _run("RuntimeError")
    assert run.returncode == 1
    assert "a mistake of ours" in run.stderr


def test_a_model_that_is_damaged_is_told_in_one_line() -> None:
    run = _run("ModelInvalid")
    assert run.returncode == 1
    assert run.stderr == "stopped: a mistake of ours\n"
