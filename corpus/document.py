"""The coordinate system of the whole project: one canonical text, and spans into it.

Every offset anywhere is a code-point index into `Document.text`; every span is half-open,
`[start, end)`. A quotation is `span.of(document.text)` and nothing else.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import Enum


class SourceType(str, Enum):
    """What kind of source stands behind a statement, strongest first."""

    REGULATOR = "regulator"
    GUIDELINE = "guideline"
    SYSTEMATIC_REVIEW = "systematic_review"
    CONTROLLED_TRIAL = "controlled_trial"
    UNCONTROLLED_STUDY = "uncontrolled_study"
    LABORATORY_STUDY = "laboratory_study"
    REGISTRY = "registry"
    REFERENCE_WORK = "reference_work"
    PROFESSIONAL_BODY = "professional_body"
    PRESS = "press"
    CLINIC_MARKETING = "clinic_marketing"
    UNCLASSIFIED = "unclassified"

    @property
    def rank(self) -> int:
        """0 for the strongest kind; lower speaks first."""
        return list(SourceType).index(self)


class BlockKind(str, Enum):
    """The role of a stretch of canonical text on the page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_CELL = "table_cell"
    CODE = "code"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open `[start, end)` in code points of a document's canonical text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, found [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """The words at this span; raises ValueError when it does not lie inside `text`."""
        if self.end > len(text):
            raise ValueError(f"span [{self.start}, {self.end}) ends past the text of {len(text)}")
        return text[self.start : self.end]

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table cell or heading: sentences never cross its borders.

    `level` is 1 to 6 for a heading and the nesting depth (from 1) for a list item; `row` and
    `column` place a table cell (row 0 is the header). All are 0 where they mean nothing.
    """

    kind: BlockKind
    span: Span
    level: int = 0
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level.

    `path` holds the headings from the outermost down to this one, without the document's
    title; it is empty for text before the first heading. `span` covers the section's body and
    not its heading. `questions` are people's own ways of asking what this section answers; they
    are never part of the canonical text.
    """

    path: tuple[str, ...]
    span: Span
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A printed page, numbered from 1 in the order of the file."""

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A bibliographic record that a sentence rests on.

    `label` is what readers see ("Tak et al. 2020"); `details` is the full line of a reference
    list without its links. `retracted` is whether the work was withdrawn by its publisher.
    """

    key: str
    label: str
    title: str
    source_type: SourceType
    year: int | None = None
    doi: str | None = None
    url: str | None = None
    details: str = ""
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class CitationMark:
    """`[@key]` markers stood right after code point `position`; they rest on `keys`."""

    position: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One source with one canonical text. Immutable; blocks, sections and pages in text order.

    `references` holds every record that a mark of this document names. `source_path` is
    relative to the corpus folder. `media_type` is `text/markdown`, `application/pdf` or
    `text/plain`.

    Raises ValueError when a block, section, page or mark lies outside the text, or a mark names
    an unknown reference.
    """

    doc_id: str
    title: str
    text: str
    source_type: SourceType
    source_path: str
    media_type: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...] = ()
    references: tuple[Reference, ...] = ()
    marks: tuple[CitationMark, ...] = ()
    topic: str | None = None
    language: str = "en"
    reviewed: date | None = None
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.doc_id or not self.title.strip() or not self.text.strip():
            raise ValueError(f"document {self.doc_id!r} needs an id, a title and a text")
        spans = [
            *(block.span for block in self.blocks),
            *(section.span for section in self.sections),
            *(page.span for page in self.pages),
        ]
        for span in spans:
            span.of(self.text)
        known = {reference.key for reference in self.references}
        for mark in self.marks:
            if not 0 < mark.position <= len(self.text):
                raise ValueError(f"mark at {mark.position} lies outside {self.doc_id!r}")
            if unknown := set(mark.keys) - known:
                raise ValueError(f"{self.doc_id!r} cites unknown references {sorted(unknown)}")
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        object.__setattr__(self, "sha256", digest)

    def references_of(self, span: Span) -> tuple[Reference, ...]:
        """The references whose marks stand in `span`, strongest kind first, then as marked."""
        keys = [k for m in self.marks if span.start < m.position <= span.end for k in m.keys]
        by_key = {reference.key: reference for reference in self.references}
        return tuple(sorted((by_key[k] for k in dict.fromkeys(keys)), key=_strength))

    def source_type_of(self, span: Span) -> SourceType:
        """The strongest kind among the references of `span`, or the document's own kind."""
        references = self.references_of(span)
        return references[0].source_type if references else self.source_type

    def page_of(self, span: Span) -> int | None:
        """The number of the page on which `span` starts; None for a document without pages."""
        return next((p.number for p in self.pages if p.span.start <= span.start < p.span.end), None)

    def section_of(self, span: Span) -> Section | None:
        """The section that holds the start of `span`; None for a heading or front matter."""
        return next((s for s in self.sections if s.span.start <= span.start < s.span.end), None)


def _strength(reference: Reference) -> int:
    return reference.source_type.rank
