"""Lines as they stand on printed pages -> one canonical text in blocks, and where pages begin.

Pure: it knows sizes and places, and nothing of the file format they come from.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.document import Block, BlockKind, Page, Section, Span
from corpus.plaintext import sections_of
from corpus.text import normalise

_BREAK = "\n\n"
_BULLET = re.compile(
    r"^(?:[•◦▪▫■□●○‣⁃∙·►▶➢➤✓✔☐☑❑❖]|[\ue000-\uf8ff]|/[A-Za-z]{1,3}\d{1,6}(?=\s))\s*"
)
# These open a list item only where a line stands apart: inside a paragraph they are its words.
_DASH = re.compile(r"^(?:[-–—*!]\s+|o\s+(?=[A-Z]))(?=\S)")
_NUMBER = re.compile(r"^\(?(\d{1,3})[.)]\s+(?=\S)")
_ROMAN_HEADING = re.compile(r"^[IVX]{1,5}\.\s+[A-Z][A-Z\s,:&-]+$")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|p\.?|seite|página)?\s*(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:of|/|von|de|sur|\|)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)
# What differs between the running lines of two pages: the number of the page, at either end.
_CHANGING = re.compile(
    r"\bpage \d+|\d+ ?(?:of|/|von|de|sur) ?\d+|^\W*\d+|(?:\d+|\b[ivxlc]+)\W*$|\W+"
)
_HYPHEN_END = re.compile(r"(\w+(?:-\w+)*)[-\u2010]$")
_WORD = re.compile(r"\w+(?:-\w+)*")
_SENTENCE_END = re.compile(r"[.!?:;。！？][\"'”’)\]»]*$")
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# First halves of everyday closed compounds; the second half ("out", "times") is a word as well.
_CLOSED = frozenset(
    {"any", "can", "every", "her", "here", "him", "how", "it", "my", "not", "some", "them", "there"}
    | {"under", "what", "when", "where", "who", "with", "your"}
)
_LARGER = 1.12
_HEADING_CHARACTERS = 140
_EDGE_LINES = 3
_SET_APART = 1.28


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: normalised words on one line, in points, the baseline growing downwards.

    `bold` where nearly all of it is; `broken` where it ends inside a word, at a soft hyphen.
    """

    text: str
    size: float
    left: float = 0.0
    baseline: float = 0.0
    bold: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: its words, its depth from 1, and its page from 1 where the file tells it."""

    title: str
    depth: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """The canonical text and what is known of its stretches.

    The spans of `pages` partition the text: a page begins at its first character. `title` is the
    largest heading of the first page that has one, else None; its block is a heading of level 1
    and no part of any section's path.
    """

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...]
    title: str | None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with its page and what it is in the text; `words` lacks a list label."""

    page: int
    line: Line
    kind: BlockKind
    level: int
    words: str
    opens: bool


def compose(pages: Sequence[Sequence[Line]], outline: Sequence[OutlineEntry] = ()) -> Composition:
    """The text of `pages` (each in reading order, running lines gone), numbered from 1."""
    placed = _Placer(pages, outline).placed()
    joiner = _Joiner([line for page in pages for line in page])
    text = ""
    blocks: list[Block] = []
    starts: list[tuple[int, int]] = []
    title: Block | None = None
    for stretch in _stretches(placed):
        start = len(text) + (len(_BREAK) if text else 0)
        words = ""
        for before, part in zip([None, *stretch], stretch, strict=False):
            broken = before is not None and before.line.broken
            words, at = joiner.joined(words, part.words, broken=broken)
            if not starts or starts[-1][0] != part.page:
                starts.append((part.page, start + at))
        text += (_BREAK if text else "") + words
        kind, level = stretch[0].kind, stretch[0].level
        is_title = (kind, level) == (BlockKind.HEADING, 1)
        # There is one title; what is set as large further on is a chapter.
        level = 2 if is_title and title else level
        blocks.append(Block(kind, Span(start, start + len(words)), level))
        title = title or (blocks[-1] if is_title else None)
    ends = [start for _, start in starts[1:]] + ([len(text)] if text else [])
    return Composition(
        text=text,
        blocks=tuple(blocks),
        sections=sections_of(text, tuple(block for block in blocks if block is not title)),
        pages=tuple(
            Page(number, Span(start, end))
            for (number, start), end in zip(starts, ends, strict=True)
            if end > start
        ),
        title=title.span.of(text) if title else None,
    )


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without page numbers and without what several of them repeat at the same edge.

    The page's own number is ignored in the comparison, though not in lines larger than the body:
    "Week 1" and "Week 2" are headings. On the first page such a line stays: it may be the title
    that later pages repeat.
    """
    body = _usual_size([line for page in pages for line in page])
    edges = [_edge_lines(page) for page in pages]
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, edge in enumerate(edges):
        for line in edge:
            seen[_template(line, body)].add(number)
    wanted = 2 if len(pages) <= 3 else max(3, min(4, len(pages) // 3))
    kept = []
    for number, (page, edge) in enumerate(zip(pages, edges, strict=True)):
        extremes = _extremes(page)
        dropped = {
            id(line)
            for line in edge
            if not (number == 0 and line.size > _LARGER * body)
            and (
                len(_near(seen, _template(line, body))) >= wanted
                or (len(pages) > 1 and line.baseline in extremes and _is_page_number(line.text))
            )
        }
        kept.append([line for line in page if id(line) not in dropped])
    return kept


def _is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.match(text))


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    baselines = sorted({line.baseline for line in page})
    edges = {*baselines[:_EDGE_LINES], *baselines[-_EDGE_LINES:]}
    return [line for line in page if line.baseline in edges]


def _extremes(page: Sequence[Line]) -> set[float]:
    baselines = sorted({line.baseline for line in page})
    return {*baselines[:1], *baselines[-1:]}


def _template(line: Line, body: float) -> tuple[str, int]:
    words = line.text.casefold()
    if line.size <= _LARGER * body:
        words = _CHANGING.sub("", words)
    return words, round(line.baseline / 4)


def _near(seen: dict[tuple[str, int], set[int]], key: tuple[str, int]) -> set[int]:
    """Pages that hold the same words at nearly the same height: within 14 points, for scans."""
    words, height = key
    if not words:
        return set()
    return set().union(*(seen.get((words, height + d), set()) for d in range(-3, 4)))


def _usual_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


class _Placer:
    """Decides for each line what it is and whether it opens a block."""

    def __init__(self, pages: Sequence[Sequence[Line]], outline: Sequence[OutlineEntry]) -> None:
        lines = [line for page in pages for line in page]
        self._pages = pages
        self._outline = [(_letters(entry.title), entry) for entry in outline]
        self._size = _usual_size(lines)
        self._leading = _usual_leading(pages)
        self._width = _usual_width(lines, self._size)
        body = sum(len(line.text) for line in lines)
        self._bold_body = 2 * sum(len(line.text) for line in lines if line.bold) > body
        self._title_size = self._largest_on_first_page()
        sizes = {
            round(line.size, 1)
            for line in lines
            if self._is_larger(line) and round(line.size, 1) != self._title_size
        }
        self._levels = {s: min(r, 5) for r, s in enumerate(sorted(sizes, reverse=True), start=2)}
        self._number = 0
        self._item: Line | None = None
        self._dash = ""

    def placed(self) -> Iterator[_Placed]:
        before: _Placed | None = None
        label_alone = False
        for number, page in enumerate(self._pages, start=1):
            bookmarked = self._bookmarked(number, page)
            for position, line in enumerate(page):
                apart = before is None or self._stands_apart(before, line, number)
                kind, level, words = (
                    (BlockKind.LIST_ITEM, 1, line.text)
                    if label_alone
                    else self._kind(line, bookmarked.get(position), apart, before)
                )
                label_alone = not words
                if label_alone:
                    continue
                starts_item = words != line.text or (
                    before is not None and before.kind is not kind and kind is BlockKind.LIST_ITEM
                )
                if starts_item:
                    self._item = line
                opens = (
                    before is None
                    or starts_item
                    or self._opens(before, line, kind, level, apart, bookmarked, position)
                )
                if not opens and before is not None and kind is not BlockKind.HEADING:
                    kind, level = before.kind, before.level
                before = _Placed(number, line, kind, level, words, opens)
                yield before

    def _bookmarked(self, number: int, page: Sequence[Line]) -> dict[int, tuple[int, bool]]:
        """Index of a line -> depth of the bookmark it belongs to, and whether it is its first."""
        wanted = [(key, e) for key, e in self._outline if key and e.page in (number, None)]
        found: dict[int, tuple[int, bool]] = {}
        for position in range(len(page)):
            words = ""
            for end in range(position, min(position + 4, len(page))):
                words += _letters(page[end].text)
                entry = next((e for key, e in wanted if key == words), None)
                if entry is not None:
                    for index in range(position, end + 1):
                        found.setdefault(index, (entry.depth, index == position))
                    break
        return found

    def _kind(
        self,
        line: Line,
        bookmark: tuple[int, bool] | None,
        apart: bool,
        before: _Placed | None,
    ) -> tuple[BlockKind, int, str]:
        words = line.text
        if bookmark is not None:
            return BlockKind.HEADING, min(bookmark[0] + 1, 6), words
        if match := _BULLET.match(words):
            return BlockKind.LIST_ITEM, 1, words[match.end() :]
        if level := self._heading_level(line, apart):
            return BlockKind.HEADING, level, words
        # A label inside a paragraph is part of its words: "... in about\n12. Then ...".
        free = apart or before is None or before.kind is BlockKind.HEADING
        free = free or bool(_SENTENCE_END.search(before.line.text if before else ""))
        if (match := _DASH.match(words)) and (free or words[0] == self._dash):
            self._dash = words[0]
            return BlockKind.LIST_ITEM, 1, words[match.end() :]
        in_list = before is not None and before.kind is BlockKind.LIST_ITEM
        match = _NUMBER.match(words)
        if match and (free or in_list) and int(match[1]) in (1, self._number + 1):
            self._number = int(match[1])
            return BlockKind.LIST_ITEM, 1, words[match.end() :]
        return BlockKind.PARAGRAPH, 0, words

    def _heading_level(self, line: Line, apart: bool) -> int:
        """The level of a heading told by its looks, 0 for none."""
        words = line.text
        if (
            len(words) > _HEADING_CHARACTERS
            or words.endswith((".", ",", ";"))
            or sum(c.isalpha() for c in words) < 3
        ):
            return 0
        if self._is_larger(line):
            size = round(line.size, 1)
            return 1 if size == self._title_size else self._levels[size]
        lowest = min(max(self._levels.values(), default=1) + 1, 6)
        if apart and line.bold and not self._bold_body and not words.endswith(":"):
            return lowest if line.size >= 0.95 * self._size else 0
        return lowest if apart and _ROMAN_HEADING.match(words) else 0

    def _is_larger(self, line: Line) -> bool:
        return self._size > 0 and line.size >= _LARGER * self._size

    def _largest_on_first_page(self) -> float:
        for page in self._pages:
            sizes = [round(x.size, 1) for x in page if self._is_larger(x) and len(x.text) > 3]
            if page:
                return max(sizes, default=0.0)
        return 0.0

    def _stands_apart(self, before: _Placed, line: Line, page: int) -> bool:
        """Whether white space above the line, or a new page or column, sets it apart."""
        if page != before.page:
            return True
        down = line.baseline - before.line.baseline
        usual = self._leading * max(line.size, before.line.size)
        return down < -0.5 * line.size or (self._leading > 0 and down > _SET_APART * usual)

    def _opens(
        self,
        before: _Placed,
        line: Line,
        kind: BlockKind,
        level: int,
        apart: bool,
        bookmarked: dict[int, tuple[int, bool]],
        position: int,
    ) -> bool:
        """Whether `line`, which has no list label, opens a block of its own."""
        if BlockKind.HEADING in (kind, before.kind):
            if position in bookmarked:
                return bookmarked[position][1]
            together = kind is before.kind and level == before.level
            down = line.baseline - before.line.baseline
            return not together or not -1 <= down <= 2.2 * line.size
        ended = bool(_SENTENCE_END.search(before.line.text))
        runs_on = not ended and (line.text[:1].islower() or not line.text[:1].isalpha())
        if abs(before.line.size - line.size) > 0.15 * max(before.line.size, 1.0):
            return True
        jump = before.kind is not BlockKind.HEADING and self._jumps(before, line)
        if apart and not jump:
            return not runs_on or self._gap(before, line) > 1.8
        if jump:
            return ended and (
                len(before.line.text) < 0.8 * self._width or line.left > before.line.left + 4
            )
        if before.kind is BlockKind.LIST_ITEM and self._item is not None and not jump:
            if line.left < self._item.left - 0.5 * line.size:
                return True
            return (
                ended
                and line.left < self._item.left + 0.3 * line.size
                and (line.text[:1].isupper() and len(before.line.text) < 0.8 * self._width)
            )
        indented = line.left > before.line.left + 0.8 * line.size
        if ended and indented and line.text[:1].isupper():
            return True
        return ended and line.text[:1].isupper() and len(before.line.text) < 0.75 * self._width

    def _jumps(self, before: _Placed, line: Line) -> bool:
        """Whether the line stands higher than the one before: a new column or page."""
        return line.baseline < before.line.baseline - 0.5 * line.size

    def _gap(self, before: _Placed, line: Line) -> float:
        """The distance to the line before, in usual distances."""
        usual = self._leading * max(line.size, before.line.size, 1.0)
        return (line.baseline - before.line.baseline) / usual if usual else 0.0


def _stretches(placed: Iterator[_Placed]) -> Iterator[list[_Placed]]:
    """The lines of each block."""
    stretch: list[_Placed] = []
    for part in placed:
        if part.opens and stretch:
            yield stretch
            stretch = []
        stretch.append(part)
    if stretch:
        yield stretch


def _letters(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())


def _usual_leading(pages: Sequence[Sequence[Line]]) -> float:
    """The usual distance of baselines as a multiple of the size; 0 where places are unknown."""
    steps: Counter[float] = Counter()
    for page in pages:
        for before, line in pairwise(page):
            down = line.baseline - before.baseline
            if abs(before.size - line.size) < 0.5 and 0.8 < down / max(line.size, 1.0) < 2.6:
                steps[round(down / line.size, 1)] += len(line.text)
    return steps.most_common(1)[0][0] if steps else 0.0


def _usual_width(lines: Sequence[Line], size: float) -> float:
    """The length in characters that full lines of the body text have."""
    lengths = sorted(len(line.text) for line in lines if abs(line.size - size) < 0.2)
    return float(median(lengths[len(lengths) // 2 :])) if lengths else 0.0


class _Joiner:
    """Joins a line to the words before it; knows the document's own vocabulary."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words: Counter[str] = Counter()
        inside = False
        for line in lines:
            found = [word.casefold() for word in _WORD.findall(line.text)]
            breaks = line.broken or bool(_HYPHEN_END.search(line.text))
            self._words.update(found[int(inside) : len(found) - int(breaks)])
            inside = breaks

    def joined(self, words: str, line: str, *, broken: bool = False) -> tuple[str, int]:
        """`words` with `line` after it, and where the line's own first character stands."""
        if not words:
            return line, 0
        stem = words + " "
        match = _HYPHEN_END.search(words)
        if broken:
            stem = words
        elif match is not None and line[:1].isalnum():
            stem = words if self._keeps_hyphen(match[1], line) else words[: match.end(1)]
        elif words[-1] in "—/" or (_CJK.match(words[-1]) and _CJK.match(line)):
            stem = words
        whole = stem + line
        # Letters that would melt into one (Hangul, combining marks) keep their space.
        return (
            (whole, len(stem)) if normalise(whole) == whole else (f"{words} {line}", len(words) + 1)
        )

    def _keeps_hyphen(self, head: str, line: str) -> bool:
        found = _WORD.match(line)
        tail = found.group() if found else ""
        compound, solid = f"{head}-{tail}".casefold(), f"{head}{tail}".casefold()
        if self._words[compound] or self._words[solid]:
            return self._words[compound] >= self._words[solid]
        if not line[:1].islower() or "-" in compound.replace("-", "", 1) or head[-1].isdigit():
            return True
        parts = (head.casefold(), tail.casefold())
        return parts[0] not in _CLOSED and all(
            self._words[part] > 0 and len(part) > 2 for part in parts
        )


def unreadable_share(line: str) -> float:
    """The share of a line's words that mean nothing: private signs, glyph names, mixed scripts."""
    words = line.split()
    if not words:
        return 0.0
    if not line.isascii() and len(_scripts(line) - _SCRIPTS_THAT_MIX) > (
        1 if spells_letter_by_letter(line) else 2
    ):
        return 1.0
    return sum(map(_is_unreadable, words)) / len(words)


def spells_letter_by_letter(words: str) -> bool:
    """Whether most of the words are single characters, as in text that is set vertically."""
    found = words.split()
    return sum(map(len, found)) < 2 * len(found)


def _scripts(words: str) -> set[str]:
    return {
        unicodedata.name(c, "?").split()[0] for c in words if unicodedata.category(c)[0] in "LM"
    }


_GLYPH_NAMES = re.compile(r"(?:/[A-Za-z]{1,3}\d{1,6})|\(cid:\d+\)")
_SCRIPTS_THAT_MIX = frozenset(
    {"LATIN", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "HALFWIDTH"}
    | {"MODIFIER", "MATHEMATICAL", "SUPERSCRIPT", "SUBSCRIPT", "SCRIPT", "BLACK-LETTER"}
    | {"DOUBLE-STRUCK", "MICRO", "OHM", "KELVIN", "ANGSTROM", "FEMININE", "MASCULINE"}
    | {"IDEOGRAPHIC", "COMBINING", "KATAKANA-HIRAGANA", "PLANCK", "VARIATION"}
)


def _is_unreadable(word: str) -> bool:
    if len(_GLYPH_NAMES.findall(word)) > len(word) / 40:
        return True
    signs = sum(unicodedata.category(c) in ("Co", "Cn", "Cs") or c == "\ufffd" for c in word)
    if signs > 0.3 * len(word) and len(word) > 1:
        return True
    if word.isascii():
        return False
    scripts = _scripts(word)
    rare = scripts - _SCRIPTS_THAT_MIX
    return len(rare) > 1 or (bool(rare) and bool(scripts & {"LATIN", "GREEK", "CJK", "HANGUL"}))
