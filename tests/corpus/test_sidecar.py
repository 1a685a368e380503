"""What a sidecar adds to a document: marks, questions and the cells of its tables."""

import pytest

from corpus.document import Block, BlockKind, Span
from corpus.errors import DocumentRefused
from corpus.sidecar import sidecar_marks, with_cells

TEXT = (
    "Before.\n\nKind Taken from you Fat-derived\n\nFat, by a small\n\nliposuction PRP After it all."
)
TABLE = [["Kind", "Taken from you"], ["Fat-derived", "Fat, by a small"], ["liposuction PRP", ""]]


def _paragraphs(text: str) -> list[Block]:
    blocks, start = [], 0
    for words in text.split("\n\n"):
        blocks.append(Block(BlockKind.PARAGRAPH, Span(start, start + len(words))))
        start += len(words) + 2
    return blocks


def test_cells_of_a_table_become_blocks_whatever_blocks_they_stood_in() -> None:
    blocks = with_cells(TEXT, _paragraphs(TEXT), [TABLE])
    assert [(b.kind, b.span.of(TEXT), b.row, b.column) for b in blocks] == [
        (BlockKind.PARAGRAPH, "Before.", 0, 0),
        (BlockKind.TABLE_CELL, "Kind", 0, 0),
        (BlockKind.TABLE_CELL, "Taken from you", 0, 1),
        (BlockKind.TABLE_CELL, "Fat-derived", 1, 0),
        (BlockKind.TABLE_CELL, "Fat, by a small", 1, 1),
        (BlockKind.TABLE_CELL, "liposuction PRP", 2, 0),
        (BlockKind.PARAGRAPH, "After it all.", 0, 0),
    ]


def test_the_same_table_twice_is_found_at_each_of_its_places() -> None:
    text = "Name Dose\n\nName Dose"
    blocks = with_cells(text, _paragraphs(text), [[["Name", "Dose"]], [["Name", "Dose"]]])
    assert [b.span.start for b in blocks] == [0, 5, 11, 16]


@pytest.mark.parametrize(
    "table", [[["Kind", "Living cells"]], [["", ""]], [["Taken from you", "Kind"]]]
)
def test_a_table_that_the_document_does_not_hold_is_an_error(table: list[list[str]]) -> None:
    with pytest.raises(DocumentRefused, match="table"):
        with_cells(TEXT, _paragraphs(TEXT), [table])


def test_a_quote_may_stand_in_several_blocks_and_marks_its_last_word() -> None:
    citation = {"quote": "Fat-derived Fat, by a small", "keys": ["tak2020"]}
    (mark,) = sidecar_marks(TEXT, [citation])
    assert TEXT[: mark.position].endswith("Fat, by a small")
    assert mark.keys == ("tak2020",)


def test_a_quote_that_the_document_does_not_hold_is_an_error() -> None:
    with pytest.raises(DocumentRefused, match="does not hold"):
        sidecar_marks(TEXT, [{"quote": "Nobody wrote this.", "keys": ["tak2020"]}])
