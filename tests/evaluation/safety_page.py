"""Fills the measured error rates into SAFETY.md: `python -m tests.evaluation.safety_page`."""

import contextlib
import io
from pathlib import Path

from tests.evaluation.safety import __main__ as safety

PAGE = Path(__file__).resolve().parents[2] / "SAFETY.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->"


def filled(page: str, measured: str) -> str:
    """`page` with `measured` between its two marks; ValueError where it does not have both once."""
    if page.count(_BEGIN) != 1 or page.count(_END) != 1:
        raise ValueError(f"expected {_BEGIN.strip()} and {_END} once each")
    before, rest = page.split(_BEGIN)
    return f"{before}{_BEGIN}```\n{measured.strip()}\n```\n{_END}{rest.split(_END)[1]}"


def main() -> None:
    """Measure on the held-out messages; times are left out, they are another machine's."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        safety.main([])
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    measured = "\n".join(line for line in lines if "ms in the median" not in line)
    PAGE.write_text(filled(PAGE.read_text("utf-8"), measured), "utf-8")


if __name__ == "__main__":
    main()
