import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import BlockKind
from corpus.errors import DocumentRefused
from corpus.markdown import read_markdown

SOURCE = """---
title: Platelet-rich plasma
doc_id: prp
---

An opening *stressed* sentence with a [link](https://example.org/x) & a < b.

## Does PRP contain stem cells?

<!-- questions
- is prp a stem cell treatment
- prp vs stem cells
-->

PRP is made
from blood [@fda2021].  Two sources say so [@tak2020; @kim2021].

- A first item [@tak2020].
  - A nested item.

| Who | What |
|-----|------|
| Men | A sentence in a cell [@kim2021]. |

### A smaller heading

Costs are $5 to $10, not *free*.
"""


def _blocks(kind: BlockKind) -> list[str]:
    _, content = read_markdown(SOURCE)
    return [b.span.of(content.text) for b in content.blocks if b.kind is kind]


def test_front_matter_is_metadata_and_not_text() -> None:
    metadata, content = read_markdown(SOURCE)
    assert metadata == {"title": "Platelet-rich plasma", "doc_id": "prp"}
    assert "doc_id" not in content.text


def test_markup_is_gone_and_words_stay() -> None:
    assert _blocks(BlockKind.PARAGRAPH) == [
        "An opening stressed sentence with a link & a < b.",
        "PRP is made from blood. Two sources say so.",
        "Costs are $5 to $10, not free.",
    ]
    assert _blocks(BlockKind.LIST_ITEM) == ["A first item.", "A nested item."]
    assert _blocks(BlockKind.TABLE_CELL) == ["Who", "What", "Men", "A sentence in a cell."]


def test_questions_belong_to_their_section_and_are_not_text() -> None:
    _, content = read_markdown(SOURCE)
    section = next(s for s in content.sections if s.path == ("Does PRP contain stem cells?",))
    assert section.questions == ("is prp a stem cell treatment", "prp vs stem cells")
    assert "vs stem cells" not in content.text


def test_sections_carry_the_path_of_headings_above_them() -> None:
    _, content = read_markdown(SOURCE)
    assert [s.path for s in content.sections] == [
        (),
        ("Does PRP contain stem cells?",),
        ("Does PRP contain stem cells?", "A smaller heading"),
    ]
    assert all("heading" not in s.span.of(content.text) for s in content.sections)


def test_a_marker_is_remembered_where_it_stood() -> None:
    _, content = read_markdown(SOURCE)
    stood = [(content.text[: mark.position].split()[-1], mark.keys) for mark in content.marks]
    assert stood == [
        ("blood", ("fda2021",)),
        ("so", ("tak2020", "kim2021")),
        ("item", ("tak2020",)),
        ("cell", ("kim2021",)),
    ]


def test_html_that_could_be_words_is_kept_as_written() -> None:
    _, content = read_markdown("The mark <b>p</b> means p < 0.05 & no less.")
    assert content.text == "The mark <b>p</b> means p < 0.05 & no less."


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("---\ntitle: [unclosed\n---\ntext", "invalid_metadata"),
        ("---\n- a\n- list\n---\ntext", "invalid_metadata"),
        ("---\ntitle: nothing below\n---\n", "empty"),
        ("", "empty"),
        ("<!-- only a comment -->", "empty"),
        ("A sentence [@!!!].", "invalid_metadata"),
    ],
)
def test_a_malformed_file_is_refused_with_its_reason(source: str, code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_markdown(source)
    assert refused.value.code == code


@given(st.text(max_size=400))
def test_every_span_of_any_text_lies_inside_it_and_in_order(source: str) -> None:
    try:
        _, content = read_markdown(source)
    except DocumentRefused:
        return
    ends = [0]
    for block in content.blocks:
        assert block.span.of(content.text).strip() == block.span.of(content.text) != ""
        assert block.span.start >= ends[-1]
        ends.append(block.span.end)
    assert all(0 < mark.position <= len(content.text) for mark in content.marks)
    for section in content.sections:
        assert section.span.of(content.text)
