import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import BlockKind
from corpus.errors import DocumentRefused
from corpus.plaintext import read_plaintext


def _kinds(source: str) -> list[tuple[str, str]]:
    content = read_plaintext(source)
    return [(block.kind.value, block.span.of(content.text)) for block in content.blocks]


def test_short_unpunctuated_lines_above_longer_text_are_headings() -> None:
    source = "The Procedure\n\nCells are taken from fat and injected into the scalp.\n"
    assert _kinds(source) == [
        ("heading", "The Procedure"),
        ("paragraph", "Cells are taken from fat and injected into the scalp."),
    ]
    assert read_plaintext(source).sections[0].path == ("The Procedure",)


def test_list_labels_are_not_part_of_the_words() -> None:
    source = "Steps follow here.\n  1. Harvesting: cells are taken.\n  2. Injection: cells go in.\n"
    assert _kinds(source)[1:] == [
        ("list_item", "Harvesting: cells are taken."),
        ("list_item", "Injection: cells go in."),
    ]


def test_lines_wrapped_by_hand_are_joined() -> None:
    source = (
        "This paragraph was wrapped by hand at a width that editors used to have\n"
        "and so its second line goes on with the sentence that the first began.\n"
    )
    assert len(_kinds(source)) == 1


def test_long_lines_are_paragraphs_of_their_own() -> None:
    long = "A sentence that fills a line of its own. " * 5
    assert len(_kinds(f"{long}\n{long}x.\n")) == 2


def test_nothing_but_space_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="no text"):
        read_plaintext(" \n\t\n")


@given(st.text(max_size=300))
def test_blocks_of_any_text_are_ordered_and_trimmed(source: str) -> None:
    try:
        content = read_plaintext(source)
    except DocumentRefused:
        return
    end = 0
    for block in content.blocks:
        words = block.span.of(content.text)
        assert words == words.strip() != ""
        assert block.span.start >= end
        end = block.span.end
    assert all(block.kind in BlockKind for block in content.blocks)
