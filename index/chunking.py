"""Document -> passages of whole sentences, never longer than the embedder reads."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from corpus.document import Block, BlockKind, Document, Section, Span
from index.embedding import CountTokens, longest_beginning
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

    Headings, code, bibliographies and table cells that are no sentence are left out, and no
    passage spans what was left out. A sentence that alone exceeds `max_tokens` together with its
    heading path is left out and counted.
    """
    passages: list[Passage] = []
    overlong = 0
    for section in document.sections:
        if any(_BIBLIOGRAPHY.match(heading) for heading in section.path):
            continue
        path = _fitting_path((document.title, *section.path), count_tokens, max_tokens)
        fit = partial(_fit, document.text, path, count_tokens, max_tokens)
        sentences = list(_sentences(document, section))
        kept = [s for s, fits in zip(sentences, fit(sentences), strict=True) if fits]
        overlong += len(sentences) - len(kept)
        for group in _packed(kept, document.text, fit):
            span = Span(group[0].start, group[-1].end)
            passages.append(Passage(document.doc_id, span, group, path))
    return Chunking(tuple(passages), overlong)


def _with_path(path: Sequence[str], words: str) -> str:
    return f"{': '.join(path)}: {words}"


def _fitting_path(
    path: tuple[str, ...], count_tokens: CountTokens, max_tokens: int
) -> tuple[str, ...]:
    """Title and headings, without the outermost of them as long as they take half the room."""
    most = max_tokens // 2
    while len(path) > 1 and count_tokens([_with_path(path, "")])[0] > most:
        path = path[1:]
    if count_tokens([_with_path(path, "")])[0] > most:
        # One token less for the colon.
        path = (longest_beginning(path[0], count_tokens, most - 1),)
    return path


def _fit(
    text: str,
    path: tuple[str, ...],
    count_tokens: CountTokens,
    max_tokens: int,
    spans: Sequence[Span],
) -> list[bool]:
    """For each span, whether its words and their heading path are read as a whole."""
    counts = count_tokens([_with_path(path, span.of(text)) for span in spans])
    return [count <= max_tokens for count in counts]


def _sentences(document: Document, section: Section) -> Iterator[Span]:
    first = bisect_left(document.blocks, section.span.start, key=lambda block: block.span.start)
    for block in document.blocks[first:]:
        if block.span.start >= section.span.end:
            break
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
    sentences: Sequence[Span], text: str, fit: Callable[[Sequence[Span]], list[bool]]
) -> Iterator[tuple[Span, ...]]:
    """Sentences in order, in groups of at most `MAX_SENTENCES` with only space between them."""
    group: list[Span] = []
    for sentence in sentences:
        if group and not (
            len(group) < MAX_SENTENCES
            and not text[group[-1].end : sentence.start].strip()
            and fit([Span(group[0].start, sentence.end)])[0]
        ):
            yield tuple(group)
            group = []
        group.append(sentence)
    if group:
        yield tuple(group)
