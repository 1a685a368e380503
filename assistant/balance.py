"""No benefit without a limit: which sentences state one or the other, and of which treatment."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.context import Quotation, stands_alone
from assistant.provenance import Standing, standing_of
from assistant.tables import read_table
from corpus.document import Document, Span

_MAX_CHARACTERS = 280
# How much a probability of 1 adds, beside a share of common words in [0, 1].
_FOUND = 0.5
_WORD = re.compile(r"[a-z][a-z-]{3,}")
# Beside another question such an opening would seem to answer that one.
_ANSWERS_ITS_HEADING = re.compile(r"(?:yes|no|nobody knows|perhaps|not yet|probably)[,:;]", re.I)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, Field(min_length=2), AfterValidator(_compiles)]
_Patterns = Annotated[tuple[Pattern, ...], Field(min_length=1)]


class Treatment(BaseModel):
    """`written` matches every way in which documents name the treatment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=2)
    written: Pattern


class BalanceTable(BaseModel):
    """The table `balance.yaml`; its comments say what each row is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    treatments: tuple[Treatment, ...] = Field(min_length=1)
    sold: str
    benefit: _Patterns
    limit: _Patterns
    strong_limit: _Patterns
    turns: Pattern
    says_not_in_people: Pattern
    says_no_comparison: Pattern
    amount: Pattern
    price: Pattern
    asks_price: Pattern
    rule: Pattern

    @classmethod
    def shipped(cls) -> "BalanceTable":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("balance.yaml", cls)

    @cached_property
    def _names(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(t.written), t.name) for t in self.treatments)

    @cached_property
    def _joined(self) -> Mapping[str, re.Pattern[str]]:
        rows = {"benefit": self.benefit, "limit": self.limit, "strong": self.strong_limit}
        return {name: re.compile("|".join(patterns)) for name, patterns in rows.items()}

    @cached_property
    def turning(self) -> re.Pattern[str]:
        """Matches the opening of a sentence that changes the one before it."""
        return re.compile(self.turns, re.IGNORECASE)

    @cached_property
    def _price(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.asks_price), re.compile(self.amount)

    def asks_price_of(self, query: str) -> bool:
        """Whether `query` asks what something costs."""
        return bool(self._price[0].search(query.lower()))

    def states_amount(self, text: str) -> bool:
        """Whether `text` gives an amount of money."""
        return bool(self._price[1].search(text.lower()))

    def treatments_in(self, text: str) -> frozenset[str]:
        """The names of the treatments that `text` names."""
        words = text.lower()
        return frozenset(name for pattern, name in self._names if pattern.search(words))

    def states_limit(self, text: str) -> bool:
        """Whether `text` holds a word of limit or risk."""
        return bool(self._joined["limit"].search(text.lower()))

    def states_strong_limit(self, text: str) -> bool:
        """Whether `text` says that proof or approval is missing."""
        return bool(self._joined["strong"].search(text.lower()))

    def states_benefit(self, text: str) -> bool:
        """Whether `text` holds a word of benefit and none of limit or risk."""
        return bool(self._joined["benefit"].search(text.lower())) and not self.states_limit(text)


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: Document
    span: Span
    words: frozenset[str]
    worth: float


class Counterweights:
    """The sentences of independent documents that state a limit or a risk of a treatment."""

    def __init__(
        self,
        documents: Iterable[Document],
        sentences: Mapping[str, Sequence[Span]],
        table: BalanceTable,
    ) -> None:
        """`sentences` are those of each document, by its `doc_id`."""
        self._of: dict[str, list[_Candidate]] = {t.name: [] for t in table.treatments}
        for document in documents:
            for span in sentences[document.doc_id]:
                text = span.of(document.text)
                if len(text) > _MAX_CHARACTERS or not is_counterweight(document, span, table):
                    continue
                worth = 0.3 * table.states_strong_limit(text) - 0.1 * standing_of(document, span)
                candidate = _Candidate(document, span, _words(text), worth)
                for name in table.treatments_in(text):
                    self._of[name].append(candidate)
        together = [c for candidates in self._of.values() for c in candidates]
        counts = Counter(word for c in together for word in c.words)
        self._weights = {w: log(1 + len(together) / n) for w, n in counts.items()}

    def closest(
        self, treatment: str, near: str, found: Mapping[tuple[str, Span], float]
    ) -> Quotation | None:
        """The limit of `treatment` that shares most with the words `near`; None without any.

        Words weigh by their rarity; what says that proof or approval is missing, what rests on
        stronger sources, and what was `found` for the question (probability by document and
        sentence), weighs more.
        """
        wanted = _words(near)
        total = sum(self._weights.get(word, 0.0) for word in wanted) or 1.0

        def probability(candidate: _Candidate) -> float:
            return found.get((candidate.document.doc_id, candidate.span), 0.0)

        def worth(candidate: _Candidate) -> tuple[float, str, int]:
            shared = sum(self._weights[word] for word in candidate.words & wanted)
            likely = _FOUND * probability(candidate)
            return (
                -shared / total - candidate.worth - likely,
                candidate.document.doc_id,
                candidate.span.start,
            )

        best = min(self._of.get(treatment, ()), key=worth, default=None)
        return Quotation(best.document, best.span, probability(best)) if best else None


def is_counterweight(document: Document, span: Span, table: BalanceTable) -> bool:
    """Whether an independent source says a limit here in a sentence that stands alone.

    One that opens by answering the question of its own heading does not.
    """
    text = span.of(document.text)
    return (
        table.states_limit(text)
        and stands_alone(text)
        and not _ANSWERS_ITS_HEADING.match(text)
        and not text.rstrip("\"'”’)]").endswith("?")
        and standing_of(document, span) <= Standing.OBSERVED
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
