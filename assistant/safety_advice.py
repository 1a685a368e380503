"""Which sentences tell warning signs or when to call a doctor, and which must not stand without
one: the table `safety_advice.yaml`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import log

from pydantic import BaseModel, ConfigDict, Field

from assistant.balance import BalanceTable
from assistant.context import Quotation, answers_its_heading, stands_alone
from assistant.provenance import Standing, standing_of
from assistant.tables import Pattern, read_table
from corpus.document import Document, Span

_WORD = re.compile(r"[a-z]{4,}")
# What adds to the words that a warning shares with what it stands beside, a share in [0, 1].
_SAME_DOCUMENT = 0.2
_STANDING = 0.05


class AdviceRow(BaseModel):
    """`written` matches a way of saying it, and `example`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written: Pattern
    example: str = Field(min_length=2)


class SafetyAdvice(BaseModel):
    """The table `safety_advice.yaml`; its comments say what it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: tuple[AdviceRow, ...] = Field(min_length=1)
    calming: tuple[AdviceRow, ...] = Field(min_length=1)
    signs: Pattern

    @classmethod
    def shipped(cls) -> "SafetyAdvice":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("safety_advice.yaml", cls)

    @cached_property
    def _given(self) -> re.Pattern[str]:
        return re.compile("|".join(row.written for row in self.rows))

    @cached_property
    def _calming(self) -> re.Pattern[str]:
        return re.compile("|".join(row.written for row in self.calming))

    @cached_property
    def _signs(self) -> re.Pattern[str]:
        return re.compile(self.signs)

    def is_given_in(self, text: str) -> bool:
        """Whether `text` gives such advice."""
        return bool(self._given.search(text.lower()))

    def warns(self, text: str) -> bool:
        """Whether `text` says of which signs one must be seen."""
        return self.is_given_in(text) and bool(self._signs.search(text.lower()))

    def calms(self, text: str) -> bool:
        """Whether `text` calls an after-effect usual, or passing, and warns of nothing."""
        return bool(self._calming.search(text.lower())) and not self.is_given_in(text)


class Warnings:
    """The sentences of independent documents that say of which signs one must be seen."""

    def __init__(
        self,
        documents: Iterable[Document],
        sentences: Mapping[str, Sequence[Span]],
        advice: SafetyAdvice,
        table: BalanceTable,
    ) -> None:
        """`sentences` are those of each document, by its `doc_id`."""
        self._table = table
        self._found = [
            (Quotation(document, span, 0.0), _words(text), table.treatments_of(document, span))
            for document in documents
            for span in sentences[document.doc_id]
            if advice.warns(text := span.of(document.text))
            and stands_alone(text)
            and not answers_its_heading(text)
            and standing_of(document, span) < Standing.SELLING
        ]
        counts = Counter(word for _, words, _ in self._found for word in words)
        self._weights = {w: log(1 + len(self._found) / n) for w, n in counts.items()}

    def nearest(self, calming: Quotation, query: str) -> Quotation | None:
        """The warning that belongs most to `calming` and `query`; of no other treatment."""
        asked = f"{query} {calming.text}"
        wanted, treatments = _words(asked), self._table.treatments_in(asked)
        total = sum(self._weights.get(word, 0.0) for word in wanted) or 1.0

        def worth(found: tuple[Quotation, frozenset[str], frozenset[str]]) -> float:
            quotation, words, _ = found
            return (
                sum(self._weights[word] for word in words & wanted) / total
                + _SAME_DOCUMENT * (quotation.document is calming.document)
                - _STANDING * standing_of(quotation.document, quotation.span)
            )

        fitting = [found for found in self._found if found[2] <= treatments]
        return max(fitting, key=worth)[0] if fitting else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
