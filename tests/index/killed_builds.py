"""A program that kills builds with SIGKILL, at one step on the file system after another.

`python -m tests.index.killed_builds CORPUS DATA MODEL SCRATCH STRIDE` prints one JSON object: a
build of CORPUS over a copy of DATA takes `steps` steps, and `after` maps each step at which a
build was killed to the fingerprint that then serves, or to what is wrong with it.

The builds are forks of this process, which has loaded the libraries but not yet a model.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import bm25s  # noqa: F401 (loaded once for all forks)
import onnxruntime  # noqa: F401
import tokenizers  # noqa: F401

from index.builder import build_index
from index.errors import IndexFailure
from index.manifest import Manifest
from index.storage import current_generation

_STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def _steps_taken(build: Callable[[], object], folder: Path, kill_at: int | None) -> int:
    """The steps that `build` takes on `folder`; is killed as it begins step `kill_at`."""
    steps = count(1)
    taken = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal taken
        if event in _STEPS and str(arguments[0]).startswith(str(folder)):
            taken = next(steps)
            if taken == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    build()
    return taken


def _forked(corpus: Path, data: Path, model: Path, kill_at: int | None) -> int | None:
    """The steps of a build in a process of its own; None when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        taken = _steps_taken(lambda: build_index(corpus, data, model=model), data, kill_at)
        os.write(writing, str(taken).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status != 0:
        raise RuntimeError(f"the build ended with {status}")
    return int(told)


def _serving(data: Path) -> str:
    try:
        folder = current_generation(data)
        manifest = Manifest.read(folder)
        return str(manifest.faults(folder)) if manifest.faults(folder) else manifest.fingerprint
    except IndexFailure as error:
        return str(error)


def main(corpus: Path, data: Path, model: Path, scratch: Path, stride: int) -> None:
    """Prints what serves after each build that was killed."""
    shutil.copytree(data, scratch / "whole")
    steps = _forked(corpus, scratch / "whole", model, None)
    if steps is None:
        raise RuntimeError("a build that was not to be killed was killed")
    after = {}
    # The last steps, around the swap, each; of the others every so many.
    for step in (*range(1, steps - 12, stride), *range(max(1, steps - 12), steps + 1)):
        shutil.copytree(data, scratch / str(step))
        if _forked(corpus, scratch / str(step), model, step) is not None:
            raise RuntimeError(f"the build was not killed at step {step}")
        after[step] = _serving(scratch / str(step))
    print(json.dumps({"steps": steps, "after": after}))


if __name__ == "__main__":
    corpus, data, model, scratch = map(Path, sys.argv[1:5])
    main(corpus, data, model, scratch, int(sys.argv[5]))
