"""Whether a sentence says again what another said, in other words."""

import math
import re
from dataclasses import astuple, dataclass

from assistant.balance import BalanceTable
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
# From this cosine on they do, however few words they share, unless the later is much longer.
_SAME_MEANING = 0.85
_MUCH_LONGER = 1.25


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a sentence is like an earlier one, each part from 0 to 1.

    The cosine of their vectors, the share of its words that the earlier one has, the share of all
    their words that both have, and whether they have two numbers or more in common (a half for
    one).
    """

    cosine: float
    words: float
    words_of_both: float
    numbers: float


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


FITTED = Weights(Likeness(3.4, 3.1, 3.9, 0.6), bias=-5.9)


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Tells them, by the treatments that `table` knows, and the groups, places and measures of
    `figures`.
    """

    table: BalanceTable
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
        )

    def may_repeat(self, one: str, earlier: str) -> bool:
        """Whether `one` gives no number of its own and speaks of the same.

        Both deny something or neither does, and of another treatment, group, place or measure
        alike words are news.
        """
        named = self.table.treatments_in(earlier)
        return (
            _numbers(one) <= _numbers(earlier)
            and _denies(one) == _denies(earlier)
            and (not named or self.table.treatments_in(one) <= named)
            and self.figures.adds_no_aspect(one, earlier)
        )

    def says_again(self, one: str, earlier: str, cosine: float | None) -> bool:
        """Whether `one` adds nothing to `earlier`."""
        words = self.figures.words
        means_the_same = (
            cosine is not None
            and cosine >= _SAME_MEANING
            and len(words(one)) <= _MUCH_LONGER * len(words(earlier))
        )
        return self.may_repeat(one, earlier) and (
            means_the_same or FITTED.chance(self.likeness(one, earlier, cosine)) >= _FROM
        )

    def repeats(self, one: Quotation, earlier: Quotation) -> bool:
        """The same of two quotations."""
        mine, theirs = one.vector, earlier.vector
        cosine = None if mine is None or theirs is None else float(mine @ theirs)
        return self.says_again(one.text, earlier.text, cosine)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text.lower()))


def _denies(text: str) -> bool:
    return bool(_NEGATION.search(text.lower()))
