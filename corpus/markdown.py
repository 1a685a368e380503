"""Markdown with YAML front matter -> canonical text, blocks, sections and citation marks.

Markup is not part of the canonical text: emphasis, link addresses, list bullets, HTML comments
and `[@key]` markers are gone before any offset exists. A comment that starts with the word
`questions` holds, one list item each, people's own ways of asking what its section answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.document import Block, BlockKind, CitationMark, Section, Span
from corpus.errors import DocumentRefused
from corpus.text import normalise, one_line

_MARKER = re.compile(r"[ \t]*\[(@[^\]\[]+)\]")
_KEY = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9_:.+/-]*[A-Za-z0-9_]|[A-Za-z0-9_])")
_QUESTIONS = re.compile(r"<!--\s*questions\b(.*?)-->", re.DOTALL)
_ITEM = re.compile(r"^\s*[-*]\s+(.*\S)\s*$", re.MULTILINE)
_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader found in one file: the fields of a Document that come from its text."""

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    marks: tuple[CitationMark, ...] = ()


def read_markdown(source: str) -> tuple[Mapping[str, Any], Content]:
    """The front matter (empty where there is none) and the content of a Markdown file.

    Raises DocumentRefused when the front matter is no YAML mapping, a marker is malformed, or no
    text remains.
    """
    tokens = _parser().parse(normalise(source))
    metadata = _front_matter(tokens)
    writer = _Writer()
    for token, inline in _with_parents(tokens):
        writer.take(token, inline)
    content = writer.content()
    if not content.text:
        raise DocumentRefused("empty", "the file holds no text; write some below the front matter")
    return metadata, content


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table").use(front_matter_plugin)


def _front_matter(tokens: Sequence[Token]) -> Mapping[str, Any]:
    source = next((t.content for t in tokens if t.type == "front_matter"), None)
    if source is None:
        return {}
    return parse_metadata(source)


def parse_metadata(source: str) -> Mapping[str, Any]:
    """The YAML mapping in `source`; raises DocumentRefused when it is anything else."""
    try:
        metadata = yaml.safe_load(source) or {}
    except yaml.YAMLError as error:
        raise DocumentRefused(
            "invalid_metadata", f"the metadata is no valid YAML ({one_line(str(error))}); mend it"
        ) from error
    if not isinstance(metadata, dict):
        raise DocumentRefused(
            "invalid_metadata",
            f"the metadata is a {type(metadata).__name__}; write `key: value` lines",
        )
    return metadata


def _with_parents(tokens: Sequence[Token]) -> list[tuple[Token, tuple[Token, ...]]]:
    """Each token with the block tokens that enclose it, outermost first."""
    stack: list[Token] = []
    found = []
    for token in tokens:
        if token.nesting == -1:
            stack.pop()
            continue
        found.append((token, tuple(stack)))
        if token.nesting == 1:
            stack.append(token)
    return found


class _Writer:
    """Lays blocks one after another and remembers where each came to stand."""

    def __init__(self) -> None:
        self._text = ""
        self._blocks: list[Block] = []
        self._marks: list[CitationMark] = []
        self._headings: list[tuple[int, str]] = []
        self._open_section: tuple[tuple[str, ...], int] = ((), 0)
        self._questions: list[str] = []
        self._sections: list[Section] = []
        self._row = self._column = -1

    def take(self, token: Token, parents: tuple[Token, ...]) -> None:
        if token.type == "inline":
            self._inline(token, parents)
        elif token.type in ("fence", "code_block"):
            self._append(normalise(token.content).strip("\n"), (), BlockKind.CODE)
        elif token.type == "html_block":
            for match in _QUESTIONS.finditer(token.content):
                self._questions.extend(_ITEM.findall(match.group(1)))
        elif token.type == "table_open":
            self._row = -1
        elif token.type == "tr_open":
            self._row, self._column = self._row + 1, -1
        elif token.type in ("th_open", "td_open"):
            self._column += 1

    def _inline(self, token: Token, parents: tuple[Token, ...]) -> None:
        text, marks = _without_markers(_plain(token))
        kinds = [parent.type for parent in parents]
        depth = sum(kind in ("bullet_list_open", "ordered_list_open") for kind in kinds)
        if "heading_open" in kinds:
            self._heading(text, level=int(parents[-1].tag[1]))
        elif "th_open" in kinds or "td_open" in kinds:
            self._append(
                text, marks, BlockKind.TABLE_CELL, row=max(self._row, 0), column=self._column
            )
        elif depth:
            self._append(text, marks, BlockKind.LIST_ITEM, level=depth)
        else:
            self._append(text, marks, BlockKind.PARAGRAPH)

    def _heading(self, text: str, level: int) -> None:
        if not text:
            return
        self._close_section()
        self._headings = [(lv, title) for lv, title in self._headings if lv < level]
        self._headings.append((level, text))
        self._append(text, (), BlockKind.HEADING, level=level)
        path = tuple(title for _, title in self._headings)
        self._open_section = (path, len(self._text))

    def _append(
        self,
        text: str,
        marks: Sequence[CitationMark],
        kind: BlockKind,
        *,
        level: int = 0,
        row: int = 0,
        column: int = 0,
    ) -> None:
        if not text:
            return
        start = len(self._text) + (len(_BREAK) if self._text else 0)
        self._text += (_BREAK if self._text else "") + text
        self._blocks.append(Block(kind, Span(start, start + len(text)), level, row, column))
        self._marks.extend(CitationMark(start + mark.position, mark.keys) for mark in marks)

    def _close_section(self) -> None:
        path, start = self._open_section
        body = [block.span for block in self._blocks if block.span.start >= start]
        if body:
            self._sections.append(
                Section(path, Span(body[0].start, body[-1].end), tuple(self._questions))
            )
        self._questions = []
        self._open_section = ((), len(self._text))

    def content(self) -> Content:
        self._close_section()
        return Content(self._text, tuple(self._blocks), tuple(self._sections), tuple(self._marks))


def _plain(token: Token) -> str:
    """The words of an inline token: markup gone, soft line breaks as spaces."""
    words = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type == "image":
            words.append(_plain(child))
        elif child.type == "html_inline" and not child.content.startswith("<!--"):
            # `<b>` in a text is shown as written: it may be a less-than sign, and a tag that
            # vanished would change the words.
            words.append(child.content)
    return "".join(words)


def _without_markers(text: str) -> tuple[str, list[CitationMark]]:
    """One line of text without its `[@key]` markers, and where each stood."""
    text = one_line(text)
    kept: list[str] = []
    marks: list[CitationMark] = []
    length = position = 0
    for match in _MARKER.finditer(text):
        keys = tuple(_KEY.findall(match.group(1)))
        if not keys:
            raise DocumentRefused(
                "invalid_metadata",
                f"the marker {match.group().strip()!r} names no key; write [@key] or [@one; @two]",
            )
        kept.append(text[position : match.start()])
        length += match.start() - position
        position = match.end()
        if length:
            marks.append(CitationMark(length, keys))
    kept.append(text[position:])
    return _trimmed("".join(kept), marks)


def _trimmed(text: str, marks: list[CitationMark]) -> tuple[str, list[CitationMark]]:
    left = len(text) - len(text.lstrip())
    text = text.strip()
    moved = (CitationMark(min(m.position - left, len(text)), m.keys) for m in marks)
    return text, [mark for mark in moved if mark.position > 0]
