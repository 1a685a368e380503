"""Where two sources give different numbers for the same thing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product
from math import inf
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from assistant.balance import BalanceTable
from assistant.context import Quotation
from assistant.tables import Pattern, read_table
from corpus.document import Span
from index.sentences import split_sentences

# Two sentences speak of the same thing when they share this part of their words (Jaccard).
_SHARED_WORDS = 0.5
# Numbers that differ by less are rounded: 12 weeks are 3 months, and 28.1% are 28%.
_ROUNDED = {"days": 1.15}
_ROUNDED_OTHERS = 1.02
_TIME, _SHARE = "days", "percent"
_WORD = re.compile(r"[a-z][a-z-]{2,}")

Range = tuple[float, float]


class Unit(BaseModel):
    """How a unit stands `before` or `after` its number; `times` turns it into units of `name`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=2)
    before: str = ""
    after: str = ""
    times: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _stands_somewhere(self) -> "Unit":
        if bool(self.before) == bool(self.after):
            raise ValueError("write either `before` or `after`")
        return self


class Aspect(BaseModel):
    """What two numbers of the same thing both name, or neither does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=2)
    group: str = Field(min_length=2)
    written: Pattern
    may_be_unsaid: bool = False


def _all_lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


class FiguresTable(BaseModel):
    """The table `figures.yaml`; its comments say what each row is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    numbers: Mapping[str, float]
    units: tuple[Unit, ...] = Field(min_length=1)
    shares_of: Pattern
    shares: Mapping[str, float]
    at_most: Pattern
    at_least: Pattern
    no_figures: tuple[Pattern, ...]
    study: Pattern
    aspects: tuple[Aspect, ...]
    empty: Annotated[tuple[str, ...], AfterValidator(_all_lower)]

    @classmethod
    def shipped(cls) -> "FiguresTable":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("figures.yaml", cls)

    @cached_property
    def _number(self) -> str:
        return rf"(?:\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join(self.numbers)})\b)"

    @cached_property
    def _measure(self) -> re.Pattern[str]:
        """A number, or two from which to which, with the unit before or after it."""
        before = "|".join(f"(?P<u{n}>{u.before})" for n, u in enumerate(self.units) if u.before)
        after = "|".join(f"(?P<u{n}>{u.after})" for n, u in enumerate(self.units) if u.after)
        again = "|".join(unit.before for unit in self.units if unit.before)
        already = "|".join(unit.after for unit in self.units if unit.after)

        def numbers(place: str) -> str:
            to = rf"(?:\s?(?:and|or)\s?|(?:[ -]?(?:{already}))?\s?(?:to|-|–)\s?(?:{again})?)"
            return rf"(?P<low_{place}>{self._number})(?:{to}(?P<high_{place}>{self._number}))?"

        return re.compile(
            rf"(?:{before})\s?{numbers('after')}"
            rf"|(?<![\d.,]){numbers('before')}[ -]?(?:{after})"
        )

    @cached_property
    def _bound(self) -> re.Pattern[str]:
        return re.compile(rf"(?:({self.at_most})|{self.at_least}) (?:about |around )?$")

    @cached_property
    def _part(self) -> re.Pattern[str]:
        some = rf"(?P<low>{self._number}) (?:in|of|out of) (?:every |the )?(?P<all>{self._number})"
        return re.compile(rf"{some} {self.shares_of}")

    @cached_property
    def _nothing(self) -> re.Pattern[str]:
        return re.compile("|".join(self.no_figures))

    @cached_property
    def _study(self) -> re.Pattern[str]:
        return re.compile(self.study)

    @cached_property
    def _aspects(self) -> tuple[tuple[Aspect, re.Pattern[str]], ...]:
        return tuple((aspect, re.compile(aspect.written)) for aspect in self.aspects)

    def ranges(self, text: str) -> dict[str, tuple[Range, ...]]:
        """The numbers of each unit in `text`, each as the least and the greatest it may be."""
        words = self._nothing.sub(" ", text.lower())
        found: dict[str, list[Range]] = {}
        for match in self._measure.finditer(words):
            unit = next(u for n, u in enumerate(self.units) if match[f"u{n}"])
            low = self._value(match["low_before"] or match["low_after"]) * unit.times
            second = match["high_before"] or match["high_after"]
            high = self._value(second) * unit.times if second else low
            if bound := self._bound.search(words[: match.start()]):
                low, high = (0.0, high) if bound[1] else (low, inf)
            found.setdefault(unit.name, []).append((min(low, high), max(low, high)))
        for match in self._part.finditer(words):
            part, whole = self._value(match["low"]), self._value(match["all"])
            if part <= whole and whole:
                found.setdefault(_SHARE, []).append((100 * part / whole, 100 * part / whole))
        for name, percent in self.shares.items():
            if name in words:
                found.setdefault(_SHARE, []).append((percent, percent))
        return {unit: tuple(ranges) for unit, ranges in found.items()}

    def _value(self, number: str) -> float:
        return self.numbers.get(number) or float(number.replace(",", "").rstrip("."))

    def tells_of_study(self, text: str) -> bool:
        """Whether `text` tells what a study found."""
        return bool(self._study.search(text.lower()))

    def same_aspects(self, one: str, other: str) -> bool:
        """Whether both name the same group, place, measure and the like."""
        return self.adds_no_aspect(one, other) and self.adds_no_aspect(other, one)

    def adds_no_aspect(self, one: str, other: str) -> bool:
        """Whether `other` names each group, place, measure and the like that `one` names."""
        mine, theirs = self._named(one), self._named(other)
        unsaid = {aspect.group for aspect in self.aspects if aspect.may_be_unsaid}
        return all(
            named <= theirs.get(group, set()) or (group in unsaid and group not in theirs)
            for group, named in mine.items()
        )

    def _named(self, text: str) -> dict[str, set[str]]:
        """Of each group of aspects, the names of those that `text` names."""
        found: dict[str, set[str]] = {}
        for aspect, pattern in self._aspects:
            if pattern.search(text.lower()):
                found.setdefault(aspect.group, set()).add(aspect.name)
        return found

    def words(self, text: str) -> frozenset[str]:
        """The words of `text` that tell of what it is, without the ending of a plural."""
        bare = {_singular(word) for word in _WORD.findall(text.lower())}
        return frozenset(bare - set(map(_singular, self.empty)))


def _singular(word: str) -> str:
    return word.removesuffix("s") if not word.endswith("ss") else word


def pairs_that_differ(
    quotations: Sequence[Quotation], balance: BalanceTable, table: FiguresTable
) -> Iterator[tuple[Quotation, Quotation]]:
    """Pairs of different sources, same treatment and same matter, one of whose numbers differ.

    They differ as a whole or in a sentence of each. Numbers of every other unit (the time, the
    sessions) must not differ, and numbers that both give, such as a limit that both count from, are
    not compared.
    """
    counted = [(q, parts) for q in quotations if (parts := _counted(q, table))]
    for (one, ones), (other, others) in combinations(counted, 2):
        if any(
            _differ(a, b, first, second, balance, table)
            for (a, first), (b, second) in product(ones, others)
        ):
            yield one, other


def _counted(
    quotation: Quotation, table: FiguresTable
) -> list[tuple[Quotation, Mapping[str, Sequence[Range]]]]:
    """The quotation, and each of its sentences where it has more, with the numbers there."""
    document, start = quotation.document, quotation.span.start
    spans = [
        Span(start + s.start, start + s.end)
        for s in split_sentences(quotation.text, document.language)
    ]
    parts = [
        Quotation(document, s, quotation.probability)
        for s in dict.fromkeys([quotation.span, *spans])
    ]
    return [(part, ranges) for part in parts if (ranges := table.ranges(part.text))]


def _differ(
    one: Quotation,
    other: Quotation,
    first: Mapping[str, Sequence[Range]],
    second: Mapping[str, Sequence[Range]],
    balance: BalanceTable,
    table: FiguresTable,
) -> bool:
    apart = [unit for unit in first.keys() & second.keys() if _apart(unit, first, second)]
    return (
        len(apart) == 1
        and _independent(one, other)
        and _same_matter(one.text, other.text, apart[0], balance, table)
    )


def _apart(
    unit: str, first: Mapping[str, Sequence[Range]], second: Mapping[str, Sequence[Range]]
) -> bool:
    """Whether no number of one meets one of the other, beside those that both give."""
    shared = set(first[unit]) & set(second[unit])
    ones, others = set(first[unit]) - shared, set(second[unit]) - shared
    rounded = _ROUNDED.get(unit, _ROUNDED_OTHERS)
    return bool(ones and others) and all(
        a[1] * rounded < b[0] or b[1] * rounded < a[0] for a in ones for b in others
    )


def _independent(one: Quotation, other: Quotation) -> bool:
    first = {r.key for r in one.document.references_of(one.span)}
    second = {r.key for r in other.document.references_of(other.span)}
    if first and second:
        return not first & second
    return one.document is not other.document


def _same_matter(
    one: str, other: str, unit: str, balance: BalanceTable, table: FiguresTable
) -> bool:
    told = {table.tells_of_study(one), table.tells_of_study(other)}
    if len(told) == 2 or (unit == _TIME and told == {True}):
        return False
    if balance.treatments_in(one) != balance.treatments_in(other):
        return False
    if not table.same_aspects(one, other):
        return False
    words = table.words(one), table.words(other)
    together = words[0] | words[1]
    return bool(together) and len(words[0] & words[1]) / len(together) >= _SHARED_WORDS
