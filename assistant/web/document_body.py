"""The text of a document as HTML: every block, and the quoted words marked in it."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from urllib.parse import quote

from assistant.web.page_words import PageWords
from assistant.web.turns import verbatim
from corpus.document import Block, BlockKind, Document, Span

# A list item that brings its own bullet or number needs none from the browser.
_OWN_BULLET = re.compile(r"^(?:[•◦▪▫■□●○‣·*–—-]|\(?\d{1,3}[.)])\s")


def picture_address(document: Document, number: int) -> str:
    """Where the picture of a printed page is."""
    return f"/documents/{quote(document.doc_id, safe='')}/pages/{number}"


def render_body(document: Document, span: Span | None, page: PageWords, *, pictures: bool) -> str:
    """The whole text as HTML, with `span`, where one is given, in `<mark>` elements.

    The text of the `<mark>` elements, in order, is `span.of(document.text)` code point for code
    point; the first of them has the id `quote`. With `pictures` each page that starts with a
    block has a link to its picture. What stands between the document's words is in those of `page`.
    """
    return _Body(document, span, page, pictures=pictures).render()


class _Body:
    """The blocks of one document as HTML, in one pass from the start of the text to its end."""

    def __init__(
        self, document: Document, span: Span | None, page: PageWords, *, pictures: bool
    ) -> None:
        self._document = document
        self._page = page
        self._pictures = pictures
        self._span = span
        self._page_at = {page.span.start: page.number for page in document.pages}
        self._numbers = {r.key: n for n, r in enumerate(document.references, start=1)}
        self._sources_at: dict[int, list[str]] = {}
        for mark in document.marks:
            self._sources_at.setdefault(mark.position, []).extend(mark.keys)
        self._cuts = sorted({*self._page_at, *self._sources_at, *self._span_ends()})
        self._open_levels: list[int] = []
        self._marked = False
        self._tables = 0

    def render(self) -> str:
        parts = []
        for kind, run in groupby(self._pieces(), key=lambda piece: piece[0].kind):
            pieces = list(run)
            if kind is BlockKind.LIST_ITEM:
                parts.append(self._list(pieces))
            elif kind is BlockKind.TABLE_CELL:
                parts.extend(self._table(table) for table in _tables(pieces))
            else:
                parts.extend(self._single(*piece) for piece in pieces)
        return "\n".join(parts)

    def _span_ends(self) -> tuple[int, ...]:
        return (self._span.start, self._span.end) if self._span else ()

    def _pieces(self) -> Iterator[tuple[Block, int]]:
        """Every block with the end of the white space that follows it; stray text as paragraphs."""
        text = self._document.text
        position = 0
        blocks = list(self._document.blocks)
        for number, block in enumerate(blocks):
            if position < block.span.start and text[position : block.span.start].strip():
                stray = Span(position, block.span.start)
                yield Block(BlockKind.PARAGRAPH, stray), stray.end
            following = blocks[number + 1].span.start if number + 1 < len(blocks) else len(text)
            end = following if not text[block.span.end : following].strip() else block.span.end
            yield block, max(end, block.span.end)
            position = max(position, end, block.span.end)
        if text[position:].strip():
            stray = Span(position, len(text))
            yield Block(BlockKind.PARAGRAPH, stray), stray.end

    def _single(self, block: Block, end: int) -> str:
        before = self._page_marker(block.span.start)
        content = self._inline(block, end)
        if block.kind is BlockKind.HEADING:
            tag = f"h{min(1 + self._depth(max(block.level, 1)), 6)}"
            return f'{before}<{tag} dir="auto">{content}</{tag}>'
        if block.kind is BlockKind.CODE:
            return f'{before}<div class="code" dir="ltr">{content}</div>'
        return f'{before}<p dir="auto">{content}</p>'

    def _depth(self, level: int) -> int:
        """How deep a heading stands, from 1: never more than one deeper than that before it."""
        while self._open_levels and self._open_levels[-1] >= level:
            self._open_levels.pop()
        self._open_levels.append(level)
        return len(self._open_levels)

    def _list(self, pieces: Sequence[tuple[Block, int]]) -> str:
        parts = [self._page_marker(pieces[0][0].span.start)]
        depth = 0
        for block, end in pieces:
            level = max(block.level, 1)
            if level > depth:
                parts.append("<ul><li>" * (level - depth - 1) + "<ul>")
            else:
                parts.append("</li>" + "</ul></li>" * (depth - level))
            depth = level
            own = _OWN_BULLET.match(block.span.of(self._document.text))
            parts.append(f'<li dir="auto"{" class=bare" if own else ""}>{self._inline(block, end)}')
        parts.append("</li></ul>" * depth)
        return "".join(parts)

    def _table(self, pieces: Sequence[tuple[Block, int]]) -> str:
        rows = []
        for row, cells in groupby(pieces, key=lambda piece: piece[0].row):
            tag = 'th scope="col"' if row == 0 else "td"
            columns = "".join(
                f'<{tag} dir="auto">{self._inline(block, end)}</{tag[:2]}>' for block, end in cells
            )
            rows.append(f"<tr>{columns}</tr>")
        before = self._page_marker(pieces[0][0].span.start)
        self._tables += 1
        name = self._page.table.format(self._tables)
        return (
            f'{before}<div class="table" tabindex="0" role="region" '
            f'aria-label="{escape(name)}" lang="{self._page.words.language}">'
            f'<table lang="{escape(self._document.language)}">{"".join(rows)}</table></div>'
        )

    def _page_marker(self, position: int) -> str:
        """The marker of a page that starts with a block; empty where none does."""
        number = self._page_at.pop(position, None)
        if number is None:
            return ""
        words = self._page.words
        picture = (
            f' <a href="{escape(picture_address(self._document, number))}" target="_blank" '
            f'rel="noopener">{escape(self._page.see_printed.format(number))}'
            f'<span class="hidden">{escape(words.new_tab)}</span></a>'
            if self._pictures
            else ""
        )
        return (
            f'<p class="page" id="page-{number}" lang="{words.language}">'
            f"{escape(words.page.format(number))}{picture}</p>\n"
        )

    def _inline(self, block: Block, end: int) -> str:
        """The words of a block, then the white space up to `end` where that is quoted too."""
        words = "".join(
            self._piece(Span(*cut)) for cut in self._cut(block.span.start, block.span.end)
        )
        quoted = self._quoted_part(block.span.end, end)
        if quoted:
            words += f'<mark class="gap"{self._identity()}>{verbatim(quoted)}</mark>'
        return words

    def _quoted_part(self, start: int, end: int) -> str:
        """The words of `[start, end)` that lie in the quotation."""
        if self._span is None:
            return ""
        return self._document.text[max(start, self._span.start) : min(end, self._span.end)]

    def _identity(self) -> str:
        """The attributes by which the first mark of the page is found; empty for the others."""
        first, self._marked = not self._marked, True
        if not first:
            return ""
        return f' id="quote" tabindex="-1" data-quoted="{escape(self._page.quoted_words)}"'

    def _cut(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        borders = [start, *(cut for cut in self._cuts if start < cut < end), end]
        yield from pairwise(borders)

    def _piece(self, span: Span) -> str:
        number = self._page_at.pop(span.start, None)
        page = (
            f'<span class="page-inline" id="page-{number}" '
            f'data-page="{escape(self._page.words.page.format(number))}"></span>'
            if number is not None
            else ""
        )
        words = verbatim(span.of(self._document.text))
        if self._span and self._span.contains(span):
            words = f"<mark{self._identity()}>{words}</mark>"
        return page + words + self._sources(span.end)

    def _sources(self, position: int) -> str:
        links = []
        for key in dict.fromkeys(self._sources_at.pop(position, [])):
            number = self._numbers[key]
            label = next(r.label for r in self._document.references if r.key == key)
            links.append(
                f'<a href="#source-{number}" title="{escape(label)}" '
                f'aria-label="{escape(self._page.source.format(number, label))}">{number}</a>'
            )
        if not links:
            return ""
        return f'<sup class="sources" lang="{self._page.words.language}">{" ".join(links)}</sup>'


def _tables(pieces: Sequence[tuple[Block, int]]) -> Iterator[list[tuple[Block, int]]]:
    """Runs of cells that belong to one table: a row number that falls back opens the next."""
    table: list[tuple[Block, int]] = []
    for piece in pieces:
        if table and piece[0].row < table[-1][0].row:
            yield table
            table = []
        table.append(piece)
    yield table
