"""What a sidecar NAME.pdf.yaml tells of a PDF that its pages cannot: references, questions, tables.

A sidecar quotes the document; a quote that the document does not hold is an error, so that a
sidecar never drifts from its file unseen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.document import Block, BlockKind, CitationMark, Section, Span
from corpus.errors import DocumentRefused
from corpus.text import one_line

Table = Sequence[Sequence[str]]


def sidecar_marks(text: str, citations: Iterable[Mapping[str, Any]]) -> tuple[CitationMark, ...]:
    """A mark at the end of every place where a quote of the sidecar stands in the text.

    White space counts for little: the words of a quote may stand in several blocks, as those of a
    table's row do. Raises DocumentRefused where the text does not hold a quote.
    """
    marks: list[CitationMark] = []
    for citation in citations:
        quote, keys = one_line(citation["quote"]), tuple(citation["keys"])
        pattern = r"\s+".join(map(re.escape, quote.split()))
        ends = [match.end() for match in re.finditer(pattern, text)]
        if not ends:
            raise DocumentRefused(
                "invalid_metadata",
                f"the sidecar cites words that the document does not hold: {quote[:80]!r}",
            )
        marks.extend(CitationMark(end, keys) for end in ends)
    return tuple(sorted(marks, key=lambda mark: mark.position))


def with_questions(
    sections: tuple[Section, ...], questions: Iterable[Mapping[str, Any]]
) -> tuple[Section, ...]:
    """The sections with the questions that each answers; raises DocumentRefused where unknown."""
    by_heading = {one_line(item["section"]): tuple(item["questions"]) for item in questions}
    found = {section.path[-1] for section in sections if section.path}
    if unknown := set(by_heading) - found:
        raise DocumentRefused(
            "invalid_metadata", f"the sidecar names headings that are not there: {sorted(unknown)}"
        )
    return tuple(
        replace(section, questions=by_heading.get(section.path[-1], ()))
        if section.path
        else section
        for section in sections
    )


def with_cells(text: str, blocks: Iterable[Block], tables: Iterable[Table]) -> tuple[Block, ...]:
    """The blocks in which each cell of the sidecar's tables is a table cell of its own.

    A table is a list of rows, a row a list of cells, an empty cell an empty string. The words of
    a table's cells stand in the text one after another, in the order of rows, with only white
    space between them. Raises DocumentRefused where they do not.
    """
    cells: list[Block] = []
    remaining = tuple(blocks)
    position = 0
    for table in tables:
        found = _cells(text, table, position)
        position = found[-1].span.end
        taken = Span(found[0].span.start, position)
        remaining = tuple(rest for block in remaining for rest in _outside(block, taken, text))
        cells.extend(found)
    return tuple(sorted((*remaining, *cells), key=lambda block: block.span))


def _cells(text: str, table: Table, position: int) -> list[Block]:
    words = [
        (one_line(cell), row, column)
        for row, cells in enumerate(table)
        for column, cell in enumerate(cells)
        if cell.strip()
    ]
    pattern = r"\s+".join(f"({re.escape(cell)})" for cell, _, _ in words)
    match = re.compile(pattern).search(text, position) if words else None
    if match is None:
        shown = words[0][0][:80] if words else ""
        raise DocumentRefused(
            "invalid_metadata",
            f"the sidecar has a table that the document does not hold; it begins {shown!r}",
        )
    return [
        Block(BlockKind.TABLE_CELL, Span(*match.span(number)), row=row, column=column)
        for number, (_, row, column) in enumerate(words, start=1)
    ]


def _outside(block: Block, taken: Span, text: str) -> Iterator[Block]:
    """What is left of a block before and after a span."""
    if not block.span.overlaps(taken):
        yield block
        return
    for start, end in ((block.span.start, taken.start), (taken.end, block.span.end)):
        words = text[start:end] if start < end else ""
        if words.strip():
            start += len(words) - len(words.lstrip())
            yield replace(block, span=Span(start, start + len(words.strip())))
