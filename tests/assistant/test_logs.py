import logging
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.logs import DiscreetFormatter

ROOT = Path(__file__).parent.parent.parent
QUESTION = "does my scalp smell of\nvinegar"


def _written(statements: str) -> str:
    """What a process that logs so writes to standard error."""
    program = f"""
import logging
from assistant.logs import log_to_stderr
question = {QUESTION!r}
log_to_stderr()
{statements}
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "vinegar" not in run.stderr
    return run.stderr


def test_our_own_words_are_written_on_one_line() -> None:
    written = _written("logging.getLogger('assistant.web').info('unexpected %s\\nhere', 'Error')")
    assert written == "INFO assistant.web: unexpected Error here\n"


@pytest.mark.parametrize("name", ["root", "mcp.shared.session", "assistants"])
def test_of_a_library_only_the_place_is_written(name: str) -> None:
    written = _written(f"logging.getLogger({name!r}).warning('Failed to validate %s', question)")
    assert written == f"WARNING {name}: (a library's words, withheld; <string>.py:6)\n"


def test_addresses_that_the_server_was_asked_for_are_withheld_at_any_level() -> None:
    written = _written(
        "logging.getLogger().setLevel(logging.DEBUG)\n"
        "access = logging.getLogger('uvicorn.access')\n"
        "access.info('GET /api/ask?question=%s', question)\n"
        "access.warning('shutting down')"
    )
    assert written.splitlines() == [
        "INFO uvicorn.access: (a library's words, withheld; <string>.py:8)",
        "WARNING uvicorn.access: shutting down",
    ]


def test_what_libraries_say_by_the_way_is_not_written() -> None:
    assert _written("logging.getLogger('sentence_transformers').info('Loading')") == ""


@pytest.mark.parametrize("name", ["assistant.web.api", "uvicorn.error", "asyncio"])
def test_an_exception_is_written_with_its_frames_and_without_its_words(name: str) -> None:
    written = _written(
        "try:\n    raise RuntimeError(question)\n"
        f"except RuntimeError:\n    logging.getLogger({name!r}).exception('it failed')"
    )
    assert written.splitlines()[1:] == [
        "  <string>:7 in <module>",
        "  RuntimeError (its words are withheld)",
    ]


def test_a_record_that_cannot_be_written_is_not_printed_whole() -> None:
    assert _written("logging.getLogger('assistant').error('%d', question)") == ""


def test_a_record_without_exception_is_one_line() -> None:
    record = logging.LogRecord("x.y", logging.ERROR, "/z.py", 7, "%s", (QUESTION,), None)
    assert DiscreetFormatter().format(record) == (
        "ERROR x.y: (a library's words, withheld; z.py:7)"
    )
