import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.documents import render_document, static_folder
from corpus.document import BlockKind, Document, Span
from corpus.text import normalise
from tests.fakes import (
    ANSWERS,
    CLINIC,
    DOCUMENTS,
    EVIDENCE,
    HANDOUT,
    NASTY,
    RULES,
    Part,
    Quotation,
    cell,
    document,
    heading,
)
from tests.web.markup import Markup, parse

QUOTATIONS = [quotation for quotations in ANSWERS.values() for quotation in quotations]


def _page(source: Document, span: Span | None = None) -> Markup:
    return parse(render_document(source, span))


def _marked(markup: Markup) -> str:
    return "".join(mark.text for mark in markup.tagged("mark"))


@pytest.mark.parametrize("quotation", QUOTATIONS, ids=lambda q: f"{q[0].doc_id}-{q[1].start}")
def test_the_marked_text_is_the_quotation(quotation: Quotation) -> None:
    source, span = quotation
    markup = _page(source, span)
    assert _marked(markup) == span.of(source.text)
    assert [mark.attributes.get("id") for mark in markup.tagged("mark")].count("quote") == 1


@st.composite
def quotations(draw: st.DrawFn) -> Quotation:
    words = st.text(min_size=1, max_size=12).map(normalise).filter(str.strip)
    kinds = st.sampled_from(BlockKind)
    small = st.integers(0, 3)
    parts = draw(
        st.lists(
            st.builds(Part, words, kinds, level=small, row=small, column=small),
            min_size=1,
            max_size=8,
        )
    )
    breaks = draw(st.sets(st.integers(1, len("\n\n".join(p.text for p in parts))), max_size=3))
    length = len("\n\n".join(part.text for part in parts))
    source = document("any", "Any", parts, page_breaks=sorted(breaks - {length}))
    start = draw(st.integers(0, length - 1))
    return source, Span(start, draw(st.integers(start + 1, length)))


@given(quotations())
def test_any_span_of_any_document_is_marked_whole(quotation: Quotation) -> None:
    source, span = quotation
    markup = _page(source, span)
    assert _marked(markup) == span.of(source.text)
    assert [mark.attributes.get("id") for mark in markup.tagged("mark")].count("quote") == 1


def test_every_word_of_a_document_is_on_its_page() -> None:
    for source in DOCUMENTS.values():
        without_numbers = re.sub("<sup.*?</sup>", "", render_document(source, None))
        article = parse(without_numbers).having("data-document")[0].text
        for block in source.blocks:
            assert block.span.of(source.text) in article


def test_text_outside_every_block_is_shown_all_the_same() -> None:
    whole = document("stray", "Stray", [Part("First."), Part("Second."), Part("Third.")])
    stray = Document(
        doc_id="stray",
        title="Stray",
        text=whole.text,
        source_type=whole.source_type,
        source_path="stray.md",
        media_type="text/plain",
        blocks=whole.blocks[1:2],
        sections=(),
    )
    span = Span(0, len(stray.text))
    assert _marked(_page(stray, span)) == stray.text


def test_a_page_marks_nothing_without_a_span() -> None:
    markup = _page(EVIDENCE)
    assert not markup.tagged("mark")
    assert not [a for a in markup.tagged("a") if a.attributes.get("href") == "#quote"]


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="ends past the text"):
        render_document(CLINIC, Span(0, len(CLINIC.text) + 1))


def test_what_a_document_holds_opens_no_element() -> None:
    html = render_document(NASTY, None) + render_document(CLINIC, None)
    assert "<script>alert" not in html
    assert "<b>today" not in html
    assert "<h1>Signs" not in html
    assert "Grow it all back in 90 days™ <b>today only</b>" in _page(CLINIC).tagged("h1")[0].text


def test_a_page_says_what_kind_of_source_it_is_and_when_it_was_reviewed() -> None:
    markup = _page(RULES)
    facts = markup.where(lambda element: element.attributes.get("class") == "facts")[0].text
    assert "Government regulator" in facts
    assert "Reviewed 24 November 2026" in facts


def test_pages_are_marked_where_they_begin_and_each_once() -> None:
    html = render_document(HANDOUT, None)
    assert [html.count(f'id="page-{number}"') for number in (1, 2, 3)] == [1, 1, 1]
    assert html.index('id="page-2"') < html.index("The first week")
    crossing = html.index("second day. <span")
    assert crossing < html.index('id="page-3"') < html.index("Fever, pus")


def test_a_quotation_that_crosses_pages_is_marked_on_both() -> None:
    source, span = ANSWERS["wash"][0]
    marks = [mark.text for mark in _page(source, span).tagged("mark")]
    assert len(marks) == 2
    assert "".join(marks) == span.of(source.text)


def test_sources_are_listed_with_links_that_tell_the_other_site_nothing() -> None:
    markup = _page(EVIDENCE)
    links = [a for a in markup.tagged("a") if (a.attributes["href"] or "").startswith("https:")]
    assert [link.attributes["href"] for link in links] == [
        "https://doi.org/10.1002/sctm.19-0410",
        "https://doi.org/10.1016/s0190-9622(19)%3C1%3E",
    ]
    assert {link.attributes["rel"] for link in links} == {"noopener noreferrer"}


def test_an_unsafe_address_is_no_link() -> None:
    assert "javascript:" not in render_document(RULES, None)


def test_sentences_point_at_their_sources() -> None:
    markup = _page(EVIDENCE)
    pointed = {
        a.attributes["href"]
        for a in markup.tagged("a")
        if "#source" in (a.attributes["href"] or "")
    }
    identities = {f"#{li.attributes['id']}" for li in markup.tagged("li") if "id" in li.attributes}
    assert pointed == identities


def test_no_heading_is_more_than_one_level_deeper_than_that_before_it() -> None:
    levels = (3, 3, 6, 2, 4, 1, 2)
    source = document("deep", "Deep", [heading(f"Heading {level}", level) for level in levels])
    tags = [e.tag for e in _page(source).elements if re.fullmatch("h[1-6]", e.tag)]
    assert tags == ["h1", "h2", "h2", "h3", "h2", "h3", "h2", "h3"]


def test_lists_and_tables_keep_their_shape() -> None:
    html = render_document(RULES, None)
    markup = parse(html)
    assert [head.text for head in markup.tagged("th")] == ["Treatment", "Price of one session"]
    assert len(markup.tagged("tr")) == 3
    assert html.count("<ul>") == 4
    assert len([li for li in markup.tagged("li") if li.attributes.get("class") == "bare"]) == 2


def test_each_table_can_be_told_from_the_others() -> None:
    tables = [cell("a", 0, 0), cell("b", 1, 0), heading("c"), cell("d", 0, 0), cell("e", 0, 0)]
    regions = [
        element.attributes["aria-label"]
        for element in _page(document("tables", "Tables", tables)).having("role")
        if element.attributes["role"] == "region"
    ]
    assert len(regions) >= 2
    assert len(set(regions)) == len(regions)


def test_a_page_loads_only_our_own_files_and_they_exist() -> None:
    html = render_document(RULES, None)
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    assert loaded
    assert all((static_folder / name.removeprefix("/static/")).is_file() for name in loaded)
    assert "default-src &#x27;none&#x27;" in html
