"""Where two sources give different numbers for the same thing."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from assistant.balance import BalanceTable
from assistant.context import Quotation

# Two sentences speak of the same thing when they share this part of their words (Jaccard).
_SHARED_WORDS = 0.4
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNITS: Mapping[str, str] = {
    "percent": r"(?:%|percent\b|per cent\b)",
    "density": r"hairs? (?:per|/) ?(?:cm2|cm²|square)",
    "months": r"months?\b",
    "weeks": r"weeks?\b",
    "days": r"days?\b",
    "hours": r"hours?\b",
    "sessions": r"(?:\w+ )?sessions?\b",
}
_MONEY = re.compile(rf"(US\$|\$|€|£)\s?({_NUMBER})")
_MEASURES = {
    unit: re.compile(rf"({_NUMBER})(?:\s?(?:to|-|–|and)\s?({_NUMBER}))?[ -]?{words}", re.IGNORECASE)
    for unit, words in _UNITS.items()
}
_WORD = re.compile(r"[a-z][a-z-]{2,}")
_EMPTY = frozenset(
    {"the", "and", "for", "with", "that", "this", "from", "after", "before", "about", "were"}
    | {"was", "are", "has", "had", "than", "more", "most", "people", "patients", "adults"}
    | {"study", "studies", "trial", "trials", "one", "two", "three", "says", "said"}
)
# What a number is of: both sentences name the same of these, or the numbers are no rivals.
_BASES = frozenset(
    {"session", "sessions", "series", "course", "year", "yearly", "month", "package", "total"}
    | {"women", "men", "children", "placebo", "thickness", "density", "count", "width"}
)


def ranges(text: str) -> dict[str, tuple[float, float]]:
    """The least and the greatest number of each unit in `text`."""
    found: dict[str, tuple[float, float]] = {}
    for unit, number in _numbers(text):
        least, most = found.get(unit, (number, number))
        found[unit] = (min(least, number), max(most, number))
    return found


def pairs_that_differ(
    quotations: list[Quotation], table: BalanceTable
) -> Iterator[tuple[Quotation, Quotation]]:
    """Pairs of different sources, same treatment and same matter, whose numbers do not meet."""
    counted = [(q, ranges(q.text)) for q in quotations]
    for (one, first), (other, second) in combinations([c for c in counted if c[1]], 2):
        if not any(_apart(first[unit], second[unit]) for unit in first.keys() & second.keys()):
            continue
        if any(not _apart(first[unit], second[unit]) for unit in first.keys() & second.keys()):
            continue
        if _independent(one, other) and _same_matter(one.text, other.text, table):
            yield one, other


def _numbers(text: str) -> Iterator[tuple[str, float]]:
    for currency, number in _MONEY.findall(text):
        yield currency.removeprefix("US"), _value(number)
    for unit, pattern in _MEASURES.items():
        for groups in pattern.findall(text):
            yield from ((unit, _value(number)) for number in groups if number)


def _value(number: str) -> float:
    return float(number.replace(",", "").rstrip("."))


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[1] < other[0] or other[1] < one[0]


def _independent(one: Quotation, other: Quotation) -> bool:
    first = {r.key for r in one.document.references_of(one.span)}
    second = {r.key for r in other.document.references_of(other.span)}
    if first and second:
        return not first & second
    return one.document is not other.document


def _same_matter(one: str, other: str, table: BalanceTable) -> bool:
    first, second = table.treatments_in(one), table.treatments_in(other)
    if first != second:
        return False
    words = [frozenset(_WORD.findall(text.lower())) - _EMPTY for text in (one, other)]
    if words[0] & _BASES != words[1] & _BASES:
        return False
    together = words[0] | words[1]
    return bool(together) and len(words[0] & words[1]) / len(together) >= _SHARED_WORDS
