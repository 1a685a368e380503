"""No benefit without a limit: which limits the documents state, and which belongs to a promise."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from assistant.balance import BalanceTable
from assistant.context import (
    Quotation,
    answers_its_heading,
    asks,
    paragraph_of,
    stands_alone,
)
from assistant.provenance import Standing, standing_of
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
