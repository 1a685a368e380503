"""Where on the picture of a page quoted words stand: exactly, or not at all."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from corpus.page_picture import Box, Glyph

_HYPHENS = "-\u2010\u00ad\u0002"
# Stands for a hyphen at the end of a line, which the canonical text may have kept or closed up.
_BREAK = "\u00ad"
_INVISIBLE = re.compile("[\\s\x00-\x1f\x7f-\x9f\u00ad\u200b\ufeff\u202a-\u202e\u2066-\u2069]")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Inked characters before and after the words by which a repeated sentence is told apart.
_CONTEXTS = ((0, 0), (24, 0), (0, 24), (24, 24), (96, 0), (0, 96))


def boxes_of_words(
    glyphs: Sequence[Glyph], *, page_text: str, start: int, end: int
) -> tuple[Box, ...]:
    """A box for each line that `page_text[start:end]` takes up on its page, top line first.

    `page_text` is the page's canonical text. The words are compared sign by sign, in NFD and
    without white space, because the canonical text has none of a page's line ends, running lines
    and hyphenation. Empty where they are not found on the page, or found more than once even
    with the words around them.
    """
    before, words, after = (
        _ink(page_text[:start]),
        _ink(page_text[start:end]),
        _ink(page_text[end:]),
    )
    if not words:
        return ()
    ink, owners = _ink_of_page(glyphs)
    canonical = before + words + after
    for ahead, behind in _CONTEXTS:
        left, right = before[len(before) - min(ahead, len(before)) :], after[:behind]
        pattern = re.compile(f"{_loose(left)}({_loose(words)}){_loose(right)}")
        found = pattern.search(ink)
        if found is None:
            continue
        if pattern.search(ink, found.start() + 1) is None and _once(
            left + words + right, canonical
        ):
            return _rows([glyphs[owner].box for owner in owners[slice(*found.span(1))]])
    return ()


def _once(words: str, text: str) -> bool:
    first = text.find(words)
    return first >= 0 and text.find(words, first + 1) < 0


def _ink(text: str) -> str:
    """`text` in NFD without white space and signs that leave no ink."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFD", text))


def _ink_of_page(glyphs: Sequence[Glyph]) -> tuple[str, list[int]]:
    """The inked signs of a page, and for each the number of the glyph that it comes from."""
    signs: list[str] = []
    owners: list[int] = []
    for number, glyph in enumerate(glyphs):
        sign = glyph.character
        if sign in _HYPHENS and _ends_line(glyphs, number):
            inked = _BREAK
        else:
            inked = _ink(_LIGATURES.get(sign, sign))
        signs.append(inked)
        owners.extend([number] * len(inked))
    return "".join(signs), owners


def _ends_line(glyphs: Sequence[Glyph], number: int) -> bool:
    """Whether the next sign with ink stands on another line."""
    following = next((g for g in glyphs[number + 1 :] if g.character.strip()), None)
    return following is None or not glyphs[number].box.on_one_line_with(following.box)


def _loose(ink: str) -> str:
    """A pattern for `ink` that lets a hyphen at a line's end be there or, rather, not."""
    return f"{_BREAK}??".join(
        f"(?:{re.escape(sign)}|{_BREAK})" if sign in _HYPHENS else re.escape(sign) for sign in ink
    )


def _rows(boxes: Sequence[Box]) -> tuple[Box, ...]:
    return tuple(_joined(boxes))


def _joined(boxes: Sequence[Box]) -> Iterator[Box]:
    row: Box | None = None
    for box in boxes:
        if row is not None and row.on_one_line_with(box):
            row = row.around(box)
            continue
        if row is not None:
            yield row
        row = box
    if row is not None:
        yield row
