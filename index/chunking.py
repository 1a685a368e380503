"""Document -> passages of whole sentences, never longer than the embedder reads."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Block, BlockKind, Document, Section, Span
from index.passage import Passage
from index.sentences import split_sentences

MAX_SENTENCES = 6

# A section of a bibliography, and a line that names sources, answer no question.
_BIBLIOGRAPHY = re.compile(
    r"^\W*(?:\d+\W+)?(?:sources?|references?|bibliography|literature(?: cited)?|works cited)\W*$",
    re.IGNORECASE,
)
_SOURCES_LINE = re.compile(r"^Sources?: ")
_FULL_SENTENCE = re.compile(r"[.!?…。！？۔؟][\"'”’)\]»]*$")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Chunking:
    """The passages of one document, and how many sentences are too long to be embedded whole."""

    passages: tuple[Passage, ...]
    overlong_sentences: int


def embedded_text(passage: Passage, document: Document) -> str:
    """What is embedded for a passage: its heading path, then its words."""
    return _with_path(passage.heading_path, passage.span.of(document.text))


def chunk(document: Document, *, count_tokens: CountTokens, max_tokens: int) -> Chunking:
    """Passages that stay inside one section, in text order.

    Headings, code, bibliographies and table cells that are no sentence are left out. Sentences
    that alone exceed `max_tokens` together with their heading path are left out and counted.
    """
    passages: list[Passage] = []
    overlong = 0
    for section in document.sections:
        if section.path and _BIBLIOGRAPHY.match(section.path[-1]):
            continue
        path = _fitting_path(document, section, count_tokens, max_tokens)
        sentences = list(_sentences(document, section))
        overhead = count_tokens([_with_path(path, "")])[0]
        counts = count_tokens([sentence.of(document.text) for sentence in sentences])
        kept: list[tuple[Span, int]] = []
        for sentence, count in zip(sentences, counts, strict=True):
            if overhead + count > max_tokens:
                overlong += 1
            else:
                kept.append((sentence, count))
        passages.extend(_packed(document.doc_id, path, kept, max_tokens - overhead))
    return Chunking(tuple(passages), overlong)


def _with_path(path: Sequence[str], words: str) -> str:
    return f"{': '.join(path)}: {words}"


def _fitting_path(
    document: Document, section: Section, count_tokens: CountTokens, max_tokens: int
) -> tuple[str, ...]:
    """Title and headings, without the outermost of them as long as they take half the room."""
    path = (document.title, *section.path)
    while len(path) > 1 and count_tokens([_with_path(path, "")])[0] > max_tokens // 2:
        path = path[1:]
    if count_tokens([_with_path(path, "")])[0] > max_tokens // 2:
        path = (path[0][:100],)
    return path


def _sentences(document: Document, section: Section) -> Iterator[Span]:
    for block in document.blocks:
        if not section.span.contains(block.span) or not _is_prose(block):
            continue
        words = block.span.of(document.text)
        if _SOURCES_LINE.match(words):
            continue
        if block.kind is BlockKind.TABLE_CELL and not _FULL_SENTENCE.search(words):
            continue
        for span in split_sentences(words, document.language):
            yield Span(block.span.start + span.start, block.span.start + span.end)


def _is_prose(block: Block) -> bool:
    return block.kind not in (BlockKind.HEADING, BlockKind.CODE)


def _packed(
    doc_id: str, path: tuple[str, ...], sentences: Sequence[tuple[Span, int]], room: int
) -> Iterator[Passage]:
    """Sentences packed in order, at most `MAX_SENTENCES` to a passage.

    Token counts of joined sentences never exceed the sum of their counts, because each count
    holds the two special tokens once.
    """
    group: list[Span] = []
    used = 0
    for sentence, count in sentences:
        if group and (len(group) == MAX_SENTENCES or used + count > room):
            yield Passage(doc_id, Span(group[0].start, group[-1].end), tuple(group), path)
            group, used = [], 0
        group.append(sentence)
        used += count
    if group:
        yield Passage(doc_id, Span(group[0].start, group[-1].end), tuple(group), path)
