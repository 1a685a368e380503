from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import (
    Block,
    BlockKind,
    CitationMark,
    Document,
    Page,
    Reference,
    Section,
    SourceType,
    Span,
)

TEXT = "Heading\n\nA first sentence. A second one 👩‍⚕️ here."
REVIEW = Reference("r", "R 2020", "Review", SourceType.SYSTEMATIC_REVIEW)
ADVERT = Reference("a", "A 2021", "Advert", SourceType.CLINIC_MARKETING)
DOCUMENT = Document(
    doc_id="d",
    title="T",
    text=TEXT,
    source_type=SourceType.REFERENCE_WORK,
    source_path="d.md",
    media_type="text/markdown",
    blocks=(
        Block(BlockKind.HEADING, Span(0, 7), 2),
        Block(BlockKind.PARAGRAPH, Span(9, len(TEXT))),
    ),
    sections=(Section(("Heading",), Span(9, len(TEXT))),),
    pages=(Page(1, Span(0, 20)), Page(2, Span(20, len(TEXT)))),
    references=(ADVERT, REVIEW),
    marks=(CitationMark(25, ("a", "r")),),
    reviewed=date(2026, 11, 1),
)
FIRST = Span(9, 26)
SECOND = Span(27, len(TEXT))


@given(st.text(min_size=1), st.data())
def test_a_span_gives_exactly_the_code_points_between_its_ends(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert Span(start, end).of(text) == text[start:end]
    assert len(Span(start, end).of(text)) == end - start


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 1)])
def test_an_empty_or_reversed_span_cannot_be_built(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        Span(start, end)


def test_a_span_past_the_text_gives_an_error_and_never_fewer_words() -> None:
    with pytest.raises(ValueError, match="ends past the text"):
        Span(0, 4).of("abc")


def test_a_sentence_has_the_kind_of_its_strongest_reference() -> None:
    assert DOCUMENT.references_of(FIRST) == (REVIEW, ADVERT)
    assert DOCUMENT.source_type_of(FIRST) is SourceType.SYSTEMATIC_REVIEW


def test_a_sentence_without_reference_has_the_kind_of_its_document() -> None:
    assert DOCUMENT.references_of(SECOND) == ()
    assert DOCUMENT.source_type_of(SECOND) is SourceType.REFERENCE_WORK


def test_page_and_section_are_those_where_the_span_starts() -> None:
    assert DOCUMENT.page_of(FIRST) == 1
    assert DOCUMENT.page_of(SECOND) == 2
    section = DOCUMENT.section_of(SECOND)
    assert section is not None
    assert section.path == ("Heading",)
    assert DOCUMENT.section_of(Span(0, 7)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocks": (Block(BlockKind.PARAGRAPH, Span(0, 999)),)},
        {"pages": (Page(1, Span(0, 999)),)},
        {"marks": (CitationMark(999, ("r",)),)},
        {"marks": (CitationMark(5, ("unknown",)),)},
        {"text": "  ", "blocks": (), "sections": (), "pages": (), "marks": ()},
        {"title": " "},
        {"doc_id": ""},
    ],
)
def test_a_document_that_contradicts_itself_cannot_be_built(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        replace(DOCUMENT, **wrong)  # type: ignore[arg-type]
