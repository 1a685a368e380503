"""Figures of an earlier state in a file that is committed: a set for each split of
`tests.evaluation.run`, and one for each part of the commands that measure something else.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.evaluation.measures import Figure

BASELINE = Path(__file__).parent / "baseline.json"
Baseline = Mapping[str, Mapping[str, Figure]]


def read_baseline(path: Path) -> Baseline:
    """Part -> name of a measure -> its figure; empty where there is no file."""
    if not path.is_file():
        return {}
    stored = json.loads(path.read_text("utf-8"))
    return {
        part: {name: Figure(name=name, **fields) for name, fields in figures.items()}
        for part, figures in stored.items()
    }


def write_baseline(path: Path, part: str, figures: Sequence[Figure]) -> None:
    """Replaces the figures of `part` and keeps those of the others."""
    stored = {**read_baseline(path), part: {figure.name: figure for figure in figures}}
    described = {
        name: {measure: _fields(figure) for measure, figure in named.items()}
        for name, named in sorted(stored.items())
    }
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    new.replace(path)


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--baseline FILE` and `--write-baseline`."""
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    parser.add_argument("--write-baseline", action="store_true", help="these are the new baseline")


def report(
    part: str, figures: Iterable[Figure], options: argparse.Namespace, *, is_whole: bool
) -> None:
    """Prints figures as they come, and writes them to the baseline where `options` ask for that.

    They stand beside those of the baseline only where they are over the whole part.
    """
    before = read_baseline(options.baseline).get(part, {})
    found = []
    for figure in figures:
        print(compared(figure, before.get(figure.name)) if is_whole else figure, flush=True)
        found.append(figure)
    if options.write_baseline:
        write_baseline(options.baseline, part, found)


def _fields(figure: Figure) -> dict[str, float]:
    fields = asdict(figure)
    del fields["name"]
    return {name: round(value, 4) for name, value in fields.items()}


def compared(figure: Figure, before: Figure | None) -> str:
    """A line of the table, with the difference to the baseline where that has the measure."""
    if before is None:
        return f"{figure}  not in the baseline"
    apart = figure.value < before.low or figure.value > before.high
    note = ", outside its interval" if apart else ""
    return f"{figure}  {figure.value - before.value:+.3f}{note}"
