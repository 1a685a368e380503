"""Passages and hits to be ordered and read."""

from corpus.document import Span
from index.passage import Hit, Passage
from tests.fakes import Part, document


def passage_of(start: int, count: int, doc_id: str = "doc") -> Passage:
    """`count` sentences of nine characters each, from `start` on."""
    sentences = tuple(Span(start + 10 * n, start + 10 * n + 9) for n in range(count))
    return Passage(doc_id, Span(sentences[0].start, sentences[-1].end), sentences, ("Title",))


def hit_of(
    passage: Passage,
    *,
    scores: tuple[float, ...],
    overlaps: tuple[float, ...] | None = None,
    question: float = 0.0,
) -> Hit:
    """A hit with these signals and no others."""
    return Hit(
        passage=passage,
        score=1.0,
        dense=0.0,
        lexical=0.0,
        question=question,
        sentence_scores=scores,
        sentence_overlaps=overlaps or (0.0,) * len(scores),
    )


TEXT = "PRP is blood. It is spun. Fat holds cells. PRP is blood. Minoxidil is a drug."
SPANS = (Span(0, 13), Span(14, 25), Span(26, 42), Span(43, 56), Span(57, 77))
PASSAGE = Passage("doc", Span(0, 77), SPANS, ("Title", "Section"))
DOCUMENTS = {"doc": document("doc", "Title", [Part(TEXT)])}
