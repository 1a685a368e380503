"""Documents of a few sentences, and what is composed of them."""

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.balance import BalanceTable
from assistant.composing import MAX_STATEMENTS, Composer, Composition
from assistant.figures import FiguresTable
from assistant.freshness import Freshness
from assistant.reply import Statement
from assistant.safety_advice import SafetyAdvice
from assistant.selection import Evidence
from corpus.document import (
    Block,
    BlockKind,
    CitationMark,
    Document,
    Reference,
    Section,
    SourceType,
    Span,
)
from index.passage import Passage

TODAY = date(2026, 11, 25)
TABLE = BalanceTable.shipped()
FIGURES = FiguresTable.shipped()
ADVICE = SafetyAdvice.shipped()


def document_of(
    doc_id: str,
    *sentences: str,
    kind: SourceType = SourceType.REFERENCE_WORK,
    rests_on: Mapping[int, SourceType] | None = None,
    reviewed: date | None = TODAY,
) -> tuple[Document, Passage]:
    """A document of one section; `rests_on` gives sentences a reference of that kind."""
    text = "What people ask\n\n" + " ".join(sentences)
    spans, start = [], text.index("\n\n") + 2
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    body = Span(spans[0].start, spans[-1].end)
    document = Document(
        doc_id=doc_id,
        title=doc_id.title(),
        text=text,
        source_type=kind,
        source_path=f"{doc_id}.md",
        media_type="text/markdown",
        blocks=(Block(BlockKind.PARAGRAPH, body),),
        sections=(Section(("What people ask",), body),),
        references=tuple(
            Reference(f"{doc_id}{n}", f"Author {n}", "A work", source)
            for n, source in (rests_on or {}).items()
        ),
        marks=tuple(CitationMark(spans[n].end, (f"{doc_id}{n}",)) for n in (rests_on or {})),
        reviewed=reviewed,
    )
    return document, Passage(doc_id, body, tuple(spans), (doc_id.title(), "What people ask"))


def composition_of(
    evidence: list[Evidence],
    *documents: Document,
    limit: int = MAX_STATEMENTS,
    query: str = "",
    considered: Sequence[Evidence] = (),
    support: float = 1.0,
    in_general: bool = False,
    as_list: bool = False,
) -> Composition:
    composer = Composer(
        {d.doc_id: d for d in documents},
        table=TABLE,
        figures=FIGURES,
        freshness=Freshness(),
        advice=ADVICE,
    )
    return composer.compose(
        evidence,
        today=TODAY,
        limit=limit,
        query=query,
        considered=considered,
        support=support,
        in_general=in_general,
        as_list=as_list,
    )


def statements_of(
    evidence: list[Evidence], *documents: Document, query: str = ""
) -> tuple[Statement, ...]:
    return composition_of(evidence, *documents, query=query).statements


def quoted_of(
    chosen: list[tuple[int, float]], *sentences: str, limit: int = MAX_STATEMENTS
) -> list[str]:
    document, passage = document_of("doc", *sentences)
    evidence = [Evidence(passage, passage.sentences[n], p) for n, p in chosen]
    return [s.text for s in composition_of(evidence, document, limit=limit).statements]


def evidence_of(passage: Passage, number: int, probability: float) -> Evidence:
    return Evidence(passage, passage.sentences[number], probability)
