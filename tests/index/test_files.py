"""The files of a generation: read again as they were written, and unreadable ones told."""

import logging
from pathlib import Path

import numpy as np
import pytest

from corpus.loader import load_corpus
from index.contents import Contents, gather
from index.embedding import OnnxEmbedder, Vectors
from index.errors import IndexDamaged
from index.files import (
    CACHES,
    document_json,
    read_contents,
    read_documents,
    read_retriever,
    read_vectors,
    write_files,
)
from index.manifest import file_sha256
from tests.fakes import DOCUMENTS
from tests.index.places import Place


@pytest.fixture
def written(
    place: Place, tmp_path: Path, tiny_onnx_embedder: OnnxEmbedder
) -> tuple[Path, Contents, Vectors, dict[str, str]]:
    documents = [*load_corpus(place.corpus).documents, *DOCUMENTS.values()]
    gathering = gather(documents, tiny_onnx_embedder)
    vectors = tiny_onnx_embedder.embed(gathering.contents.texts)
    folder = tmp_path / "files"
    folder.mkdir()
    return (
        folder,
        gathering.contents,
        vectors,
        write_files(folder, gathering.documents, gathering.contents, vectors),
    )


Written = tuple[Path, Contents, Vectors, dict[str, str]]


def test_documents_contents_and_vectors_are_read_as_they_were_written(written: Written) -> None:
    folder, contents, vectors, _ = written
    documents = read_documents(folder)
    for doc_id, source in DOCUMENTS.items():
        assert documents[doc_id] == source
        assert documents[doc_id].sha256 == source.sha256
        assert document_json(documents[doc_id]) == document_json(source)
    assert read_contents(folder) == contents
    assert np.array_equal(read_vectors(folder), vectors)


def test_every_file_is_named_with_its_digest(written: Written) -> None:
    folder, _, _, digests = written
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    assert digests == {name: file_sha256(path) for name, path in files.items()}
    assert set(digests) > {"documents.jsonl", "contents.json", "vectors.npy", *CACHES}


def test_a_faiss_file_that_cannot_be_used_is_made_again_from_the_vectors(
    written: Written, tiny_onnx_embedder: OnnxEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    folder = written[0]
    documents = read_documents(folder)
    expected = read_retriever(folder, documents, tiny_onnx_embedder).retrieve("What is it?")
    assert caplog.messages == []
    for name in CACHES:
        (folder / name).write_bytes(b"written by another FAISS")
    with caplog.at_level(logging.WARNING):
        again = read_retriever(folder, documents, tiny_onnx_embedder)
    assert again.retrieve("What is it?") == expected
    assert len(caplog.messages) == len(CACHES)
    assert all("made again from the vectors" in message for message in caplog.messages)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("documents.jsonl", b"{}\n"),
        ("documents.jsonl", b"\xff"),
        ("contents.json", b"{}"),
        ("contents.json", b"[]"),
        ("contents.json", b"{"),
        ("vectors.npy", b""),
        ("vectors.npy", b"\x93NUMPY"),
        ("lexical/vocab.index.json", b"{"),
        ("lexical/words.json", b"{}"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_the_way_out(
    written: Written, tiny_onnx_embedder: OnnxEmbedder, name: str, content: bytes
) -> None:
    folder = written[0]
    for spoil in (lambda path: path.write_bytes(content), Path.unlink):
        spoil(folder / name)
        with pytest.raises(IndexDamaged, match=r"python app\.py index") as caught:
            read_retriever(folder, read_documents(folder), tiny_onnx_embedder)
        assert "\n" not in str(caught.value)
        assert Path(name).parts[0] in str(caught.value)
