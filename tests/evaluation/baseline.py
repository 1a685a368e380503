"""Figures of an earlier state, one set for each split, in a file that is committed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.evaluation.measures import Figure

BASELINE = Path(__file__).parent / "baseline.json"
Baseline = Mapping[str, Mapping[str, Figure]]


def read_baseline(path: Path) -> Baseline:
    """Split -> name of a measure -> its figure; empty where there is no file."""
    if not path.is_file():
        return {}
    stored = json.loads(path.read_text("utf-8"))
    return {
        split: {name: Figure(name=name, **fields) for name, fields in figures.items()}
        for split, figures in stored.items()
    }


def write_baseline(path: Path, split: str, figures: Sequence[Figure]) -> None:
    """Replaces the figures of `split` and keeps those of the others."""
    stored = {**read_baseline(path), split: {figure.name: figure for figure in figures}}
    described = {
        part: {name: _fields(figure) for name, figure in named.items()}
        for part, named in sorted(stored.items())
    }
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    new.replace(path)


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
