"""Lines with sizes and places -> one text: the rules, and what holds for any lines at all."""

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import BlockKind
from corpus.layout import Line, OutlineEntry, compose, unreadable_share, without_running_lines
from corpus.text import normalise, one_line


def _lines(*words: str, size: float = 10, top: float = 100, left: float = 50) -> list[Line]:
    return [Line(text, size, left, top + 12 * n) for n, text in enumerate(words)]


def _text(*words: str) -> str:
    return compose([_lines(*words)]).text


def test_a_broken_compound_keeps_its_hyphen_where_the_document_writes_it_so() -> None:
    assert _text("cells that are follicle-", "derived, and follicle-derived means") == (
        "cells that are follicle-derived, and follicle-derived means"
    )


def test_a_broken_compound_keeps_its_hyphen_where_both_halves_are_words_of_the_document() -> None:
    assert "blood-derived" in _text("the blood-", "derived part; blood is what is derived here")


def test_everyday_closed_words_lose_the_hyphen_though_both_halves_are_words() -> None:
    assert _text("it works with-", "out that, with or when out") == (
        "it works without that, with or when out"
    )


def test_a_soft_hyphen_at_a_line_end_joins_the_halves() -> None:
    lines = [Line("a long treat", 10, 50, 100, broken=True), Line("ment here", 10, 50, 112)]
    assert compose([lines]).text == "a long treatment here"


def test_lines_of_chinese_and_japanese_are_joined_without_a_space() -> None:
    assert _text("接続を行うことがで", "きる端子") == "接続を行うことができる端子"


def test_white_space_above_a_line_opens_a_paragraph() -> None:
    upper = _lines("One line of this text", "and another line of it")
    lower = _lines("The next paragraph of text", "goes on here too", top=150)
    assert len(compose([upper + lower]).blocks) == 2


def test_columns_are_read_one_after_the_other() -> None:
    left = _lines("The left column says that", "the sentence goes on in")
    right = _lines("the right column and then", "it comes to its end.", left=300)
    assert compose([left + right]).text == (
        "The left column says that the sentence goes on in the right column and then it comes "
        "to its end."
    )


def test_a_bookmark_makes_a_heading_of_the_lines_on_its_page_only() -> None:
    pages = [_lines("Contents", "What to ask"), _lines("What to ask", "Ask about the price.")]
    content = compose(pages, [OutlineEntry("What to ask", 1, page=2)])
    headings = [b for b in content.blocks if b.kind is BlockKind.HEADING]
    assert [content.text[: b.span.start].count("What to ask") for b in headings] == [1]


def test_a_dash_inside_a_paragraph_is_no_bullet() -> None:
    assert "plasma - a part of blood" in _text("the clinic uses plasma", "- a part of blood here")


def test_running_lines_go_although_their_numbers_differ_and_the_title_stays() -> None:
    def page(number: int) -> list[Line]:
        return [
            Line("Clinic handbook", 20 if number == 1 else 8, 50, 20),
            *_lines(f"Body of the text {'abc'[number - 1]} and more of the same body text"),
            Line(f"Version 3, page {number}", 8, 50, 800),
        ]

    kept = without_running_lines([page(1), page(2), page(3)])
    assert [[line.text[:6] for line in lines] for lines in kept] == [
        ["Clinic", "Body o"],
        ["Body o"],
        ["Body o"],
    ]


def test_body_lines_that_differ_in_a_number_are_no_running_lines() -> None:
    pages = [_lines(f"In week {n} of the plan the scalp heals.", "Rest then.") for n in range(4)]
    texts = [[line.text for line in page] for page in without_running_lines(pages)]
    assert [words[0] for words in texts] == [
        f"In week {n} of the plan the scalp heals." for n in range(4)
    ]


def test_words_that_mix_scripts_or_name_glyphs_are_unreadable() -> None:
    assert unreadable_share("78 *$5ӝ߸ࣿചীࠁېܲٮউӝࣿ") == 1
    assert unreadable_share("ୈ ೋ ৚ ୈ Ұ") == 1
    assert unreadable_share("one wоrd is mixed") == 0.25
    assert unreadable_share("/g3/g12/g44 /G1/G2") == 1
    for words in ("β-catenin and 20 µm", "Привет мир", "こんにちは世界", "حبيبي habibi"):
        assert unreadable_share(words) == 0


_WORDS = st.text(min_size=1, max_size=30).map(one_line).filter(bool)
_LINE = st.builds(
    Line,
    text=_WORDS,
    size=st.sampled_from([8.0, 10.0, 14.0, 20.0]),
    left=st.sampled_from([50.0, 60.0, 300.0]),
    baseline=st.integers(0, 60).map(lambda n: n * 12.0),
    bold=st.booleans(),
    broken=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_LINE, max_size=8), max_size=4))
def test_any_lines_give_sound_spans_and_pages_that_partition_the_text(
    pages: list[list[Line]],
) -> None:
    content = compose(pages)
    text = content.text
    assert normalise(text) == text
    assert text == "\n\n".join(block.span.of(text) for block in content.blocks)
    if text:
        assert content.pages[0].span.start == 0
        assert content.pages[-1].span.end == len(text)
    for page, following in zip(content.pages, content.pages[1:], strict=False):
        assert page.span.end == following.span.start
    for section in content.sections:
        section.span.of(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(_LINE, min_size=1, max_size=6), max_size=5))
def test_taking_running_lines_away_adds_and_reorders_nothing(pages: list[list[Line]]) -> None:
    kept = without_running_lines(pages)
    for before, after in zip(pages, kept, strict=True):
        remaining = iter(map(id, before))
        assert all(id(line) in remaining for line in after)
