"""A folder of files -> documents, and by name and reason the files that are none."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from corpus.document import (
    Block,
    BlockKind,
    CitationMark,
    Document,
    Page,
    Reference,
    Section,
    SourceType,
)
from corpus.errors import CorpusUnreadable, DocumentRefused
from corpus.markdown import parse_metadata, read_markdown
from corpus.pdf import PdfLimits, read_pdf
from corpus.plaintext import read_plaintext
from corpus.references import BIBLIOGRAPHY_NAME, read_bibliography
from corpus.sidecar import sidecar_marks, with_cells, with_questions
from corpus.text import decode, one_line

# Part of every file's hash: raise it when a reader gives another text for the same bytes, so
# that documents read before are read again.
READER_VERSION = 1
MAX_TEXT_BYTES = 16 * 1024 * 1024
_SIDECAR_SUFFIX = ".yaml"
_MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".pdf": "application/pdf",
}
_DOC_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that could not become a document, with a reason that a person understands."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document read earlier, with the hash of the file it was read from."""

    file_hash: str
    document: Document


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder holds: documents by `doc_id`, refusals by path, a hash for every file.

    A file's hash covers its bytes, its sidecar, the bibliography it may cite and the reader's
    version; equal hashes mean an equal document.
    """

    documents: tuple[Document, ...]
    refusals: tuple[Refusal, ...]
    file_hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file's document before ids that occur twice are told apart."""

    path: str
    document: Document
    explicit_id: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """The fields of a Document that come from the file itself."""

    text: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    metadata: Mapping[str, Any]
    title: str | None = None
    language: str | None = None
    pages: tuple[Page, ...] = ()
    marks: tuple[CitationMark, ...] = field(default=())


def load_corpus(
    folder: Path,
    *,
    known: Mapping[str, KnownDocument] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    pdf_limits: PdfLimits | None = None,
) -> Corpus:
    """Every document below `folder`, in the order of their ids.

    A file whose hash equals that of the `known` document of the same path is not read again.
    `progress` is called with files done, files in all, and the path just done. Hidden files and
    folders, sidecars and bibliographies are no documents.

    Raises CorpusUnreadable when the folder or a bibliography cannot be read.
    """
    known = known or {}
    limits = pdf_limits or PdfLimits()
    files = _files(folder)
    bibliographies = _Bibliographies(folder)
    hashes = {_name(folder, path): _hash(path, bibliographies) for path in files}

    def read(path: Path) -> _Reading | Refusal:
        name = _name(folder, path)
        before = known.get(name)
        if before is not None and before.file_hash == hashes[name]:
            return _known_reading(name, before.document)
        try:
            return _read(path, name, bibliographies.for_file(path), limits)
        except DocumentRefused as refused:
            return Refusal(name, refused.code, refused.message)

    readings: list[_Reading] = []
    refusals: list[Refusal] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for done, (path, outcome) in enumerate(
            zip(files, pool.map(read, files), strict=True), start=1
        ):
            if isinstance(outcome, Refusal):
                refusals.append(outcome)
            else:
                readings.append(outcome)
            if progress is not None:
                progress(done, len(files), _name(folder, path))
    documents, duplicates = _with_unique_ids(readings)
    return Corpus(
        documents=tuple(sorted(documents, key=lambda document: document.doc_id)),
        refusals=tuple(sorted((*refusals, *duplicates), key=lambda refusal: refusal.path)),
        file_hashes=hashes,
    )


def hash_files(folder: Path) -> Mapping[str, str]:
    """The hash of every file that `load_corpus` would read, without reading documents."""
    bibliographies = _Bibliographies(folder)
    return {_name(folder, path): _hash(path, bibliographies) for path in _files(folder)}


def hash_file(folder: Path, name: str) -> str:
    """The hash that `hash_files` gives for the file with this relative path."""
    return _hash(folder / name, _Bibliographies(folder))


def _files(folder: Path) -> list[Path]:
    if not folder.exists():
        raise CorpusUnreadable(
            f"{folder} does not exist; name a folder of documents with --corpus DIR"
        )
    if not folder.is_dir():
        raise CorpusUnreadable(f"{folder} is a file; name the folder that holds the documents")
    try:
        return sorted(path for path in _walk(folder) if not _is_companion(path))
    except PermissionError as error:
        raise CorpusUnreadable(
            f"{error.filename} may not be read; allow this user to read it"
        ) from error


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_file() or entry.is_symlink():
            yield entry


def _is_companion(path: Path) -> bool:
    """Whether the file serves other files: a bibliography, or the sidecar of a file beside it."""
    if path.name == BIBLIOGRAPHY_NAME:
        return True
    return path.suffix == _SIDECAR_SUFFIX and path.with_suffix("").is_file()


def _name(folder: Path, path: Path) -> str:
    name = path.relative_to(folder).as_posix()
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Bibliographies:
    """The nearest `references.json` at or above a file, up to the corpus folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, Mapping[str, Reference]] = {}
        self._hashes: dict[Path, str] = {}

    def path_for(self, path: Path) -> Path | None:
        for parent in path.parents:
            candidate = parent / BIBLIOGRAPHY_NAME
            if candidate.is_file():
                return candidate
            if parent == self._folder:
                break
        return None

    def for_file(self, path: Path) -> Mapping[str, Reference]:
        bibliography = self.path_for(path)
        if bibliography is None:
            return {}
        if bibliography not in self._read:
            self._read[bibliography] = read_bibliography(bibliography)
        return self._read[bibliography]

    def hash_for(self, path: Path) -> str:
        bibliography = self.path_for(path)
        if bibliography is None:
            return ""
        if bibliography not in self._hashes:
            self._hashes[bibliography] = hashlib.sha256(bibliography.read_bytes()).hexdigest()
        return self._hashes[bibliography]


def _hash(path: Path, bibliographies: _Bibliographies) -> str:
    digest = hashlib.sha256(f"reader {READER_VERSION}\n".encode())
    try:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        digest.update(f"unreadable {error.errno}".encode())
    sidecar = _sidecar(path)
    if sidecar.is_file():
        digest.update(sidecar.read_bytes())
    if sidecar.is_file() or _media_type(path) == "text/markdown":
        digest.update(bibliographies.hash_for(path).encode())
    return digest.hexdigest()


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + _SIDECAR_SUFFIX)


def _media_type(path: Path) -> str | None:
    return _MEDIA_TYPES.get(path.suffix.lower())


def _read(
    path: Path, name: str, bibliography: Mapping[str, Reference], limits: PdfLimits
) -> _Reading:
    media_type = _media_type(path)
    if media_type is None:
        raise DocumentRefused(
            "unsupported",
            f"no reader for {path.suffix or 'a file without suffix'!r}; "
            "save it as Markdown (.md), plain text (.txt) or PDF (.pdf), or move it away",
        )
    if media_type == "application/pdf":
        parts = _pdf_parts(path, limits)
    elif media_type == "text/markdown":
        parts = _markdown_parts(path)
    else:
        parts = _plaintext_parts(path)
    return _reading(parts, path, name, media_type, bibliography)


def _markdown_parts(path: Path) -> _Parts:
    metadata, content = read_markdown(_text_of(path))
    heading = next((b for b in content.blocks if b.kind is BlockKind.HEADING), None)
    return _Parts(
        text=content.text,
        blocks=content.blocks,
        sections=content.sections,
        metadata=metadata,
        title=heading.span.of(content.text) if heading else None,
        marks=content.marks,
    )


def _plaintext_parts(path: Path) -> _Parts:
    content = read_plaintext(_text_of(path))
    first = content.blocks[0]
    return _Parts(
        text=content.text,
        blocks=content.blocks,
        sections=content.sections,
        metadata=_sidecar_metadata(path),
        title=first.span.of(content.text) if first.kind is BlockKind.HEADING else None,
    )


def _pdf_parts(path: Path, limits: PdfLimits) -> _Parts:
    metadata = _sidecar_metadata(path)
    content = read_pdf(path, limits=limits)
    return _Parts(
        text=content.text,
        blocks=with_cells(content.text, content.blocks, metadata.get("tables") or ()),
        sections=with_questions(content.sections, metadata.get("questions") or ()),
        metadata=metadata,
        title=content.title,
        language=content.language,
        pages=content.pages,
        marks=sidecar_marks(content.text, metadata.get("citations") or ()),
    )


def _text_of(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_TEXT_BYTES:
            raise DocumentRefused(
                "too_large",
                f"the file has {size // 2**20} MiB, at most {MAX_TEXT_BYTES // 2**20} are read; "
                "split it",
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentRefused(
            "unreadable", f"the file cannot be opened ({error.strerror}); check its permissions"
        ) from error
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        raise DocumentRefused(
            "damaged", "the file is not UTF-8 text; save it again with the encoding UTF-8"
        ) from error
    if "\0" in text:
        raise DocumentRefused(
            "damaged", "the file holds binary data, not text; save it as text in UTF-8"
        )
    return text


def _sidecar_metadata(path: Path) -> Mapping[str, Any]:
    sidecar = _sidecar(path)
    return parse_metadata(_text_of(sidecar)) if sidecar.is_file() else {}


def _reading(
    parts: _Parts,
    path: Path,
    name: str,
    media_type: str,
    bibliography: Mapping[str, Reference],
) -> _Reading:
    metadata = parts.metadata
    cited = dict.fromkeys(key for mark in parts.marks for key in mark.keys)
    if unknown := [key for key in cited if key not in bibliography]:
        raise DocumentRefused(
            "unknown_reference",
            f"cites {', '.join(unknown)}, which {BIBLIOGRAPHY_NAME} does not hold; "
            "add the entry or mend the key",
        )
    explicit_id = metadata.get("doc_id")
    document = Document(
        doc_id=_checked_id(explicit_id) if explicit_id is not None else _derived_id(name),
        title=one_line(str(metadata.get("title") or parts.title or path.stem)) or path.stem,
        text=parts.text,
        source_type=_source_type(metadata.get("source_type")),
        source_path=name,
        media_type=media_type,
        blocks=parts.blocks,
        sections=parts.sections,
        pages=parts.pages,
        references=tuple(bibliography[key] for key in cited),
        marks=parts.marks,
        topic=str(metadata["topic"]) if metadata.get("topic") else None,
        language=str(metadata.get("language") or parts.language or "en"),
        reviewed=_date(metadata.get("reviewed")),
    )
    return _Reading(name, document, explicit_id=explicit_id is not None)


def _known_reading(name: str, document: Document) -> _Reading:
    """A document read before, its id open again to being told apart if it was not its own."""
    derived = _derived_id(name)
    if document.doc_id in (derived, _distinct_id(derived, name)):
        return _Reading(name, replace(document, doc_id=derived), explicit_id=False)
    return _Reading(name, document, explicit_id=True)


def _checked_id(value: object) -> str:
    if not isinstance(value, str) or not _DOC_ID.fullmatch(value):
        raise DocumentRefused(
            "invalid_metadata",
            f"doc_id is {value!r}; write lower-case letters, digits and hyphens, at most 120",
        )
    return value


def _derived_id(name: str) -> str:
    """An id from a relative path: readable where the path is, distinct where it is not."""
    stem = name.rsplit(".", 1)[0]
    ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_stem.lower()).strip("-")
    if slug and len(slug) <= 100 and ascii_stem == stem:
        return slug
    return _distinct_id(slug[:90].strip("-") or "document", name)


def _distinct_id(doc_id: str, name: str) -> str:
    return f"{doc_id[:100]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _source_type(value: object) -> SourceType:
    if value is None:
        return SourceType.UNCLASSIFIED
    try:
        return SourceType(value)
    except ValueError as error:
        kinds = ", ".join(kind.value for kind in SourceType)
        raise DocumentRefused(
            "invalid_metadata", f"source_type is {value!r}; expected one of {kinds}"
        ) from error


def _date(value: object) -> date | None:
    if value is None or type(value) is date:
        return value
    raise DocumentRefused("invalid_metadata", f"reviewed is {value!r}; write a date as YYYY-MM-DD")


def _with_unique_ids(readings: Iterable[_Reading]) -> tuple[list[Document], list[Refusal]]:
    """Documents with an id each; a second file that claims a taken id is refused by name."""
    owners: dict[str, str] = {}
    documents: list[Document] = []
    refusals: list[Refusal] = []
    for reading in sorted(readings, key=lambda r: (not r.explicit_id, r.path)):
        document = reading.document
        if document.doc_id in owners and not reading.explicit_id:
            document = replace(document, doc_id=_distinct_id(document.doc_id, reading.path))
        if document.doc_id in owners:
            refusals.append(
                Refusal(
                    reading.path,
                    "duplicate_id",
                    f"its doc_id {document.doc_id!r} is that of {owners[document.doc_id]}; "
                    "give one of them another",
                )
            )
            continue
        owners[document.doc_id] = reading.path
        documents.append(document)
    return documents, refusals
