"""What an index is: written and read again, and every damage found."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexDamaged, IndexForeign
from index.manifest import MANIFEST_NAME, Manifest, file_sha256, fingerprint_of, now

MANIFEST = Manifest(
    fingerprint="0123456789abcdef" * 4,
    built_at=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
    embedder="model@123456789abc",
    variant="int8",
    corpus="/documents",
    sources={"añ.md": "1" * 64, "broken.pdf": "2" * 64},
    documents={"a": "añ.md"},
    files={"vectors.npy": "3" * 64},
)


def _written(folder: Path, manifest: Manifest = MANIFEST) -> Path:
    generation = folder / manifest.generation
    generation.mkdir()
    manifest.write(generation)
    return generation


def test_a_manifest_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    assert Manifest.read(_written(tmp_path)) == MANIFEST


def test_a_generation_is_named_by_fingerprint_and_content() -> None:
    later = replace(MANIFEST, built_at=datetime(2026, 11, 25, tzinfo=UTC))
    assert MANIFEST.generation.startswith("0123456789ab-")
    assert replace(MANIFEST).generation == MANIFEST.generation
    assert later.generation != MANIFEST.generation


def test_every_altered_byte_of_a_manifest_is_found(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    content = (folder / MANIFEST_NAME).read_bytes()
    for position in range(len(content)):
        altered = bytearray(content)
        altered[position] ^= 1
        (folder / MANIFEST_NAME).write_bytes(altered)
        with pytest.raises((IndexDamaged, IndexForeign), match=r"python app\.py index"):
            Manifest.read(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b'{"format": 2}', b"\xff"])
def test_a_file_that_is_no_manifest_is_damaged(tmp_path: Path, content: bytes) -> None:
    folder = _written(tmp_path)
    (folder / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"python app\.py index"):
        Manifest.read(folder)


def test_a_missing_manifest_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=MANIFEST_NAME):
        Manifest.read(tmp_path)


def test_the_manifest_of_another_version_is_foreign(tmp_path: Path) -> None:
    with pytest.raises(IndexForeign, match="format 99, expected"):
        Manifest.read(_written(tmp_path, replace(MANIFEST, format=99)))


def test_faults_name_each_file_that_is_not_what_was_written(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    files = {name: str(file_sha256(tmp_path / name)) for name in ("a", "b", "c")}
    manifest = replace(MANIFEST, files=files)
    assert manifest.faults(tmp_path) == {}
    (tmp_path / "b").write_text("B")
    (tmp_path / "c").unlink()
    (tmp_path / "beside").write_text("no part of it")
    assert manifest.faults(tmp_path) == {"b": "is not what was written", "c": "is missing"}


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_a_fingerprint_depends_on_each_thing_that_it_names_and_not_on_their_order(
    documents: dict[str, str],
) -> None:
    fingerprint = fingerprint_of(documents, "model@1", "int8")
    assert fingerprint == fingerprint_of(dict(reversed(documents.items())), "model@1", "int8")
    doc_id = next(iter(documents))
    others = [
        fingerprint_of({**documents, doc_id: documents[doc_id] + "x"}, "model@1", "int8"),
        fingerprint_of({k: v for k, v in documents.items() if k != doc_id}, "model@1", "int8"),
        fingerprint_of(documents, "model@2", "int8"),
        fingerprint_of(documents, "model@1", "fp32"),
    ]
    assert fingerprint not in others
    assert len(set(others)) == 4


def test_the_time_of_building_is_in_utc_to_the_second() -> None:
    assert now().utcoffset() == UTC.utcoffset(None)
    assert now().microsecond == 0
