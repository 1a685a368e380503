"""The curves that settle where an answer begins and how many sentences are read."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.selection import AnswerSelector, CrossEncoderSelector, ScoresCandidates, Selection
from assistant.training.examples import shuffled
from corpus.document import Document
from tests.evaluation.measures import Figure, auroc, estimated, mean
from tests.evaluation.outcomes import Outcome, grade_of
from tests.evaluation.topics import is_answerable
from tests.evaluation.watching import Searched

# Those that serve are among them (`assistant.selection.SENTENCES`); what reading more or fewer
# brings and costs: `python -m tests.evaluation.run --split dev --sentences-read`.
SENTENCES = (4, 6, 8, 12, 16, 24, 32)
_QUESTIONS = 300
_SEED = 20261125
_Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """What comes of answering from `threshold` on; every other field is a share in [0, 1].

    `coverage`: of all questions, those answered. `risk`: of those, the ones that should not have
    been or whose best sentence was not judged to answer. `answerable` and `others`: of the
    questions of each kind, those answered.
    """

    threshold: float
    coverage: float
    risk: float
    answerable: float
    others: float


def risk_coverage(
    outcomes: Sequence[Outcome], thresholds: Sequence[float] | None = None
) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010) over the probability that the documents
    answer, by default at each one found.
    """
    probability = np.array([o.answerable for o in outcomes])
    right = np.array([o.best_answers for o in outcomes])
    answerable = np.array([is_answerable(o.topic.qid) for o in outcomes])
    searched = np.array([o.searched is not None for o in outcomes])
    points = []
    for threshold in np.unique(probability) if thresholds is None else thresholds:
        passed = (probability >= threshold) & searched
        points.append(
            Point(
                threshold=float(threshold),
                coverage=float(passed.mean()),
                risk=float((~right[passed]).mean()) if passed.any() else 0.0,
                answerable=_share(passed[answerable]),
                others=_share(passed[~answerable]),
            )
        )
    return points


def area_under_risk(probability: _Row, right: NDArray[np.bool_]) -> float:
    """The mean risk when the threshold is the probability of each question in turn."""
    order = np.argsort(-probability, kind="stable")
    descending = probability[order]
    last = np.searchsorted(-descending, -descending, "right")
    wrong = np.cumsum(~right[order])
    return float((wrong[last - 1] / last).mean())


def _share(passed: NDArray[np.bool_]) -> float:
    return float(passed.mean()) if len(passed) else math.nan


@dataclass(frozen=True, slots=True)
class Reading:
    """What comes of reading `sentences` of them: the median cost in milliseconds, and quality.

    `first` is the share of answerable questions whose most probable sentence answers; `auroc` is
    answerability over all questions.
    """

    sentences: int
    first: Figure
    auroc: Figure
    milliseconds: float


def by_sentences_read(
    outcomes: Sequence[Outcome], scorer: ScoresCandidates, documents: Mapping[str, Document]
) -> list[Reading]:
    """One reading for each of `SENTENCES`, over a seeded sample of 300 of `outcomes`."""
    sample = shuffled(outcomes, _SEED)[:_QUESTIONS]
    answerable = np.array([is_answerable(o.topic.qid) for o in sample])
    readings = []
    for sentences in SENTENCES:
        selector = CrossEncoderSelector(scorer, documents, sentences=sentences)
        right, best, seconds = [], [], []
        for outcome in sample:
            found, taken = _timed(selector, outcome.searched)
            seconds.append(taken)
            best.append(found.answered)
            first = next(iter(found.evidence), None)
            right.append(first is not None and grade_of(outcome.topic.qid, first, documents) == 2)
        readings.append(
            Reading(
                sentences,
                mean("the most probable sentence answers", np.array(right)[answerable]),
                estimated("answerability AUROC", auroc, best, answerable),
                float(np.nanmedian(seconds)) * 1e3,
            )
        )
    return readings


def _timed(selector: AnswerSelector, searched: Searched | None) -> tuple[Selection, float]:
    """What was found, and the seconds that it took; not a number where nothing was searched."""
    if searched is None:
        return Selection(), math.nan
    started = time.perf_counter()
    selection = selector.select(searched.query, searched.hits)
    return selection, time.perf_counter() - started
