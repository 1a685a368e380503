"""The files that documents were read from, given only while they are what was read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.document import Document
from corpus.loader import hash_file


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A file as it lies in the corpus folder: its own name, its bytes in all."""

    name: str
    size: int


class OriginalUnavailable(Exception):
    """Root of what keeps a file from being given."""


class OriginalGone(OriginalUnavailable):
    """The file is no longer there, or may not be read."""


class OriginalChanged(OriginalUnavailable):
    """The file is another than the one that was read, or what describes it is."""


class Originals:
    """The corpus folder, with the hash of each of its files from when the index was built.

    `hashes` maps a file's path within `folder` to what `corpus.loader.hash_files` gave for it; it
    may change, as when another index is loaded. No path comes from anywhere but
    `Document.source_path`. Safe to use from several threads.
    """

    def __init__(self, folder: Path, hashes: Mapping[str, str]) -> None:
        self._folder = folder
        self._hashes = hashes
        self._checked: dict[str, tuple[str | None, tuple[int, ...]]] = {}

    def find(self, document: Document) -> OriginalFile:
        """The file of `document`, unchanged. Raises OriginalGone or OriginalChanged.

        It is hashed again only where its inode, size or time of change is another than before.
        """
        name = document.source_path
        state, expected = self._state(name), self._hashes.get(name)
        if self._checked.get(name) != (expected, state):
            if hash_file(self._folder, name) != expected:
                raise OriginalChanged(name)
            self._checked[name] = (expected, state)
        return OriginalFile(PurePosixPath(name).name, state[0])

    def read(self, document: Document) -> bytes:
        """The bytes of `document`'s file. Raises OriginalGone or OriginalChanged."""
        self.find(document)
        try:
            data = (self._folder / document.source_path).read_bytes()
        except OSError as error:
            raise OriginalGone(document.source_path) from error
        self.find(document)
        return data

    def _state(self, name: str) -> tuple[int, ...]:
        try:
            found = (self._folder / name).stat()
        except OSError as error:
            raise OriginalGone(name) from error
        if not os.access(self._folder / name, os.R_OK):
            raise OriginalGone(name)
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
