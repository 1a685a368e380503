"""The curves as pictures (PNG), drawn with matplotlib."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from tests.evaluation.curves import Point, Reading
from tests.evaluation.measures import Bin

mpl.use("Agg")
_INCHES = (6.4, 4.4)


def draw(
    folder: Path,
    *,
    points: Sequence[Point],
    readings: Sequence[Reading],
    bins: Sequence[Bin],
    served: Point,
) -> list[Path]:
    """Writes one picture a curve and gives their paths; the point that is `served` is marked."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "risk-coverage.png": _risk_coverage(points, served),
        "answered.png": _answered(points, served),
        "reliability.png": _reliability(bins),
        "sentences-read.png": _sentences_read(readings),
    }
    for name, canvas in drawn.items():
        canvas.savefig(folder / name, dpi=150)
    return [folder / name for name in drawn]


def _canvas(across: str, up: str) -> tuple[Canvas, Axes]:
    canvas = Canvas(figsize=_INCHES, layout="constrained")
    axes = canvas.add_subplot()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(alpha=0.3)
    return canvas, axes


def _risk_coverage(points: Sequence[Point], served: Point) -> Canvas:
    canvas, axes = _canvas("questions answered", "of these, answered wrongly")
    axes.plot([p.coverage for p in points], [p.risk for p in points])
    axes.plot(served.coverage, served.risk, "o", label=f"threshold {served.threshold:.2f}")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, None)
    axes.legend()
    return canvas


def _answered(points: Sequence[Point], served: Point) -> Canvas:
    canvas, axes = _canvas("unanswerable questions answered", "answerable questions answered")
    axes.plot([p.others for p in points], [p.answerable for p in points])
    axes.plot([0, 1], [0, 1], ":", color="grey")
    axes.plot(served.others, served.answerable, "o", label=f"threshold {served.threshold:.2f}")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend()
    return canvas


def _reliability(bins: Sequence[Bin]) -> Canvas:
    canvas, axes = _canvas("probability of the most probable sentence", "share of them that answer")
    axes.plot([0, 1], [0, 1], ":", color="grey", label="as probable as it is said to be")
    axes.plot([b.probability for b in bins], [b.share for b in bins], marker="o")
    for found in bins:
        axes.annotate(
            str(found.count),
            (found.probability, found.share),
            xytext=(4, -10),
            textcoords="offset points",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.legend(title="number: questions", loc="upper left")
    return canvas


def _sentences_read(readings: Sequence[Reading]) -> Canvas:
    canvas, axes = _canvas("sentences read", "share")
    across = [r.sentences for r in readings]
    for name, figures in (
        ("most probable sentence answers", [r.first for r in readings]),
        ("answerability AUROC", [r.auroc for r in readings]),
    ):
        axes.plot(across, [f.value for f in figures], marker="o", label=name)
        axes.fill_between(across, [f.low for f in figures], [f.high for f in figures], alpha=0.15)
    cost = axes.twinx()
    cost.plot(across, [r.milliseconds for r in readings], ":", color="grey", label="median ms")
    cost.set_ylabel("milliseconds to read them, median")
    cost.set_ylim(0, None)
    axes.set_xticks(across)
    axes.legend(loc="lower right")
    return canvas
