"""Plain text -> canonical text, blocks and sections.

A blank line ends a paragraph. Lines inside a paragraph are joined where the file was wrapped by
hand at a fixed width, and stand for themselves where each line is a paragraph of its own.
"""

import re
from statistics import median

from corpus.document import Block, BlockKind, Section, Span
from corpus.errors import DocumentRefused
from corpus.markdown import Content
from corpus.text import normalise, one_line

_LIST_LABEL = re.compile(r"^(?:[-*•‣◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+(?=\S)")
_HEADING_WORDS = 12
_WRAPPED_WIDTH = 100
_BREAK = "\n\n"


def read_plaintext(source: str) -> Content:
    """The content of a text file; raises DocumentRefused when it holds no text."""
    stretches = _stretches(normalise(source))
    if not stretches:
        raise DocumentRefused("empty", "the file holds no text; remove it or write some")
    kinds = [
        _kind(words, following)
        for words, following in zip(stretches, [*stretches[1:], ""], strict=True)
    ]
    text = ""
    blocks: list[Block] = []
    for kind, words in zip(kinds, stretches, strict=True):
        if kind is BlockKind.LIST_ITEM:
            words = _LIST_LABEL.sub("", words)
        start = len(text) + (len(_BREAK) if text else 0)
        text += (_BREAK if text else "") + words
        level = 2 if kind is BlockKind.HEADING else int(kind is BlockKind.LIST_ITEM)
        blocks.append(Block(kind, Span(start, start + len(words)), level))
    return Content(text, tuple(blocks), sections_of(text, tuple(blocks)))


def sections_of(text: str, blocks: tuple[Block, ...]) -> tuple[Section, ...]:
    """One section for each run of blocks between headings, with the path of headings above it."""
    sections: list[Section] = []
    headings: list[tuple[int, str]] = []
    body: list[Span] = []

    def close() -> None:
        if body:
            path = tuple(title for _, title in headings)
            sections.append(Section(path, Span(body[0].start, body[-1].end)))
            body.clear()

    for block in blocks:
        if block.kind is BlockKind.HEADING:
            close()
            headings[:] = [(level, title) for level, title in headings if level < block.level]
            headings.append((block.level, block.span.of(text)))
        else:
            body.append(block.span)
    close()
    return tuple(sections)


def _stretches(text: str) -> list[str]:
    """Paragraphs, list items and headings, each on one line, in order."""
    lines = text.split("\n")
    lengths = [len(line) for line in lines if line.strip()]
    wrapped = bool(lengths) and median(lengths) > 40 and max(lengths) <= _WRAPPED_WIDTH
    stretches: list[str] = []
    joinable = False
    for line in lines:
        words = one_line(line)
        starts_item = bool(_LIST_LABEL.match(words))
        if words and joinable and wrapped and not starts_item:
            stretches[-1] = f"{stretches[-1]} {words}"
        elif words:
            stretches.append(words)
        joinable = bool(words)
    return stretches


def _kind(words: str, following: str) -> BlockKind:
    if _LIST_LABEL.match(words):
        return BlockKind.LIST_ITEM
    short = len(words.split()) <= _HEADING_WORDS and len(words) <= 100
    if short and words[-1] not in ".!:;," and len(following) > len(words):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH
