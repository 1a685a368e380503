from pathlib import Path

import pytest

from corpus.document import Document
from corpus.loader import hash_files, load_corpus
from corpus.originals import OriginalChanged, OriginalFile, OriginalGone, Originals

WORDS = "# Care\n\nKeep the wound dry.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "care").mkdir()
    (tmp_path / "care" / "wounds.md").write_text(WORDS, "utf-8")
    return tmp_path


def _read(folder: Path) -> tuple[Document, Originals]:
    return load_corpus(folder).documents[0], Originals(folder, hash_files(folder))


def test_a_file_is_given_byte_for_byte_under_its_own_name(folder: Path) -> None:
    document, originals = _read(folder)
    assert originals.find(document) == OriginalFile("wounds.md", len(WORDS))
    assert originals.read(document) == WORDS.encode()


def test_a_file_that_has_changed_is_not_given(folder: Path) -> None:
    document, originals = _read(folder)
    originals.find(document)
    (folder / "care" / "wounds.md").write_text(WORDS.replace("dry", "wet"), "utf-8")
    with pytest.raises(OriginalChanged):
        originals.read(document)
    (folder / "care" / "wounds.md").write_text(WORDS, "utf-8")
    assert originals.read(document) == WORDS.encode()


def test_a_file_that_has_gone_is_not_given(folder: Path) -> None:
    document, originals = _read(folder)
    (folder / "care" / "wounds.md").unlink()
    with pytest.raises(OriginalGone):
        originals.find(document)
    (folder / "care").rmdir()
    with pytest.raises(OriginalGone):
        originals.read(document)


def test_a_link_to_another_file_is_another_file(folder: Path) -> None:
    document, originals = _read(folder)
    secret = folder.parent / f"{folder.name}-secret"
    secret.write_text("secret", "utf-8")
    (folder / "care" / "wounds.md").unlink()
    (folder / "care" / "wounds.md").symlink_to(secret)
    with pytest.raises(OriginalChanged):
        originals.read(document)


def test_a_file_that_the_index_does_not_know_is_not_given(folder: Path) -> None:
    document, _ = _read(folder)
    with pytest.raises(OriginalChanged):
        Originals(folder, {}).find(document)


def test_another_index_brings_other_hashes(folder: Path) -> None:
    document, _ = _read(folder)
    hashes = dict(hash_files(folder))
    originals = Originals(folder, hashes)
    originals.find(document)
    hashes["care/wounds.md"] = "0" * 64
    with pytest.raises(OriginalChanged):
        originals.find(document)
