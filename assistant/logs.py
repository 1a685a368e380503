"""What may be written to a log: whatever we say, and of libraries only that they said something.

A question is health data. Our own messages never hold one; a library's may (a validator repeats
the value that it refuses, an exception its argument), so their words are withheld.
"""

import logging
import traceback

_OURS = frozenset({"app", "assistant", "corpus", "index"})
# Of uvicorn's messages from WARNING on, none repeats anything of a request.
_WITHOUT_QUESTIONS = _OURS | {"uvicorn"}


class DiscreetFormatter(logging.Formatter):
    """One line for each record, with the frames of an exception but never its words."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.split(".")[0] in _WITHOUT_QUESTIONS:
            words = " ".join(record.getMessage().split())
        else:
            words = f"(a library's words, withheld; {record.module}.py:{record.lineno})"
        lines = [f"{record.levelname} {record.name}: {words}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines.extend(_where(record.exc_info[1]))
        return "\n".join(lines)


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
