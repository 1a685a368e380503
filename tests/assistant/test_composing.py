import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composing import MAX_STATEMENTS, compose, stands_alone
from assistant.selection import Evidence
from corpus.document import Block, BlockKind, Document, Section, SourceType, Span
from index.passage import Passage


def _document(doc_id: str, *sentences: str) -> tuple[Document, Passage]:
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
        source_type=SourceType.REFERENCE_WORK,
        source_path=f"{doc_id}.md",
        media_type="text/markdown",
        blocks=(Block(BlockKind.PARAGRAPH, body),),
        sections=(Section(("What people ask",), body),),
    )
    return document, Passage(doc_id, body, tuple(spans), (doc_id.title(), "What people ask"))


def _quoted(
    chosen: list[tuple[int, float]], *sentences: str, limit: int = MAX_STATEMENTS
) -> list[str]:
    document, passage = _document("doc", *sentences)
    evidence = [Evidence(passage, passage.sentences[n], p) for n, p in chosen]
    return [s.text for s in compose(evidence, {"doc": document}, limit=limit)]


def test_statements_of_one_document_stand_in_reading_order() -> None:
    assert _quoted([(2, 0.9), (0, 0.8)], "Alpha comes first.", "Bravo.", "Cells go last here.") == [
        "Alpha comes first.",
        "Cells go last here.",
    ]


@pytest.mark.parametrize("opening", ["It", "This", "However, it", "These cells", "They", "But it"])
def test_an_unresolved_opening_brings_the_sentence_before_along(opening: str) -> None:
    sentences = ("PRP is made from blood.", f"{opening} may not last.")
    assert _quoted([(1, 0.9)], *sentences) == [" ".join(sentences)]


def test_an_unresolved_opening_without_a_sentence_before_is_not_quoted() -> None:
    assert _quoted([(0, 0.9)], "This may not last.", "Another matter entirely.") == []


@pytest.mark.parametrize("label", ["Harvesting", "Steps:", "1", "Before the procedure"])
def test_a_bare_label_is_not_quoted(label: str) -> None:
    assert _quoted([(0, 0.9), (1, 0.5)], label, "Cells are taken from fat.") == [
        "Cells are taken from fat."
    ]


def test_what_says_the_same_is_quoted_once() -> None:
    same = "PRP is not a stem-cell treatment."
    first, first_passage = _document("one", same, "Cells are taken from fat.")
    second, second_passage = _document("two", "PRP is not a stem-cell treatment!", "Other words.")
    evidence = [
        Evidence(first_passage, first_passage.sentences[0], 0.9),
        Evidence(second_passage, second_passage.sentences[0], 0.8),
    ]
    statements = compose(evidence, {"one": first, "two": second})
    assert [s.text for s in statements] == [same]


def test_statements_are_grouped_by_document_and_the_best_document_speaks_first() -> None:
    one, one_passage = _document("one", "Alpha is about fat.", "Bravo is about blood entirely.")
    two, two_passage = _document("two", "Charlie is about laser combs.")
    evidence = [
        Evidence(two_passage, two_passage.sentences[0], 0.9),
        Evidence(one_passage, one_passage.sentences[1], 0.8),
        Evidence(one_passage, one_passage.sentences[0], 0.7),
    ]
    statements = compose(evidence, {"one": one, "two": two})
    assert [(s.citation.doc_id, s.citation.number) for s in statements] == [
        ("two", 1),
        ("one", 2),
        ("one", 3),
    ]
    assert [s.text[:5] for s in statements] == ["Charl", "Alpha", "Bravo"]


def test_at_most_four_statements_are_quoted() -> None:
    words = ("apple", "brick", "cloud", "drain", "eagle", "flute")
    sentences = [f"The {w} {w}s {w}ly about {w}." for w in words]
    assert len(_quoted([(n, 0.9 - n / 100) for n in range(6)], *sentences)) == MAX_STATEMENTS


@given(
    st.lists(st.text(min_size=1, max_size=40).map(str.strip).filter(bool), min_size=1, max_size=8),
    st.data(),
)
def test_every_statement_is_the_words_at_its_span(words: list[str], data: st.DataObject) -> None:
    document, passage = _document("doc", *(f"{w}." for w in words))
    order = data.draw(st.permutations(range(len(words))))
    evidence = [Evidence(passage, passage.sentences[n], 1 - i / 10) for i, n in enumerate(order)]
    statements = compose(evidence, {"doc": document})
    for number, statement in enumerate(statements, start=1):
        assert statement.text == statement.citation.span.of(document.text)
        assert statement.citation.number == number
        assert statement.citation.section == "What people ask"
    starts = [s.citation.span.start for s in statements]
    assert starts == sorted(starts)


def test_there_is_and_there_are_stand_alone() -> None:
    assert stands_alone("There is no cure for pattern hair loss.")
    assert not stands_alone("There the cells are counted.")
    assert not stands_alone("No full stop")
