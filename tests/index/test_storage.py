"""An index on disk: found, refused, locked, and swapped in one step."""

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexUnwritable,
)
from index.files import CACHES
from index.manifest import MANIFEST_NAME, Manifest
from index.storage import (
    current_generation,
    damaged_caches,
    open_index,
    publish,
    publishing,
    writing,
)
from tests.index.places import Place
from tests.index.tiny_models import save_tiny_model

WAY_OUT = r"python app\.py index"
QUERIES = ("What is it made of?", "cost of three sessions", "approval")


@pytest.fixture
def built(place: Place) -> Place:
    place.build()
    return place


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_index_is_opened_with_all_that_was_put_into_it(built: Place) -> None:
    index = built.open()
    assert set(index.documents) == {"blood", "cells-fat", "care"}
    manifest = Manifest.read(built.generation)
    assert (index.fingerprint, index.built_at) == (manifest.fingerprint, manifest.built_at)
    assert index.embedder.identity == manifest.embedder
    hits = index.retriever.retrieve("What does it cost?")
    assert any("$500" in h.passage.span.of(index.documents[h.passage.doc_id].text) for h in hits)


@pytest.mark.parametrize("where", [".", "nowhere/at/all"])
def test_a_folder_without_an_index_says_how_to_build_one(tmp_path: Path, where: str) -> None:
    with pytest.raises(IndexMissing, match=WAY_OUT):
        open_index(tmp_path / where)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"..",
        b"../../..",
        b"/etc",
        b"0123456789ab-0123456789abcdef0123",
        b"a\0b",
        b"x" * 5000,
    ],
)
def test_a_pointer_to_nowhere_is_damage(built: Place, content: bytes) -> None:
    (built.data / "index" / "current").write_bytes(content)
    with pytest.raises(IndexDamaged, match=WAY_OUT):
        built.open()
    assert built.needs_build()


def test_a_pointer_that_is_a_folder_is_damage(built: Place) -> None:
    (built.data / "index" / "current").unlink()
    (built.data / "index" / "current").mkdir()
    with pytest.raises(IndexDamaged, match=WAY_OUT):
        built.open()


def _altered(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def _hits(place: Place) -> list[object]:
    retriever = place.open().retriever
    return [retriever.retrieve(query) for query in QUERIES]


def test_one_damaged_byte_in_any_file_is_found_by_name(built: Place) -> None:
    files = [path for path in _files(built.generation) if path.name not in CACHES]
    assert {path.name for path in files} > {MANIFEST_NAME, "vectors.npy", "words.json"}
    for path in files:
        sound = path.read_bytes()
        for position in {0, len(sound) // 2, len(sound) - 1}:
            _altered(path, position)
            with pytest.raises((IndexDamaged, IndexForeign), match=WAY_OUT) as caught:
                built.open()
            assert path.name in str(caught.value)
            assert built.needs_build()
            path.write_bytes(sound)
    built.open()


def test_a_missing_or_shortened_file_is_found_by_name(built: Place) -> None:
    for path in _files(built.generation):
        sound = path.read_bytes()
        for content in (sound[: len(sound) // 2], b"", sound + b" ", None):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            if path.name not in CACHES:
                with pytest.raises(IndexDamaged, match=path.name):
                    built.open()
            assert built.needs_build()
        path.write_bytes(sound)
    assert not built.needs_build()


@pytest.mark.parametrize("name", sorted(CACHES))
def test_a_damaged_faiss_file_is_made_again_and_finds_the_same(
    built: Place, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected, path = _hits(built), built.generation / name
    sound = path.read_bytes()
    for position in range(0, len(sound), len(sound) // 7):
        caplog.clear()
        _altered(path, position)
        with caplog.at_level(logging.WARNING):
            assert _hits(built) == expected
        assert any(name in message and "made again" in message for message in caplog.messages)
        path.write_bytes(sound)
    path.unlink()
    assert _hits(built) == expected
    assert damaged_caches(Manifest.read(built.generation), built.generation) == {name}


def test_an_index_by_another_embedder_is_refused(built: Place, tmp_path: Path) -> None:
    other = save_tiny_model(tmp_path / "other", seed=1)
    with pytest.raises(IndexForeign, match=rf"made by tiny@.*but other@.*{WAY_OUT}"):
        open_index(built.data, model=other)
    with pytest.raises(IndexForeign, match="but all-MiniLM-L6-v2@53aa51172d14 is set"):
        open_index(built.data)


def test_an_index_by_another_version_is_refused(built: Place) -> None:
    old = built.generation
    manifest = replace(Manifest.read(old), format=1)
    old.rename(old.with_name(manifest.generation))
    manifest.write(old.with_name(manifest.generation))
    (built.data / "index" / "current").write_text(manifest.generation)
    with pytest.raises(IndexForeign, match=rf"format 1, expected.*{WAY_OUT}"):
        built.open()
    assert built.needs_build()


def test_an_index_can_be_moved(built: Place, tmp_path: Path) -> None:
    expected = _hits(built)
    shutil.move(built.data, tmp_path / "elsewhere")
    assert _hits(replace(built, data=tmp_path / "elsewhere")) == expected


def test_what_is_not_published_is_gone(tmp_path: Path) -> None:
    def fail() -> None:
        with publishing(tmp_path) as folder:
            (folder / "file").write_text("half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        fail()
    assert list((tmp_path / "index" / "generations").iterdir()) == []
    with pytest.raises(IndexMissing):
        current_generation(tmp_path)


def test_what_killed_builds_left_is_removed_by_the_next(built: Place) -> None:
    index_folder = built.data / "index"
    left = index_folder / "generations" / ".building-killed"
    left.mkdir()
    (left / "vectors.npy").write_bytes(b"half")
    (index_folder / ".current-killed").write_text("half")
    with publishing(built.data):
        assert not left.exists()
        assert not (index_folder / ".current-killed").exists()
    built.open()


def test_one_generation_before_stays_for_those_who_are_reading_it(built: Place) -> None:
    seen = [built.generation.name]
    for number in range(3):
        built.write("new.md", f"# New\n\nIt is number {number}.\n")
        built.build()
        seen.append(built.generation.name)
        assert built.generations == set(seen[-2:])
    assert len(set(seen)) == 4


def test_the_same_generation_can_be_published_again_sound_or_damaged(built: Place) -> None:
    folder = built.generation
    manifest, sound = Manifest.read(folder), (folder / "vectors.npy").read_bytes()
    for spoilt in (sound, b"spoilt"):
        with publishing(built.data) as new:
            shutil.copytree(folder, new, dirs_exist_ok=True)
            (folder / "vectors.npy").write_bytes(spoilt)
            publish(new, built.data, manifest)
        assert built.generation == folder
        assert built.generations == {folder.name}
        built.open()


def test_only_one_build_at_a_time_may_publish(tmp_path: Path) -> None:
    def second() -> None:
        with publishing(tmp_path, wait_s=0.05):
            pass

    with publishing(tmp_path) as folder:
        (folder / "file").write_text("mine")
        with ThreadPoolExecutor(1) as pool, pytest.raises(IndexBusy, match="wait until it is done"):
            pool.submit(second).result()
        assert (folder / "file").read_text() == "mine"
    second()


@contextmanager
def _unprivileged() -> Iterator[None]:
    """Root may write anywhere; as nobody it may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def reachable(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody can reach but not write; the way to it is opened for the test."""
    ways = [p for p in (tmp_path, *tmp_path.parents) if p.stat().st_uid == os.getuid()]
    modes = {path: path.stat().st_mode for path in ways}
    for path in ways:
        path.chmod(modes[path] | 0o111)
    folder = tmp_path / "readable"
    folder.mkdir(mode=0o555)
    yield folder
    folder.chmod(0o755)
    for path, mode in modes.items():
        path.chmod(mode)


def test_a_folder_without_write_permission_is_told(reachable: Path) -> None:
    with (
        _unprivileged(),
        pytest.raises(IndexUnwritable, match=r"cannot be written \(Permission denied\).*--data"),
        publishing(reachable / "data"),
    ):
        pass
    assert list(reachable.iterdir()) == []


@pytest.mark.parametrize("closed", [".", "index", "index/generations"])
def test_an_index_that_may_be_read_but_not_written_is_told_and_stays(
    reachable: Path, closed: str
) -> None:
    data = reachable.parent / "data"
    with publishing(data):
        pass
    (data / "index" / "lock").chmod(0o666)
    places = [path for path in (data, *data.rglob("*")) if path.is_dir()]
    for path in places:
        path.chmod(0o555 if path.is_relative_to(data / closed) else 0o777)
    try:
        with (
            _unprivileged(),
            pytest.raises(IndexUnwritable, match="Permission denied"),
            publishing(data),
        ):
            pass
    finally:
        for path in places:
            path.chmod(0o755)


@pytest.mark.parametrize("path", ["file", "file/data"])
def test_a_file_in_the_way_is_told(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexUnwritable, match="--data DIR"), publishing(tmp_path / path):
        pass
    assert (tmp_path / "file").read_text() == "in the way"


def _raise(error: OSError) -> Callable[[], None]:
    def fail() -> None:
        with writing(Path("data")):
            raise error

    return fail


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left below data; free some"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no space left"),
        (OSError(errno.EFBIG, "File too large"), "no space left"),
        (OSError("100 requested and 50 written"), "no space left"),
        (OSError(errno.EROFS, "Read-only file system"), r"Read-only file system\); allow it"),
        (PermissionError(errno.EACCES, "Permission denied"), "name another folder with --data"),
    ],
)
def test_what_the_file_system_refuses_is_told_with_the_next_step(error: OSError, told: str) -> None:
    with pytest.raises(IndexUnwritable, match=told):
        _raise(error)()


def test_other_errors_of_the_file_system_pass(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output error") as caught:
        _raise(OSError(errno.EIO, "Input/output error"))()
    assert not isinstance(caught.value, IndexUnwritable)
