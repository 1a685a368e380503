"""The figures of `baseline.json` beside what they are to reach, as a table in Markdown.

`python -m tests.evaluation.targets` prints it; with `--write` it also goes into the README of this
folder, between its marks. Nothing is measured here: what is not in the baseline is named with the
command that measures it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.evaluation.baseline import BASELINE, Baseline, read_baseline
from tests.evaluation.measures import Figure
from tests.evaluation.safety_page import filled

README = BASELINE.with_name("README.md")
_OURS = ("test", "final", "people")
_PUBLIC = "public --data DIR --parts {part} --write-baseline"


@dataclass(frozen=True, slots=True)
class Target:
    """What `figure` of each of `parts` of the baseline is to reach, and what measures it.

    At least `bound`, or at most where `at_most`.
    """

    measure: str
    parts: tuple[str, ...]
    figure: str
    bound: float
    at_most: bool = False
    command: str = _PUBLIC

    @property
    def wanted(self) -> str:
        """The bound in words."""
        return f"at {'most' if self.at_most else 'least'} {self.bound:.2f}"

    def reached(self, figure: Figure) -> str:
        """Whether it is reached; where it is not, whether the interval holds it."""
        sign = -1 if self.at_most else 1
        if sign * (figure.value - self.bound) >= 0:
            return "yes"
        best = figure.low if self.at_most else figure.high
        return "no, but within the interval" if sign * (best - self.bound) >= 0 else "no"


def _own(measure: str, figure: str, bound: float, *, at_most: bool = False) -> Target:
    command = "run --split {part} --write-baseline"
    return Target(measure, _OURS, figure, bound, at_most, command)


TARGETS = (
    _own(
        "P@1 of the first statement",
        "answerable and answered: first statement answers (P@1)",
        0.85,
    ),
    _own("answerable, answered", "answerable: answered", 0.88),
    _own(
        "not answerable, answered all the same",
        "not answerable: answered all the same",
        0.10,
        at_most=True,
    ),
    Target("SQuAD 2.0: P@1", ("squad2",), "SQuAD 2.0 held-out articles: P@1", 0.88),
    Target(
        "SQuAD 2.0: answerability AUROC",
        ("squad2",),
        "SQuAD 2.0 held-out articles: answerability AUROC",
        0.80,
    ),
    Target("WikiQA dev: MAP", ("wikiqa",), "WikiQA dev: MAP, selector", 0.84),
    Target(
        "SciFact test: nDCG@10 of whole retrieval",
        ("scifact",),
        "SciFact test claims: nDCG@10, whole retrieval",
        0.72,
    ),
    *(
        Target(
            f"off topic, {where}: answered",
            ("clinc150",),
            f"CLINC150, {where}: answered",
            0.01,
            at_most=True,
        )
        for where in ("out of its domain", "in its domain")
    ),
)


def rows(baseline: Baseline) -> Iterator[str]:
    """The lines of the table."""
    yield "| measure | on | target | measured | reached |"
    yield "| --- | --- | --- | --- | --- |"
    for target in TARGETS:
        for part in target.parts:
            figure = baseline.get(part, {}).get(target.figure)
            if figure is None:
                command = target.command.format(part=part)
                found = f"not in the baseline: `python -m tests.evaluation.{command}` |"
            else:
                found = f"{figure.short}, n={figure.count} | {target.reached(figure)}"
            yield f"| {target.measure} | `{part}` | {target.wanted} | {found} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.targets", description=__doc__)
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    parser.add_argument("--write", action="store_true", help=f"also into {README.name}")
    options = parser.parse_args()
    table = "\n".join(rows(read_baseline(options.baseline)))
    print(table)
    if options.write:
        README.write_text(filled(README.read_text("utf-8"), table, "targets"), "utf-8")


if __name__ == "__main__":
    main()
