"""Immutable generations on disk, published by one atomic swap.

`<data>/index/generations/<name>/` holds a whole index; `<data>/index/current` names the one that
serves. A generation is complete, with its manifest, before `current` names it, so a build that is
killed at any moment leaves the one before serving.
"""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.document import Document
from index.embedding import Embedder
from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexForeign,
    IndexMissing,
    IndexUnwritable,
)
from index.export import serving_embedder
from index.files import CACHES, read_documents, read_retriever
from index.manifest import Manifest
from index.models import find_model
from index.remembering import RememberingEmbedder
from index.retriever import Retriever

_NAME = re.compile("[0-9a-f]{12}-[0-9a-f]{20}")
# A disk quota, a limit on file size and a full disk; numpy's short writes bear no number.
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


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
    damaged = damaged_caches(manifest, folder)
    documents = read_documents(folder)
    embedder = RememberingEmbedder(serving_embedder(data_folder, source))
    retriever = read_retriever(folder, documents, embedder, damaged=damaged)
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
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise IndexDamaged(
            f"{pointer} names {name[:80]!r}, which is no generation here; "
            "build the index again with `python app.py index`"
        )
    return folder


def damaged_caches(manifest: Manifest, folder: Path) -> frozenset[str]:
    """The damaged files of a generation that can be made again from others.

    Raises IndexDamaged, naming the file, when any other is not what was written.
    """
    faults = manifest.faults(folder)
    for name, fault in faults.items():
        if name not in CACHES:
            raise IndexDamaged(
                f"the index is damaged: {folder / name} {fault}; "
                "build it again with `python app.py index`"
            )
    return frozenset(faults)


@contextmanager
def publishing(data_folder: Path, *, wait_s: float = 10.0) -> Iterator[Path]:
    """A new, empty folder for a generation; only one process at a time may hold one.

    What is left in it without `publish` is removed, and so is what killed builds left behind.
    Raises IndexBusy after `wait_s`, IndexUnwritable where the data folder cannot be written.
    """
    index_folder = data_folder / "index"
    generations = index_folder / "generations"
    with writing(data_folder):
        generations.mkdir(parents=True, exist_ok=True)
        lock = _locked(index_folder / "lock", data_folder, wait_s)
    try:
        with writing(data_folder):
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
    """Makes the generation written in `folder` the one that serves.

    The generation that served before stays, for those who are just reading it; older ones go.
    """
    manifest.write(folder)
    for path in (*folder.rglob("*"), folder):
        _sync(path)
    generations = folder.parent
    target = generations / manifest.generation
    if not _is_sound(target):
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    _sync(generations)
    index_folder = data_folder / "index"
    before = _named(index_folder)
    handle, temporary = tempfile.mkstemp(prefix=".current-", dir=index_folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{target.name}\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).replace(index_folder / "current")
    _sync(index_folder)
    for old in generations.iterdir():
        if old.name not in (target.name, before, folder.name):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def writing(data_folder: Path) -> Iterator[None]:
    """Turns what the file system refuses within into IndexUnwritable, which says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise IndexUnwritable(
                f"no space left below {data_folder}; free some and build again "
                "(the index that was there still serves)"
            ) from error
        if error.errno in _NOT_ALLOWED:
            raise IndexUnwritable(
                f"{data_folder} cannot be written ({error.strerror}); "
                "allow it, or name another folder with --data DIR"
            ) from error
        raise


def _locked(path: Path, data_folder: Path, wait_s: float) -> FileLock:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise IndexBusy(
            f"another process is building the index in {data_folder}; "
            "wait until it is done and try again"
        ) from error
    return lock


def _is_sound(target: Path) -> bool:
    """Whether the very same generation is there already, built within the same second."""
    try:
        return not Manifest.read(target).faults(target)
    except IndexDamaged:
        return False


def _named(index_folder: Path) -> str | None:
    try:
        return (index_folder / "current").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
