"""Whether a sentence says again what another said, in other words."""

import math
import re
from dataclasses import astuple, dataclass

from assistant.context import Quotation
from assistant.figures import FiguresTable

# Years are left out: they date a thing and seldom change it.
_NUMBER = re.compile(r"(?!(?:19|20)\d\d\b)\b\d+(?:[.,]\d+)*")
_NEGATION = re.compile(
    r"(?!\Ano,)\b(?:no|not|nobody|none|never|neither|nor|cannot|without)\b|n't\b"
)
# Sentences alike by at least so much say the same. Less is lost by a repetition than by a sentence
# that is missing, so more than half of what is left out must be one.
_FROM = 0.4


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a sentence is like an earlier one, each part from 0 to 1.

    The cosine of their vectors, the share of its words that the earlier one has, the share of all
    their words that both have, whether they have two numbers or more in common (a half for one),
    whether both deny something or neither does, and whether both speak of the same group, place
    and measure.
    """

    cosine: float
    words: float
    words_of_both: float
    numbers: float
    denial: float
    aspects: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a logistic regression on pairs of statements that readers called repetitions or not:
    `python -m tests.evaluation.repetitions`.
    """

    likeness: Likeness
    bias: float

    def chance(self, likeness: Likeness) -> float:
        """A probability in [0, 1]."""
        products = zip(astuple(self.likeness), astuple(likeness), strict=True)
        return 1 / (1 + math.exp(-self.bias - sum(weight * part for weight, part in products)))

    def says_the_same(self, likeness: Likeness) -> bool:
        """Whether the chance is high enough to leave a statement out."""
        return self.chance(likeness) >= _FROM


FITTED = Weights(Likeness(4.4, 3.2, 3.3, 0.6, 0.9, 0.9), bias=-8.3)


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Tells them, by the groups, places and measures that `figures` knows."""

    figures: FiguresTable

    def likeness(self, one: str, earlier: str, cosine: float | None) -> Likeness:
        """How `one` is like `earlier`; where the `cosine` is not known, words stand in."""
        mine, theirs = self.figures.words(one), self.figures.words(earlier)
        words = len(mine & theirs) / max(1, len(mine))
        return Likeness(
            cosine=words if cosine is None else cosine,
            words=words,
            words_of_both=len(mine & theirs) / max(1, len(mine | theirs)),
            numbers=min(2, len(_numbers(one) & _numbers(earlier))) / 2,
            denial=_denies(one) == _denies(earlier),
            aspects=self.figures.same_aspects(one, earlier),
        )

    def repeats(self, one: Quotation, earlier: Quotation) -> bool:
        """Whether `one` adds nothing to `earlier`; what gives a number of its own always does."""
        mine, theirs = one.vector, earlier.vector
        cosine = None if mine is None or theirs is None else float(mine @ theirs)
        return may_repeat(one.text, earlier.text) and FITTED.says_the_same(
            self.likeness(one.text, earlier.text, cosine)
        )


def may_repeat(one: str, earlier: str) -> bool:
    """Whether `one` gives no number that `earlier` does not give."""
    return _numbers(one) <= _numbers(earlier)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text.lower()))


def _denies(text: str) -> bool:
    return bool(_NEGATION.search(text.lower()))
