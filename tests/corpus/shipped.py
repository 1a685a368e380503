"""A folder of documents as the rules see it: sentences with their references, and front matter."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import textstat
import yaml

from corpus.document import BlockKind, Document, Reference, Section, Span
from corpus.loader import load_corpus
from corpus.markdown import parse_metadata
from corpus.references import BIBLIOGRAPHY_NAME, read_bibliography
from index.sentences import split_sentences

DOCUMENTS = Path(__file__).resolve().parents[2] / "corpus" / "documents"
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document, or a table cell, with the references of its markers.

    A table cell has the references of its whole row.
    """

    document: Document
    section: Section | None
    span: Span
    kind: BlockKind
    references: tuple[Reference, ...]

    @property
    def text(self) -> str:
        return self.span.of(self.document.text)

    @property
    def words(self) -> int:
        return len(_WORD.findall(self.text))

    @property
    def is_prose(self) -> bool:
        return self.kind is not BlockKind.TABLE_CELL

    @property
    def is_question(self) -> bool:
        return self.text.endswith("?")

    def __str__(self) -> str:
        return f"{self.document.source_path}: {self.text!r}"


class Shipped:
    """The documents of one folder; raises ValueError naming those that cannot be read."""

    def __init__(self, folder: Path) -> None:
        corpus = load_corpus(folder)
        if corpus.refusals:
            raise ValueError("; ".join(f"{r.path}: {r.message}" for r in corpus.refusals))
        self.folder = folder
        self.documents = corpus.documents

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of every document, headings, code and lists of sources aside."""
        return tuple(s for document in self.documents for s in _sentences(document))

    @cached_property
    def prose(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if sentence.is_prose)

    @cached_property
    def by_section(self) -> Mapping[tuple[str, int], tuple[Sentence, ...]]:
        """The sentences of each section, by document and beginning; -1 where there is none."""
        found: dict[tuple[str, int], list[Sentence]] = {}
        for sentence in self.sentences:
            start = sentence.section.span.start if sentence.section else -1
            found.setdefault((sentence.document.doc_id, start), []).append(sentence)
        return {key: tuple(sentences) for key, sentences in found.items()}

    @cached_property
    def bibliography(self) -> Mapping[str, Reference]:
        return read_bibliography(self.folder / BIBLIOGRAPHY_NAME)

    @cached_property
    def front_matter(self) -> Mapping[str, Mapping[str, Any]]:
        """By document id: the front matter of a Markdown file, or the sidecar of a PDF."""
        return {d.doc_id: _metadata(self.folder / d.source_path) for d in self.documents}

    def grade(self, document: Document) -> float:
        """Flesch-Kincaid grade of a document's sentences, by textstat, to one decimal."""
        words = " ".join(s.text for s in self.prose if s.document is document)
        return round(float(textstat.flesch_kincaid_grade(words)), 1)


@cache
def shipped() -> Shipped:
    """The documents that the project ships, read once."""
    return Shipped(DOCUMENTS)


def _metadata(path: Path) -> Mapping[str, Any]:
    if path.suffix != ".md":
        loaded = yaml.safe_load(path.with_name(f"{path.name}.yaml").read_text("utf-8"))
        return dict(loaded)
    match = _FRONT_MATTER.match(path.read_text("utf-8"))
    return parse_metadata(match.group(1)) if match else {}


def _sentences(document: Document) -> Iterator[Sentence]:
    rows = _row_references(document)
    for number, block in enumerate(document.blocks):
        section = document.section_of(block.span)
        words = block.span.of(document.text)
        if block.kind in (BlockKind.HEADING, BlockKind.CODE) or _is_bibliography(section):
            continue
        if words.startswith("Sources: "):
            continue
        for found in split_sentences(words, document.language):
            span = Span(block.span.start + found.start, block.span.start + found.end)
            references = rows.get(number, document.references_of(span))
            yield Sentence(document, section, span, block.kind, references)


def _row_references(document: Document) -> Mapping[int, tuple[Reference, ...]]:
    """For the number of each block that is a table cell, the references of its row."""
    found: dict[int, tuple[Reference, ...]] = {}
    row: list[int] = []
    before = -1
    for number, block in enumerate(document.blocks):
        is_cell = block.kind is BlockKind.TABLE_CELL
        if row and not (is_cell and block.row == before):
            row = []
        if is_cell:
            row.append(number)
            references = dict.fromkeys(
                r for n in row for r in document.references_of(document.blocks[n].span)
            )
            found.update(dict.fromkeys(row, tuple(references)))
            before = block.row
    return found


def _is_bibliography(section: Section | None) -> bool:
    return section is not None and bool(section.path) and section.path[-1] == "Sources"
