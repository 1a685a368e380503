"""Evidence -> statements: enough context to be understood alone, no repetition, reading order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from assistant.reply import Citation, Statement
from assistant.selection import Evidence
from corpus.document import Document, Span

MAX_STATEMENTS = 4

# A sentence that opens so points at words before it. Measured on the clinic pages and registry
# texts, such an opening is followed by a noun of its own ("This trial", "These cells") in about
# half of the cases; the sentence before is brought along all the same, because which trial and
# which cells stands there.
_UNRESOLVED_OPENING = re.compile(
    r"(?:it|its|they|their|them|this|that|these|those|he|she|his|her|such|both|one|another|others"
    r"|however|but|also|therefore|thus|hence|instead|otherwise|nevertheless|nonetheless|moreover"
    r"|furthermore|additionally|in addition|besides|then|still|yet|so|and|or|nor|because of this"
    r"|as a result|for this reason|in contrast|by contrast|on the other hand|similarly|likewise"
    r"|meanwhile|conversely|consequently|accordingly|for example|for instance|the former"
    r"|the latter|neither|either|here|there(?! (?:is|are|was|were|has|have)\b))\b",
    re.IGNORECASE,
)
_TERMINATED = re.compile(r"[.!?…。！？۔؟][\"'”’)\]»]*$")
_MAX_CONTEXT_SENTENCES = 2
_SAME_WORDS = 90.0


@dataclass(frozen=True, slots=True)
class _Quotation:
    document: Document
    span: Span
    probability: float

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)


def compose(
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    *,
    limit: int = MAX_STATEMENTS,
) -> tuple[Statement, ...]:
    """At most `limit` statements from `evidence`, which is ordered with the most probable first.

    Statements are grouped by document, the document of the most probable first, and stand in
    reading order within one; they are numbered in that order. A sentence that cannot be
    understood without the one before it is quoted together with it, or not at all; what says the
    same as a more probable statement is dropped; quotations that touch become one.

    Raises ValueError when a quotation is not the words at its span: nothing else may be shown.
    """
    chosen: list[_Quotation] = []
    for item in evidence:
        if len(chosen) == limit:
            break
        quotation = _quotation(item, documents[item.passage.doc_id])
        if quotation is None:
            continue
        touching = [other for other in chosen if _touch(quotation, other)]
        if touching:
            merged = quotation
            for other in touching:
                merged = _merged(merged, other)
                chosen.remove(other)
            chosen.append(merged)
        elif not any(_repeats(quotation.text, other.text) for other in chosen):
            chosen.append(quotation)
    return tuple(
        _statement(quotation, number) for number, quotation in enumerate(_ordered(chosen), start=1)
    )


def stands_alone(sentence: str) -> bool:
    """Whether a sentence ends as one and does not open by pointing at words before it."""
    return bool(_TERMINATED.search(sentence)) and not _UNRESOLVED_OPENING.match(sentence)


def _quotation(evidence: Evidence, document: Document) -> _Quotation | None:
    """The sentence with what it leans on; None for a label or what stays unresolved."""
    sentences = evidence.passage.sentences
    last = sentences.index(evidence.sentence)
    if not _TERMINATED.search(evidence.sentence.of(document.text)):
        return None
    first = last
    while _UNRESOLVED_OPENING.match(sentences[first].of(document.text)):
        if first == 0 or last - first == _MAX_CONTEXT_SENTENCES:
            return None
        first -= 1
    span = Span(sentences[first].start, sentences[last].end)
    if not _TERMINATED.search(sentences[first].of(document.text)):
        return None
    return _Quotation(document, span, evidence.probability)


def _touch(one: _Quotation, other: _Quotation) -> bool:
    return one.document is other.document and one.span.overlaps(other.span)


def _merged(one: _Quotation, other: _Quotation) -> _Quotation:
    span = Span(min(one.span.start, other.span.start), max(one.span.end, other.span.end))
    return _Quotation(one.document, span, max(one.probability, other.probability))


def _repeats(text: str, other: str) -> bool:
    """Whether two quotations say the same in nearly the same words."""
    return fuzz.token_sort_ratio(text.lower(), other.lower()) >= _SAME_WORDS


def _ordered(quotations: Sequence[_Quotation]) -> list[_Quotation]:
    best: dict[str, float] = {}
    for quotation in quotations:
        doc_id = quotation.document.doc_id
        best[doc_id] = max(best.get(doc_id, 0.0), quotation.probability)
    return sorted(
        quotations, key=lambda q: (-best[q.document.doc_id], q.document.doc_id, q.span.start)
    )


def _statement(quotation: _Quotation, number: int) -> Statement:
    document, span = quotation.document, quotation.span
    section = document.section_of(span)
    references = document.references_of(span)
    statement = Statement(
        text=quotation.text,
        score=quotation.probability,
        citation=Citation(
            number=number,
            doc_id=document.doc_id,
            title=document.title,
            section=section.path[-1] if section and section.path else None,
            page=document.page_of(span),
            span=span,
            sha256=document.sha256,
            source_type=document.source_type_of(span),
            reviewed=document.reviewed,
            references=references,
        ),
    )
    if statement.text != span.of(document.text):
        raise ValueError(f"statement {number} is not what {document.doc_id} says at {span}")
    return statement
