"""No benefit without a limit: which sentences state one or the other, and of which treatment."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.context import (
    Quotation,
    answers_its_heading,
    asks,
    paragraph_of,
    stands_alone,
)
from assistant.provenance import Standing, standing_of
from assistant.tables import read_table
from corpus.document import Document, Span

_MAX_CHARACTERS = 280
# What adds to a limit's worth, beside a share of common words in [0, 1]: that it was read for the
# question, and the probability that it answers; that it rests on the study of the promise, or
# stands in its paragraph or its document; that it is a strong limit. And what takes away: that it
# speaks of other treatments as well, that it reports a gain and is no strong limit, and each step
# of standing. Chosen by reading every limit that was added to the answers of `dev`.
_READ = 0.2
_PROBABLE = 0.5
_SAME_STUDY = 0.4
_SAME_PARAGRAPH = 0.3
_SAME_DOCUMENT = 0.1
_STRONG = 0.3
_OTHER_TREATMENTS = 0.4
_REPORTS_A_GAIN = 0.4
_STANDING = 0.1
_WORD = re.compile(r"[a-z][a-z-]{3,}")
_FIGURE = re.compile(r"\d")
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    "|sixty|seventy|eighty|ninety|(?:a |several |half a )?(?:hundred|thousand|million)s?(?: of)?"
)


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
    reassurance: _Patterns
    limit: _Patterns
    setback: _Patterns
    goes_on: _Patterns
    strong_limit: _Patterns
    comparison: Pattern
    turns: Pattern
    scene: _Patterns
    finding: Pattern
    own_scene: Pattern
    says_not_in_people: Pattern
    says_no_comparison: Pattern
    currency: Pattern
    price: Pattern
    asks_price: Pattern
    rule: _Patterns
    rule_words: Pattern
    rule_places: Pattern

    @classmethod
    def shipped(cls) -> "BalanceTable":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("balance.yaml", cls)

    @cached_property
    def _names(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(t.written), t.name) for t in self.treatments)

    @cached_property
    def _joined(self) -> Mapping[str, re.Pattern[str]]:
        rows = {
            "benefit": self.benefit,
            "reassurance": self.reassurance,
            "limit": (*self.limit, *self.setback, *self.strong_limit),
            "setback": self.setback,
            "goes on": self.goes_on,
            "strong": self.strong_limit,
            "rule": self.rule,
            "scene": self.scene,
            "finding": (self.finding,),
            "own scene": (self.own_scene,),
        }
        return {name: re.compile("|".join(patterns)) for name, patterns in rows.items()}

    @cached_property
    def turning(self) -> re.Pattern[str]:
        """Matches the opening of a sentence that changes the one before it."""
        return re.compile(self.turns, re.IGNORECASE)

    @cached_property
    def _asks_price(self) -> re.Pattern[str]:
        return re.compile(self.asks_price)

    @cached_property
    def _amount(self) -> re.Pattern[str]:
        number = rf"(?:\d[\d.,'’\s]*|\b(?:{_NUMBER_WORD})\b)"
        beside = rf"{number}[\s-]{{0,2}}(?:[a-z]+ )?(?:{self.currency})"
        return re.compile(rf"(?:{self.currency})\.?\s?\d|{beside}")

    @cached_property
    def _price(self) -> re.Pattern[str]:
        return re.compile(self.price)

    def asks_price_of(self, query: str) -> bool:
        """Whether `query` asks what something costs."""
        return bool(self._asks_price.search(query.lower()))

    def states_amount(self, text: str) -> bool:
        """Whether `text` gives an amount of money."""
        return bool(self._amount.search(text.lower()))

    def states_price(self, text: str) -> bool:
        """Whether `text` says what something costs."""
        return self.states_amount(text) or bool(self._price.search(text.lower()))

    @cached_property
    def _rule(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.rule_words), re.compile(self.rule_places)

    def states_rule(self, text: str, *, under: str = "") -> bool:
        """Whether `text` says what a law or an authority allows; it stands `under` these titles."""
        words, places = self._rule
        lowered = text.lower()
        return bool(self._joined["rule"].search(lowered)) or (
            bool(words.search(lowered)) and bool(places.search(f"{lowered} {under.lower()}"))
        )

    def treatments_in(self, text: str) -> frozenset[str]:
        """The names of the treatments that `text` names."""
        words = text.lower()
        return frozenset(name for pattern, name in self._names if pattern.search(words))

    def treatments_of(self, document: Document, span: Span, query: str = "") -> frozenset[str]:
        """Those that the words at `span` name, or else their heading, the title or the query."""
        section = document.section_of(span)
        headings = " ".join(section.path) if section else ""
        texts = (span.of(document.text), headings, document.title, query)
        return next((named for text in texts if (named := self.treatments_in(text))), frozenset())

    def states_limit(self, text: str) -> bool:
        """Whether `text` holds a word of limit or risk that it does not deny or make light of."""
        return bool(self._joined["limit"].search(self._without_reassurance(text)))

    def states_setback(self, text: str) -> bool:
        """Whether `text` tells of an effect that went or of harm that was done."""
        return bool(self._joined["setback"].search(self._without_reassurance(text)))

    def _without_reassurance(self, text: str) -> str:
        return self._joined["reassurance"].sub(" ", text.lower())

    def states_strong_limit(self, text: str) -> bool:
        """Whether `text` says that proof or approval is missing."""
        return bool(self._joined["strong"].search(text.lower()))

    def states_benefit(self, text: str) -> bool:
        """Whether `text` holds a word of benefit and none of limit or risk."""
        return self.states_gain(text) and not self.states_limit(text)

    def states_gain(self, text: str) -> bool:
        """Whether `text` holds a word of benefit, whatever else it says."""
        return bool(self._joined["benefit"].search(text.lower()))

    @cached_property
    def _comparison(self) -> re.Pattern[str]:
        return re.compile(self.comparison)

    def changes(self, text: str, following: str) -> bool:
        """Whether `following`, the next sentence, changes what `text` says: by its opening, as the
        other side of its figure, or as what became of the benefit that it states.
        """
        return (
            bool(self.turning.match(following))
            or self.gives_other_side(text, following)
            or self._takes_back(text, following)
        )

    def may_qualify(self, text: str, following: str) -> bool:
        """Whether `following`, after a benefit that `text` states, may change it: it tells of no
        other benefit and of no other treatment. Words that take a benefit back are without number.
        """
        named, others = self.treatments_in(text), self.treatments_in(following)
        return (
            self.states_gain(text)
            and not (self.states_limit(text) or self.states_gain(following))
            and (not named or others <= named)
        )

    def gives_other_side(self, text: str, following: str) -> bool:
        """Whether `text` gives the figure of a gain, and only `following` that of the others.

        "Of those on the drug 48% regrew hair. On placebo 25% did."
        """
        return (
            self.states_gain(text)
            and all(map(_FIGURE.search, (text, following)))
            and not self._comparison.search(text.lower())
            and bool(self._comparison.search(following.lower()))
        )

    def _takes_back(self, text: str, following: str) -> bool:
        """Whether `following` limits the good that `text` states, and names no other treatment.

        What is limited already is taken back only by a setback that goes on with it.
        """
        named, others = self.treatments_in(text), self.treatments_in(following)
        if not (self.states_gain(text) or self._reassures(text)) or (named and not others <= named):
            return False
        goes_on = bool(self._joined["goes on"].search(following.lower()))
        if self.states_limit(text):
            return goes_on and self.states_setback(following)
        tells_of_whom = not self.states_gain(following) and self.sets_scene(following, text)
        return self.states_limit(following) or goes_on or tells_of_whom

    def _reassures(self, text: str) -> bool:
        return bool(self._joined["reassurance"].search(text.lower()))

    def sets_scene(self, told: str, text: str) -> bool:
        """Whether `told` says in whom or what was found what `text` tells without saying it."""
        words = text.lower()
        return (
            self.says_in_whom(told)
            and not self._joined["own scene"].search(words)
            and bool(
                _FIGURE.search(words)
                or self._joined["finding"].search(words)
                or self.states_gain(text)
            )
        )

    def says_in_whom(self, text: str) -> bool:
        """Whether `text` says in which people, in which animals or in what dish it was tried."""
        return bool(self._joined["scene"].search(text.lower()))


@dataclass(frozen=True, slots=True)
class _Candidate:
    document: Document
    span: Span
    words: frozenset[str]
    treatments: frozenset[str]
    studies: frozenset[str]
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
        self._table = table
        self._of: dict[str, list[_Candidate]] = {t.name: [] for t in table.treatments}
        # Strong limits that name no treatment, by the study that they speak of.
        self._of_study: dict[str, list[_Candidate]] = {}
        together = []
        for document in documents:
            for span in sentences[document.doc_id]:
                text = span.of(document.text)
                if len(text) > _MAX_CHARACTERS or not is_counterweight(document, span, table):
                    continue
                candidate = _candidate(document, span, table)
                together.append(candidate)
                for name in candidate.treatments:
                    self._of[name].append(candidate)
                if not candidate.treatments and table.states_strong_limit(text):
                    for study in candidate.studies:
                        self._of_study.setdefault(study, []).append(candidate)
        counts = Counter(word for c in together for word in c.words)
        self._weights = {w: log(1 + len(together) / n) for w, n in counts.items()}

    def nearest(
        self,
        treatment: str,
        promise: Quotation,
        query: str,
        read: Mapping[tuple[str, Span], float],
    ) -> Iterator[Quotation]:
        """The limits of `treatment`, first those that belong most to `promise` and `query`.

        Each names the treatment, or no treatment but the study that the promise rests on. Words
        that it shares weigh by their rarity; the study, the paragraph or the document of the
        promise, a strong limit, stronger sources, and what was `read` for the question (probability
        by document and sentence), weigh more; what speaks of other treatments too, or reports a
        gain itself, weighs less.
        """
        asked = f"{query} {promise.text}"
        wanted, treatments = _words(asked), self._table.treatments_in(asked) | {treatment}
        total = sum(self._weights.get(word, 0.0) for word in wanted) or 1.0
        studies = _studies(promise.document, promise.span)
        paragraph = paragraph_of(promise.document, promise.span)

        def worth(candidate: _Candidate) -> tuple[float, str, int]:
            place = (candidate.document.doc_id, candidate.span)
            same_document = candidate.document is promise.document
            shared = sum(self._weights[word] for word in candidate.words & wanted)
            return (
                -shared / total
                - candidate.worth
                - _READ * (place in read)
                - _PROBABLE * read.get(place, 0.0)
                - _SAME_STUDY * bool(candidate.studies & studies)
                - _SAME_PARAGRAPH * (same_document and candidate.span in paragraph)
                - _SAME_DOCUMENT * same_document
                + _OTHER_TREATMENTS * (not candidate.treatments <= treatments),
                candidate.document.doc_id,
                candidate.span.start,
            )

        of_study = (c for study in sorted(studies) for c in self._of_study.get(study, ()))
        for candidate in sorted((*self._of.get(treatment, ()), *of_study), key=worth):
            place = (candidate.document.doc_id, candidate.span)
            yield Quotation(candidate.document, candidate.span, read.get(place, 0.0))

    def beside(self, promise: Quotation, treatments: frozenset[str]) -> Iterator[Quotation]:
        """What the paragraph of `promise` says of setbacks and missing proof, of `treatments` or of
        none.
        """
        document, table = promise.document, self._table
        for span in paragraph_of(document, promise.span):
            text = span.of(document.text)
            grave = table.states_strong_limit(text) or (
                table.states_setback(text) and not table.states_gain(text)
            )
            if (
                grave
                and not span.overlaps(promise.span)
                and len(text) <= _MAX_CHARACTERS
                and states_limit_alone(text, table)
                and table.treatments_in(text) <= treatments
            ):
                yield Quotation(document, span, 0.0)


def _candidate(document: Document, span: Span, table: BalanceTable) -> _Candidate:
    text = span.of(document.text)
    strong = table.states_strong_limit(text)
    worth = (
        _STRONG * strong
        - _REPORTS_A_GAIN * (table.states_gain(text) and not strong)
        - _STANDING * standing_of(document, span)
    )
    studies = _studies(document, span)
    return _Candidate(document, span, _words(text), table.treatments_in(text), studies, worth)


def _studies(document: Document, span: Span) -> frozenset[str]:
    return frozenset(reference.key for reference in document.references_of(span))


def is_counterweight(document: Document, span: Span, table: BalanceTable) -> bool:
    """Whether an independent source says a limit here in a sentence that stands alone."""
    return states_limit_alone(span.of(document.text), table) and (
        standing_of(document, span) <= Standing.OBSERVED
    )


def states_limit_alone(text: str, table: BalanceTable) -> bool:
    """Whether `text` says a limit in a sentence that stands alone.

    One that opens by answering the question of its own heading does not.
    """
    return (
        table.states_limit(text)
        and stands_alone(text)
        and not answers_its_heading(text)
        and not asks(text)
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
