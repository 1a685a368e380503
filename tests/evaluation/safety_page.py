"""Fills what is measured into SAFETY.md, and the misses and the clinics' claims, one by one, into
SAFETY_FINDINGS.md: `python -m tests.evaluation.safety_page [--shared DIR]`.

Without `--shared` the claims stay as they are.
"""

import argparse
import contextlib
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.evaluation.claims import __main__ as claims
from tests.evaluation.claims.checking import read_claims
from tests.evaluation.safety import __main__ as safety

PAGE = Path(__file__).resolve().parents[2] / "SAFETY.md"
FINDINGS = PAGE.with_name("SAFETY_FINDINGS.md")


def filled(page: str, measured: str, name: str = "measured") -> str:
    """`page` with `measured` between its two marks; ValueError where it does not have both once."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"expected {begin.strip()} and {end} once each")
    before, rest = page.split(begin)
    return f"{before}{begin}{measured.strip()}\n{end}{rest.split(end)[1]}"


def fenced(text: str) -> str:
    """`text` as a block that is shown as it is."""
    return f"```\n{text.strip()}\n```"


def claims_table(shared: Path) -> str:
    """The table of the claims, and its counts."""
    with TemporaryDirectory() as folder:
        index = claims.index_with_clinics(shared, Path(folder))
        found = claims.asked(read_claims(shared), index)
    return "\n".join([*claims.table(found), "", f"Of the claims, {claims.counts(found)}."])


def main() -> None:
    """Measure on the held-out messages; times are left out, they are another machine's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder of the shared data")
    shared = parser.parse_args().shared
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        safety.main(["--misses"])
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    rates, misses = "\n".join(x for x in lines if "ms in the median" not in x).split("misses:\n")
    PAGE.write_text(filled(PAGE.read_text("utf-8"), fenced(rates)), "utf-8")
    findings = filled(FINDINGS.read_text("utf-8"), fenced(misses), "misses")
    if shared:
        findings = filled(findings, claims_table(shared), "claims")
    FINDINGS.write_text(findings, "utf-8")


if __name__ == "__main__":
    main()
