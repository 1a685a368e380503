"""Immutable generations on disk, published by one atomic swap.

`<data>/index/generations/<name>/` holds a whole index; `<data>/index/current` names the one that
serves. A generation is complete, with its manifest, before `current` names it, so a build that is
killed at any moment leaves the one before serving.
"""

import errno
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from corpus.document import Document, Span
from index.dense import FaissStore
from index.embedding import Embedder, Vectors, find_model
from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexUnwritable,
)
from index.export import serving_embedder
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.passage import Passage
from index.retriever import Question, Retriever, as_rows

logger = logging.getLogger(__name__)

_LOCK_WAIT_S = 10.0
_REBUILDABLE = frozenset({"passages.faiss", "questions.faiss"})
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a generation holds, beside its documents.

    `texts` are the texts that were embedded, each once, and `vectors` their rows. The other
    arrays say which row belongs to which passage, sentence (passage after passage) and question.
    """

    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    texts: tuple[str, ...]
    vectors: Vectors
    passage_rows: tuple[int, ...]
    sentence_rows: tuple[int, ...]
    question_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A loaded index: what the assistant needs, and who made it."""

    documents: Mapping[str, Document]
    retriever: Retriever
    fingerprint: str
    built_at: datetime
    embedder: Embedder


def open_index(data_folder: Path, *, model: str | Path | None = None) -> Index:
    """The index that `current` names, checked file by file.

    Raises IndexMissing, IndexDamaged or IndexForeign; each message says what to do.
    """
    folder = current_generation(data_folder)
    manifest = Manifest.read(folder)
    source = find_model(model)
    if manifest.embedder != source.identity:
        raise IndexForeign(
            f"the index was made by {manifest.embedder}, but {source.identity} is set; "
            "build it again with `python app.py index`"
        )
    _check_files(manifest, folder)
    documents = read_documents(folder)
    contents = read_contents(folder)
    embedder = serving_embedder(data_folder, source)
    retriever = _retriever(folder, documents, contents, embedder)
    return Index(documents, retriever, manifest.fingerprint, manifest.built_at, embedder)


def current_generation(data_folder: Path) -> Path:
    """The folder of the generation that serves; raises IndexMissing or IndexDamaged."""
    pointer = data_folder / "index" / "current"
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing(
            f"no index in {data_folder}; build one with `python app.py index`"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(
            f"{pointer} cannot be read ({error}); build the index again with `python app.py index`"
        ) from error
    folder = data_folder / "index" / "generations" / name
    if not name or "/" in name or name.startswith(".") or not folder.is_dir():
        raise IndexDamaged(
            f"{pointer} names {name!r}, which is not there; "
            "build the index again with `python app.py index`"
        )
    return folder


def _check_files(manifest: Manifest, folder: Path) -> None:
    try:
        manifest.check_files(folder)
    except IndexDamaged:
        sound = {n: h for n, h in manifest.files.items() if n not in _REBUILDABLE}
        if sound == manifest.files:
            raise
        Manifest(
            manifest.fingerprint,
            manifest.built_at,
            manifest.embedder,
            manifest.corpus,
            manifest.sources,
            manifest.documents,
            sound,
        ).check_files(folder)
        logger.warning("a FAISS file in %s is damaged; it is made again from the vectors", folder)


def _retriever(
    folder: Path, documents: Mapping[str, Document], contents: Contents, embedder: Embedder
) -> Retriever:
    vectors = contents.vectors
    passage_vectors = vectors[list(contents.passage_rows)]
    question_vectors = vectors[list(contents.question_rows)]
    counts = [len(passage.sentences) for passage in contents.passages]
    return Retriever(
        documents=documents,
        passages=contents.passages,
        questions=contents.questions,
        embedder=embedder,
        passage_store=_store(folder / "passages.faiss", passage_vectors),
        question_store=_store(folder / "questions.faiss", question_vectors),
        lexical=_lexical(folder),
        passage_vectors=passage_vectors,
        sentence_vectors=as_rows(vectors[list(contents.sentence_rows)], counts),
        question_vectors=question_vectors,
    )


def _store(path: Path, vectors: Vectors) -> FaissStore:
    try:
        store = FaissStore.load(path)
        if len(store) == len(vectors):
            return store
    except (OSError, RuntimeError) as error:
        logger.warning("%s cannot be loaded (%s)", path.name, type(error).__name__)
    return FaissStore.of(vectors, np.arange(len(vectors), dtype=np.int64))


def _lexical(folder: Path) -> LexicalIndex:
    try:
        return LexicalIndex.load(folder / "lexical")
    except (OSError, ValueError, KeyError) as error:
        raise IndexDamaged(
            f"{folder / 'lexical'} cannot be loaded ({error}); "
            "build the index again with `python app.py index`"
        ) from error


def write_generation(
    folder: Path, documents: Sequence[Document], contents: Contents
) -> dict[str, str]:
    """Writes every file but the manifest; gives their names and digests."""
    from index.manifest import file_sha256

    lines = (_DOCUMENT.dump_json(document).decode() for document in documents)
    (folder / "documents.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    np.save(folder / "vectors.npy", contents.vectors)
    described = {
        "passages": [
            {
                "doc_id": p.doc_id,
                "sentences": [[s.start, s.end] for s in p.sentences],
                "heading_path": p.heading_path,
            }
            for p in contents.passages
        ],
        "questions": [
            {"text": q.text, "passages": q.passages, "is_heading": q.is_heading}
            for q in contents.questions
        ],
        "texts": contents.texts,
        "passage_rows": contents.passage_rows,
        "sentence_rows": contents.sentence_rows,
        "question_rows": contents.question_rows,
    }
    (folder / "contents.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    for name, rows in (("passages", contents.passage_rows), ("questions", contents.question_rows)):
        ids = np.arange(len(rows), dtype=np.int64)
        FaissStore.of(contents.vectors[list(rows)], ids).save(folder / f"{name}.faiss")
    by_id = {document.doc_id: document for document in documents}
    lexical = LexicalIndex.of(
        [f"{' '.join(p.heading_path)} {p.span.of(by_id[p.doc_id].text)}" for p in contents.passages]
    )
    lexical.save(folder / "lexical")
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name: str(file_sha256(folder / name)) for name in names}


def read_documents(folder: Path) -> dict[str, Document]:
    """doc_id -> document; raises IndexDamaged."""
    try:
        with (folder / "documents.jsonl").open("rb") as file:
            documents = [_DOCUMENT.validate_json(line) for line in file]
    except (OSError, ValidationError, ValueError) as error:
        raise IndexDamaged(
            f"{folder / 'documents.jsonl'} cannot be read; "
            "build the index again with `python app.py index`"
        ) from error
    return {document.doc_id: document for document in documents}


def read_contents(folder: Path) -> Contents:
    """The passages, questions and vectors of a generation; raises IndexDamaged."""
    try:
        described: dict[str, Any] = json.loads((folder / "contents.json").read_text("utf-8"))
        vectors: Vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        return Contents(
            passages=tuple(_passage(item) for item in described["passages"]),
            questions=tuple(
                Question(item["text"], tuple(item["passages"]), item["is_heading"])
                for item in described["questions"]
            ),
            texts=tuple(described["texts"]),
            vectors=vectors,
            passage_rows=tuple(described["passage_rows"]),
            sentence_rows=tuple(described["sentence_rows"]),
            question_rows=tuple(described["question_rows"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"{folder} cannot be read ({error}); build the index again with `python app.py index`"
        ) from error


def _passage(item: Mapping[str, Any]) -> Passage:
    sentences = tuple(Span(start, end) for start, end in item["sentences"])
    span = Span(sentences[0].start, sentences[-1].end)
    return Passage(item["doc_id"], span, sentences, tuple(item["heading_path"]))


@contextmanager
def publishing(data_folder: Path) -> Iterator[Path]:
    """A new, empty folder for a generation; only one process at a time may hold one.

    What is left in it without `publish` is removed, and so is what killed builds left behind.
    Raises IndexBusy after ten seconds, IndexUnwritable where the data folder cannot be written.
    """
    index_folder = data_folder / "index"
    generations = index_folder / "generations"
    with _explained(data_folder):
        generations.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index_folder / "lock")
        try:
            lock.acquire(timeout=_LOCK_WAIT_S)
        except Timeout as error:
            raise IndexBusy(
                f"another process is building the index in {data_folder}; "
                "wait until it is done and try again"
            ) from error
        try:
            for left in (*generations.glob(".building-*"), *index_folder.glob(".current-*")):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            folder = Path(tempfile.mkdtemp(prefix=".building-", dir=generations))
            folder.chmod(0o755)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            lock.release()


def publish(folder: Path, data_folder: Path, manifest: Manifest) -> None:
    """Makes the generation written in `folder` the one that serves."""
    manifest.write(folder)
    for path in folder.rglob("*"):
        if path.is_file():
            _sync(path)
    generations = folder.parent
    stamp = manifest.built_at.strftime("%Y%m%dT%H%M%S")
    name = f"{manifest.fingerprint[:16]}-{stamp}-{folder.name[-4:].strip('_')}"
    folder.rename(generations / name)
    _sync(generations)
    index_folder = data_folder / "index"
    before = _named(index_folder)
    handle, temporary = tempfile.mkstemp(prefix=".current-", dir=index_folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).replace(index_folder / "current")
    _sync(index_folder)
    for old in generations.iterdir():
        if old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)


def _named(index_folder: Path) -> str | None:
    try:
        return (index_folder / "current").read_text("utf-8").strip()
    except OSError:
        return None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(data_folder: Path) -> Iterator[None]:
    """Turns what the file system refuses into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise IndexUnwritable(
                f"no space left below {data_folder}; free some and build again "
                "(the index that was there still serves)"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise IndexUnwritable(
                f"{data_folder} cannot be written ({error.strerror}); "
                "allow it, or name another folder with --data DIR"
            ) from error
        raise
