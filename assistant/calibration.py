"""How what is known of the sentences read becomes probabilities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.ordering import Ranked

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the sentences read for one question, each `[sentences]`.

    The trained model's `scores`; `similarities`, `answered_shares`, `grounds` and `are_asked` as
    `Ranked` has them.
    """

    scores: Column
    similarities: Column
    answered_shares: tuple[float | None, ...]
    grounds: NDArray[np.int_]
    are_asked: NDArray[np.bool_]

    @classmethod
    def of(cls, ranked: Sequence[Ranked], scores: Column) -> "Signals":
        return cls(
            scores,
            np.array([item.similarity for item in ranked]),
            tuple(item.answered_share for item in ranked),
            np.array([item.grounds for item in ranked], int),
            np.array([item.is_asked for item in ranked], bool),
        )


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, logistic in the highest score (`highest`), the highest similarity (`closest`,
    which tells what is off topic), the log odds of being answered among the judged questions around
    (`around`), and `bias`.
    """

    highest: float
    closest: float
    bias: float
    around: float = 0.0

    def of(self, score: float, similarity: float, answered_share: float | None) -> float:
        """A probability; `answered_share`, in (0, 1), counts nothing where it is None."""
        around = 0.0 if answered_share is None else math.log(answered_share / (1 - answered_share))
        return _logistic(
            self.highest * score + self.closest * similarity + self.around * around + self.bias
        )


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance of one thing: `alone`, or `judged` where questions were judged on the document of
    the sentence that ranks first.
    """

    alone: Chance
    judged: Chance

    def of(self, signals: Signals, first: int) -> float:
        """A probability; `first` is the number of the sentence that ranks first."""
        share = signals.answered_shares[first]
        chance = self.alone if share is None else self.judged
        return chance.of(float(signals.scores.max()), float(signals.similarities.max()), share)


@dataclass(frozen=True, slots=True)
class Another:
    """That a sentence answers beside the first: a probability, logistic in its own `score` and
    `similarity`, in how far its similarity lies `below` the first one's, and `bias`.
    """

    score: float
    similarity: float
    below: float
    bias: float

    def of(self, scores: Column, similarities: Column, first: int) -> Column:
        """`[sentences]`: a probability for each; `first` is the number of the first."""
        logits = (
            self.score * scores
            + self.similarity * similarities
            - self.below * (similarities[first] - similarities)
            + self.bias
        )
        found: Column = 0.5 * (1.0 + np.tanh(0.5 * logits))
        return found


@dataclass(frozen=True, slots=True)
class Others:
    """`Another`, `alone` or `judged` as in `Chances`."""

    alone: Another
    judged: Another


# No other sentence is as probable as the first.
_NOT_FIRST = 0.99


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the signals of the sentences read become probabilities.

    A sentence ranks by its score plus `similarity` times its similarity, and higher by `known` for
    each ground on which it is known to answer. That the first one answers has the chance `first`,
    that another one does has that of `others`. That any sentence of the documents answers has the
    chance `answered`. Fitted by `python -m tests.evaluation.calibrate` on the development
    questions, on those of people in `keys` that were judged last, and on everyday requests. Where
    the first is known to answer, both are at least `sure`; that and `known` are set by hand, for
    hardly a development question is asked in the documents' own words (`python -m
    tests.evaluation.own_questions`). So is `asked`, by which the odds of an answer are multiplied
    where the first stands in a section that is said to answer nearly the question.
    """

    similarity: float = 0.5
    first: Chances = Chances(
        alone=Chance(highest=0.945, closest=0.163, bias=0.022),
        judged=Chance(highest=0.763, closest=0.154, bias=-0.910, around=0.601),
    )
    answered: Chances = Chances(
        alone=Chance(highest=0.888, closest=0.371, bias=1.763),
        judged=Chance(highest=0.862, closest=0.136, bias=-0.036, around=1.157),
    )
    others: Others = Others(
        alone=Another(score=0.950, similarity=-0.031, below=0.405, bias=-0.161),
        judged=Another(score=0.855, similarity=0.071, below=0.255, bias=0.102),
    )
    known: float = 6.0
    sure: float = 0.9
    asked: float = 3.0

    def ranks(self, signals: Signals) -> Column:
        """`[sentences]`, the highest first."""
        likeness = signals.scores + self.similarity * signals.similarities
        found: Column = likeness + self.known * signals.grounds
        return found

    def probabilities(self, signals: Signals) -> Column:
        """`[sentences]`: that each of the sentences read for one question answers it."""
        first = int(self.ranks(signals).argmax())
        chance = self._at_least(signals, first, self.first)
        others = self.others.alone if signals.answered_shares[first] is None else self.others.judged
        found = others.of(signals.scores, signals.similarities, first)
        found = np.minimum(found, _NOT_FIRST * chance)
        found[first] = chance
        return found

    def answerable(self, signals: Signals) -> float:
        """That any sentence answers, also one that was not read."""
        first = int(self.ranks(signals).argmax())
        chance = self._at_least(signals, first, self.answered)
        return odds_times(self.asked, chance) if signals.are_asked[first] else chance

    def _at_least(self, signals: Signals, first: int, chances: Chances) -> float:
        return max(chances.of(signals, first), self.sure if signals.grounds[first] else 0.0)


def odds_times(factor: float, chance: float) -> float:
    """The probability whose odds are `factor` times those of `chance`."""
    return factor * chance / (1.0 + (factor - 1.0) * chance)


def _logistic(logit: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * logit))
