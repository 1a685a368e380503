"""Quoted words found on a page: exactly them, or nothing."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.page_picture import Box, Glyph, PictureLimits, draw_page
from corpus.page_places import boxes_of_words
from corpus.text import one_line
from tests.printed import HYPHENATED, LAST, MARKED, REPEATED, Printed, print_leaflet


def _lines(*lines: str) -> list[Glyph]:
    """Characters ten wide in lines twenty high, with a line end after each line."""
    return [
        Glyph(character, Box(10 * column, 20 * row, 10 * column + 10, 20 * row + 15))
        for row, line in enumerate(lines)
        for column, character in enumerate(f"{line}\n")
    ]


def _found(glyphs: Sequence[Glyph], page_text: str, words: str, *, nth: int = 0) -> tuple[Box, ...]:
    start = -1
    for _ in range(nth + 1):
        start = page_text.index(words, start + 1)
    return boxes_of_words(glyphs, page_text=page_text, start=start, end=start + len(words))


def _within(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> str:
    """The inked characters whose middle stands in one of the boxes."""
    return "".join(g.character for g in glyphs if _covered(g, boxes)).translate(
        str.maketrans("", "", " \r\n\t\x02")
    )


def _covered(glyph: Glyph, boxes: Sequence[Box]) -> bool:
    x, y = (glyph.box.left + glyph.box.right) / 2, (glyph.box.top + glyph.box.bottom) / 2
    return any(b.left <= x <= b.right and b.top <= y <= b.bottom for b in boxes)


def _inked(words: str) -> str:
    return "".join(words.split())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_leaflet(tmp_path_factory.mktemp("printed"))


@pytest.mark.parametrize(
    ("number", "words", "rows"), [(1, MARKED, 2), (1, HYPHENATED, 4), (2, LAST, 2)]
)
def test_words_of_a_real_page_are_found_where_they_are_printed(
    printed: Printed, number: int, words: str, rows: int
) -> None:
    picture = draw_page(printed.path.read_bytes(), number, limits=PictureLimits())
    page = printed.document.pages[number - 1]
    boxes = _found(picture.glyphs, page.span.of(printed.document.text), words)
    assert _within(picture.glyphs, boxes) == _inked(words)
    assert 1 <= len(boxes) <= rows
    assert all(above.bottom <= below.bottom for above, below in pairwise(boxes))


def test_a_sentence_that_is_printed_twice_is_found_where_it_is_quoted(printed: Printed) -> None:
    picture = draw_page(printed.path.read_bytes(), 1, limits=PictureLimits())
    text = printed.document.pages[0].span.of(printed.document.text)
    first, second = (_found(picture.glyphs, text, REPEATED, nth=n) for n in (0, 1))
    assert first[0].bottom <= second[0].top
    assert _within(picture.glyphs, first) == _within(picture.glyphs, second) == _inked(REPEATED)


def test_words_that_the_page_repeats_and_nothing_tells_apart_are_not_found() -> None:
    # The page has a running line that the canonical text does not have.
    assert _found(_lines("Stay dry.", "Stay dry."), "Stay dry.", "Stay dry.") == ()
    three = _lines("Stay dry.", "Stay dry.", "Stay dry.")
    for nth in (0, 1):
        assert _found(three, "Stay dry. Stay dry.", "Stay dry.", nth=nth) == ()


def test_one_sign_that_differs_and_the_words_are_not_found() -> None:
    glyphs = _lines("Take 5 mg a day.")
    assert _found(glyphs, "Take 5 mg a day.", "5 mg") != ()
    assert _found(glyphs, "Take 50 mg a day.", "50 mg") == ()
    assert _found(glyphs, "Take -5 mg a day.", "-5 mg") == ()
    assert _found([], "Take 5 mg a day.", "5 mg") == ()


def test_a_hyphen_at_a_line_end_may_be_closed_up_or_kept() -> None:
    glyphs = _lines("A long-", "term re-", "sult.")
    for text in ("A long-term result.", "A longterm re-sult.", "A longterm result."):
        assert len(_found(glyphs, text, text)) == 3
    assert _found(_lines("A long-term result."), "A longterm result.", "longterm") == ()


def test_white_space_alone_is_nowhere() -> None:
    assert boxes_of_words(_lines("a b"), page_text="a b", start=1, end=2) == ()


@pytest.mark.parametrize(
    "words",
    [
        "n\u0308 and e\u0301 and x\u0331\u0323",
        "𝒜𝓈𝓉𝓇𝒶𝓁 𠜎 👩🏽\u200d⚕\ufe0f",
        "العلاج غير معتمد",
        "अनुमोदित नहीं है",
        "한국어 문장",
    ],
)
def test_any_script_is_found_sign_by_sign(words: str) -> None:
    text = one_line(f"Before it. {words} After it.")
    quoted = one_line(words)
    glyphs = _lines("Before it.", words, "After it.")
    boxes = _found(glyphs, text, quoted)
    assert boxes == (Box(0, 20, 10 * len(words), 35),)


@st.composite
def _printed_lines(draw: st.DrawFn) -> tuple[list[str], Span]:
    word = st.text("abÄé-ﬁ", min_size=1, max_size=4)
    lines = draw(
        st.lists(st.lists(word, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)
    )
    text = " ".join(lines)
    start = draw(st.integers(0, len(text) - 1))
    return lines, Span(start, draw(st.integers(start + 1, len(text))))


@example((["a a a -", "-"], Span(0, 7)), [])
@given(_printed_lines(), st.lists(st.sampled_from(["1", "ab", "Leaflet"]), max_size=2))
def test_what_is_marked_is_what_is_quoted_or_nothing_is(
    page: tuple[list[str], Span], running: list[str]
) -> None:
    lines, span = page
    glyphs = _lines(*running, *lines)
    text = " ".join(lines)
    boxes = boxes_of_words(glyphs, page_text=text, start=span.start, end=span.end)
    if boxes:
        assert _plain(_within(glyphs, boxes)) == _plain(_inked(span.of(text)))


def _plain(words: str) -> str:
    return "".join(_signs(words))


def _signs(words: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFD", words):
        yield "fi" if sign == "ﬁ" else sign
