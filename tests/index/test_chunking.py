"""Passages: whole sentences of one section, never longer than the embedder reads."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import BlockKind, Document, Span
from index.chunking import MAX_SENTENCES, Chunking, chunk, embedded_text
from index.embedding import OnnxEmbedder
from index.sentences import split_sentences
from tests.fakes import Part, document, heading
from tests.index.places import document_of


def count_words(texts: Sequence[str]) -> list[int]:
    """A token a word, and one at each end, as the real tokenizers have."""
    return [len(text.split()) + 2 for text in texts]


def _chunk(source: Document, max_tokens: int = 60) -> Chunking:
    return chunk(source, count_tokens=count_words, max_tokens=max_tokens)


def _words(source: Document, chunking: Chunking) -> list[str]:
    return [passage.span.of(source.text) for passage in chunking.passages]


def _sentence(words: int, name: str = "Word") -> str:
    return " ".join([name, *["word"] * (words - 1)]) + "."


def test_a_section_becomes_a_passage_with_its_heading_path(tmp_path: Path) -> None:
    source = document_of(
        tmp_path,
        "---\ntitle: Cells\n---\n\nBefore all. Else.\n\n# Trials\n\n## In women\n\n"
        "It was small. It was short.\n\n# Costs\n\nIt costs $500.\n",
    )
    chunking = _chunk(source)
    assert [(p.heading_path, p.span.of(source.text)) for p in chunking.passages] == [
        (("Cells",), "Before all. Else."),
        (("Cells", "Trials", "In women"), "It was small. It was short."),
        (("Cells", "Costs"), "It costs $500."),
    ]
    assert [[s.of(source.text) for s in p.sentences] for p in chunking.passages][1] == [
        "It was small.",
        "It was short.",
    ]
    assert embedded_text(chunking.passages[2], source) == "Cells: Costs: It costs $500."
    assert chunking.overlong_sentences == 0


def test_a_passage_runs_over_paragraphs_and_list_items_of_its_section(tmp_path: Path) -> None:
    source = document_of(tmp_path, "# Ask\n\nAsk the clinic:\n\n- Who made it?\n- Is it safe?\n")
    (passage,) = _chunk(source).passages
    assert len(passage.sentences) == 3


def test_a_passage_has_at_most_six_sentences() -> None:
    source = document("d", "D", [heading("H"), Part(" ".join(["It grew."] * 14))])
    chunking = _chunk(source, max_tokens=1000)
    assert [len(p.sentences) for p in chunking.passages] == [MAX_SENTENCES, MAX_SENTENCES, 2]


def test_a_passage_ends_where_the_embedder_would_stop_reading() -> None:
    source = document("d", "D", [heading("H"), Part(" ".join([_sentence(10)] * 4))])
    # Two tokens at the ends and two for "D: H:" leave room for two sentences of ten, not three.
    assert [len(p.sentences) for p in _chunk(source, max_tokens=24).passages] == [2, 2]
    assert [len(p.sentences) for p in _chunk(source, max_tokens=23).passages] == [1, 1, 1, 1]


def test_a_sentence_too_long_for_the_embedder_is_counted_and_never_spanned() -> None:
    long = _sentence(80, "Long")
    source = document("d", "D", [heading("H"), Part(f"It grew. {long} It fell.")])
    chunking = _chunk(source)
    assert _words(source, chunking) == ["It grew.", "It fell."]
    assert chunking.overlong_sentences == 1


@pytest.mark.parametrize("kind", [BlockKind.CODE, BlockKind.TABLE_CELL])
def test_what_is_no_prose_is_left_out_and_never_spanned(kind: BlockKind) -> None:
    left_out = Part("500 to 1,500 dollars", kind)
    source = document("d", "D", [heading("H"), Part("It grew."), left_out, Part("It fell.")])
    assert _words(source, _chunk(source)) == ["It grew.", "It fell."]


def test_a_table_cell_that_is_a_sentence_is_kept(tmp_path: Path) -> None:
    source = document_of(
        tmp_path, "# H\n\n| Drug | Note |\n|---|---|\n| A | It is approved. |\n| B | No |\n"
    )
    assert _words(source, _chunk(source)) == ["It is approved."]


@pytest.mark.parametrize(
    "title",
    ["References", "REFERENCES:", "5. References", "Sources", "Bibliography", "Literature cited"],
)
def test_a_bibliography_is_left_out_with_all_that_stands_under_it(
    tmp_path: Path, title: str
) -> None:
    source = document_of(
        tmp_path,
        f"# Trials\n\nIt grew.\n\n# {title}\n\nTak and others. Trial. 2020.\n\n"
        "## Older ones\n\nUnger. Trial. 1990.\n",
    )
    assert _words(source, _chunk(source)) == ["It grew."]


def test_a_heading_that_only_speaks_of_references_is_no_bibliography(tmp_path: Path) -> None:
    source = document_of(tmp_path, "# Which sources of cells are there?\n\nFat and hair.\n")
    assert _words(source, _chunk(source)) == ["Fat and hair."]


def test_a_line_that_names_sources_is_left_out(tmp_path: Path) -> None:
    source = document_of(tmp_path, "# H\n\nIt grew.\n\nSources: Tak 2020. Gupta 2019.\n")
    assert _words(source, _chunk(source)) == ["It grew."]


def test_headings_give_way_outermost_first_where_they_take_half_the_room() -> None:
    source = document("d", _sentence(40, "Title"), [heading(_sentence(8, "Near")), Part("Yes.")])
    (passage,) = _chunk(source, max_tokens=40).passages
    assert passage.heading_path == (_sentence(8, "Near"),)


def test_a_heading_that_takes_half_the_room_alone_is_cut() -> None:
    source = document("d", "D", [heading(_sentence(400, "Near")), Part("It is so.")])
    (passage,) = _chunk(source, max_tokens=40).passages
    assert passage.heading_path[0].startswith("Near word")
    assert count_words([embedded_text(passage, source)])[0] <= 40
    assert passage.span.of(source.text) == "It is so."


def test_a_document_of_headings_alone_has_no_passage(tmp_path: Path) -> None:
    source = document_of(tmp_path, "# One\n\n## Two\n")
    assert _chunk(source) == Chunking((), 0)


_SENTENCES = st.lists(
    st.integers(1, 30).flatmap(lambda n: st.sampled_from([_sentence(n), f"e.g. {_sentence(n)}"])),
    min_size=1,
    max_size=9,
).map(" ".join)
_PARTS = st.one_of(
    st.integers(1, 40).map(lambda n: heading(_sentence(n, "Heading"))),
    st.builds(
        Part,
        _SENTENCES,
        st.sampled_from([BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.CODE]),
    ),
    st.builds(Part, st.sampled_from(["500", "It is so."]), st.just(BlockKind.TABLE_CELL)),
)


@given(st.lists(_PARTS, max_size=12), st.integers(12, 80))
def test_passages_hold_each_fitting_sentence_once_in_order_and_fit_the_embedder(
    parts: list[Part], max_tokens: int
) -> None:
    source = document("d", "Title", [heading("First"), *parts, Part("The end.")])
    chunking = _chunk(source, max_tokens)
    found = [span for passage in chunking.passages for span in passage.sentences]
    prose = list(_prose_sentences(source))
    assert found == sorted(set(found))
    assert set(found) <= set(prose)
    assert len(found) + chunking.overlong_sentences == len(prose)
    for passage in chunking.passages:
        assert count_words([embedded_text(passage, source)])[0] <= max_tokens
        section = source.section_of(passage.span)
        assert section is not None
        assert section.span.contains(passage.span)
        for before, after in zip(passage.sentences, passage.sentences[1:], strict=False):
            assert not source.text[before.end : after.start].strip()


def _prose_sentences(source: Document) -> list[Span]:
    kept = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    return [
        Span(block.span.start + span.start, block.span.start + span.end)
        for block in source.blocks
        if block.kind in kept or block.span.of(source.text) == "It is so."
        for span in split_sentences(block.span.of(source.text))
    ]


def test_no_passage_of_real_pages_is_longer_than_the_real_embedder_reads(
    onnx_embedder: OnnxEmbedder, shared: Path
) -> None:
    for path in sorted((shared / "data" / "clinic-pages").glob("*.txt")):
        source = document("d", "A clinic's page", [heading("All"), Part(path.read_text("utf-8"))])
        chunking = chunk(source, count_tokens=onnx_embedder.count_tokens, max_tokens=128)
        counts = onnx_embedder.count_tokens([embedded_text(p, source) for p in chunking.passages])
        assert 64 < max(counts) <= 128
