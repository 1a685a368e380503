"""Measures over questions, each with its interval.

Intervals are 95% percentile bootstrap intervals over questions (Efron 1979), with a fixed seed.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
_RESAMPLES = 2000
_BINS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure, the ends of its interval, and the number of questions that it is over."""

    name: str
    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.name:60} {self.short}  n={self.count}"

    @property
    def short(self) -> str:
        """The value and its interval."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean(name: str, values: Sequence[float] | Column) -> Figure:
    """The mean of one value a question; not a number where there is none."""
    sample = np.asarray(values, np.float64)
    if not len(sample):
        return Figure(name, math.nan, math.nan, math.nan, 0)
    generator = np.random.default_rng(0)
    means = sample[generator.integers(0, len(sample), (_RESAMPLES, len(sample)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(name, float(sample.mean()), float(low), float(high), len(sample))


def estimated(
    name: str, statistic: Callable[..., float], *columns: Sequence[Any] | Column
) -> Figure:
    """`statistic` of columns with one value a question each, resampled together.

    A resample of which the statistic is not a number is left out.
    """
    arrays = [np.asarray(column) for column in columns]
    count = len(arrays[0])
    value = statistic(*arrays)
    if math.isnan(value):
        return Figure(name, value, value, value, count)
    generator = np.random.default_rng(0)
    drawn = (generator.integers(0, count, count) for _ in range(_RESAMPLES))
    low, high = np.nanquantile(
        [statistic(*(array[rows] for array in arrays)) for rows in drawn], [0.025, 0.975]
    )
    return Figure(name, value, float(low), float(high), count)


def auroc(scores: Column, labels: Column) -> float:
    """How often a labelled one scores higher than another, ties counted half.

    Not a number where all are labelled alike.
    """
    positive, negative = scores[labels.astype(bool)], np.sort(scores[~labels.astype(bool)])
    if not len(positive) or not len(negative):
        return math.nan
    below = np.searchsorted(negative, positive, "left")
    upto = np.searchsorted(negative, positive, "right")
    return float((below + upto).mean() / (2 * len(negative)))


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same probability.

    Their number, the mean of their probabilities, and the share of them of which it came true.
    """

    count: int
    probability: float
    share: float


def reliability(probabilities: Column, labels: Column) -> list[Bin]:
    """The ten bins of equal width over [0, 1], lowest first, without those that hold nothing."""
    number = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    return [
        Bin(int(inside.sum()), float(probabilities[inside].mean()), float(labels[inside].mean()))
        for inside in (number == bin_ for bin_ in range(_BINS))
        if inside.any()
    ]


def calibration_error(probabilities: Column, labels: Column) -> float:
    """The expected calibration error over ten bins (Naeini and others 2015), 0.0 the best.

    Not a number where there is nothing. Few questions in a bin raise it, and so does resampling.
    """
    if not len(probabilities):
        return math.nan
    bins = reliability(probabilities, labels)
    return sum(b.count * abs(b.probability - b.share) for b in bins) / len(probabilities)


def average_precision(relevant: Sequence[bool], total: int) -> float:
    """Of a ranking, best first; `total` relevant ones exist, those not ranked among them."""
    found, area = 0, 0.0
    for rank, hit in enumerate(relevant, start=1):
        found += hit
        area += hit * found / rank
    return area / total


def reciprocal_rank(relevant: Iterable[bool]) -> float:
    """One over the rank of the first relevant one; 0.0 where none is."""
    return next((1.0 / rank for rank, hit in enumerate(relevant, start=1) if hit), 0.0)


def ndcg(gains: Sequence[float], existing: Iterable[float], k: int) -> float:
    """nDCG@k with the gains as they are, as in trec_eval.

    `gains` are those of the ranking, best first; `existing` those of all that could be ranked.
    """
    ideal = _discounted(sorted(existing, reverse=True)[:k])
    return _discounted(gains[:k]) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def rouge_1(found: Sequence[str], wanted: Sequence[str]) -> tuple[float, float]:
    """Recall and F1 of tokens, counted as often as both hold them (Lin 2004)."""
    common = (Counter(found) & Counter(wanted)).total()
    if not common:
        return 0.0, 0.0
    recall, precision = common / len(wanted), common / len(found)
    return recall, 2 * recall * precision / (recall + precision)
