"""What may be written to a log: whatever we say, and of libraries only that they said something.

A question is health data. Our own messages never hold one; a library's may (a validator repeats
the value that it refuses, an exception its argument), so their words are withheld.
"""

import logging
import traceback

_OURS = frozenset({"app", "assistant", "corpus", "index"})


class DiscreetFormatter(logging.Formatter):
    """One line for each record, with the frames of an exception but never its words."""

    def format(self, record: logging.LogRecord) -> str:
        if _is_without_questions(record):
            words = " ".join(record.getMessage().split())
        else:
            words = f"(a library's words, withheld; {record.module}.py:{record.lineno})"
        lines = [f"{record.levelname} {record.name}: {words}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines.extend(_where(record.exc_info[1]))
        return "\n".join(lines)


def _is_without_questions(record: logging.LogRecord) -> bool:
    """Of uvicorn's messages none from WARNING on repeats a request; those below hold addresses."""
    package = record.name.split(".")[0]
    return package in _OURS or (package == "uvicorn" and record.levelno >= logging.WARNING)


def log_to_stderr() -> None:
    """Our own records from INFO on, and libraries' from WARNING on, to standard error.

    Does nothing where the root logger has a handler already.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.raiseExceptions = False  # a record that cannot be written would be printed whole
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return [*lines, f"  {type(error).__name__} (its words are withheld)"]
