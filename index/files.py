"""The files of one generation: documents, contents, vectors, FAISS and BM25."""

import io
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from corpus.document import Document, Span
from index.contents import Contents
from index.dense import FaissStore
from index.embedding import Embedder, Vectors
from index.errors import IndexDamaged
from index.judged_questions import JudgedQuestions
from index.lexical import LexicalIndex
from index.manifest import file_sha256
from index.passage import Passage
from index.query_encoder import query_encoder_for
from index.retriever import Question, Retriever, as_rows

logger = logging.getLogger(__name__)

# These can be made again from the vectors.
CACHES = frozenset({"passages.faiss", "questions.faiss"})
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


def document_json(document: Document) -> bytes:
    """One line with every field of a document; equal documents give equal bytes."""
    return _DOCUMENT.dump_json(document)


def write_files(
    folder: Path, documents: Sequence[Document], contents: Contents, vectors: Vectors
) -> dict[str, str]:
    """Writes every file but the manifest; gives their names and SHA-256 digests.

    `vectors` `[len(contents.texts), d]` are those of the texts.
    """
    lines = b"".join(document_json(document) + b"\n" for document in documents)
    (folder / "documents.jsonl").write_bytes(lines)
    # numpy's own writing to a path says nothing when the last bytes do not fit on the disk.
    array = io.BytesIO()
    np.save(array, vectors, allow_pickle=False)
    (folder / "vectors.npy").write_bytes(array.getvalue())
    (folder / "contents.json").write_text(
        json.dumps(_described(contents), ensure_ascii=False), "utf-8"
    )
    _store_of(vectors, contents.passage_rows).save(folder / "passages.faiss")
    _store_of(vectors, contents.question_rows).save(folder / "questions.faiss")
    by_id = {document.doc_id: document for document in documents}
    LexicalIndex.of(
        [f"{' '.join(p.heading_path)} {p.span.of(by_id[p.doc_id].text)}" for p in contents.passages]
    ).save(folder / "lexical")
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name: str(file_sha256(folder / name)) for name in names}


def read_documents(folder: Path) -> dict[str, Document]:
    """doc_id -> document; raises IndexDamaged."""
    try:
        with (folder / "documents.jsonl").open("rb") as file:
            documents = [_DOCUMENT.validate_json(line) for line in file]
    except (OSError, ValidationError, ValueError) as error:
        raise _damaged(folder / "documents.jsonl", error) from error
    return {document.doc_id: document for document in documents}


def read_contents(folder: Path) -> Contents:
    """The passages, questions and texts of a generation; raises IndexDamaged."""
    try:
        described: dict[str, Any] = json.loads((folder / "contents.json").read_text("utf-8"))
        return Contents(
            passages=tuple(_passage(item) for item in described["passages"]),
            questions=tuple(
                Question(item["text"], tuple(item["passages"]), item["is_heading"])
                for item in described["questions"]
            ),
            texts=tuple(described["texts"]),
            passage_rows=tuple(described["passage_rows"]),
            sentence_rows=tuple(described["sentence_rows"]),
            question_rows=tuple(described["question_rows"]),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _damaged(folder / "contents.json", error) from error


def read_vectors(folder: Path) -> Vectors:
    """Float32 `[number of texts, d]`, in the order of the contents' texts; raises IndexDamaged."""
    try:
        vectors: Vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(folder / "vectors.npy", error) from error
    return vectors


def read_retriever(
    folder: Path,
    documents: Mapping[str, Document],
    embedder: Embedder,
    *,
    damaged: frozenset[str] = frozenset(),
) -> Retriever:
    """The search over a generation; its FAISS files in `damaged` are not read but made again.

    Raises IndexDamaged.
    """
    contents = read_contents(folder)
    vectors = read_vectors(folder)
    try:
        lexical = LexicalIndex.load(folder / "lexical")
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise _damaged(folder / "lexical", error) from error

    def store(name: str, rows: Sequence[int]) -> FaissStore:
        if name not in damaged:
            try:
                return FaissStore.load(folder / name)
            except (OSError, RuntimeError):  # written by another FAISS, perhaps
                pass
        logger.warning("%s cannot be used; it is made again from the vectors", folder / name)
        return _store_of(vectors, rows)

    encoder = query_encoder_for(embedder.identity)
    return Retriever(
        documents=documents,
        passages=contents.passages,
        questions=contents.questions,
        embedder=embedder,
        passage_store=store("passages.faiss", contents.passage_rows),
        question_store=store("questions.faiss", contents.question_rows),
        lexical=lexical,
        passage_vectors=vectors[list(contents.passage_rows)],
        sentence_vectors=as_rows(vectors[list(contents.sentence_rows)], contents.sentence_counts),
        question_vectors=vectors[list(contents.question_rows)],
        query_encoder=encoder,
        judged=None
        if encoder is None
        else JudgedQuestions.shipped(encoder.identity, contents.passages, documents),
    )


def _store_of(vectors: Vectors, rows: Sequence[int]) -> FaissStore:
    return FaissStore.of(vectors[list(rows)], np.arange(len(rows), dtype=np.int64))


def _described(contents: Contents) -> dict[str, Any]:
    return {
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


def _passage(item: Mapping[str, Any]) -> Passage:
    sentences = tuple(Span(start, end) for start, end in item["sentences"])
    span = Span(sentences[0].start, sentences[-1].end)
    return Passage(item["doc_id"], span, sentences, tuple(item["heading_path"]))


def _damaged(path: Path, error: Exception) -> IndexDamaged:
    reason = str(error).partition("\n")[0]
    return IndexDamaged(
        f"{path} cannot be read ({reason}); build the index again with `python app.py index`"
    )
