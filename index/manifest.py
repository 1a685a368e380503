"""What a built index is: who made it, of what, and which files it consists of."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import IndexDamaged, IndexForeign

# Raise it when the files of a generation change their form or the passages theirs.
FORMAT = 2
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of one generation.

    `fingerprint` is derived from what the index holds (documents, embedder, variant, format) and
    not from when it was made. `embedder` is the identity and `variant` the kind of the embedder
    that made the vectors. `corpus` is the folder that was read. `sources` maps each of its files
    to its hash, refused ones included; `documents` each doc_id to its source path; `files` each
    file of the generation to its SHA-256.
    """

    fingerprint: str
    built_at: datetime
    embedder: str
    variant: str
    corpus: str
    sources: Mapping[str, str]
    documents: Mapping[str, str]
    files: Mapping[str, str]
    format: int = FORMAT

    @property
    def generation(self) -> str:
        """The name of the generation's folder, which holds a digest of this manifest.

        So a damaged byte anywhere is found: the pointer names the manifest's digest, and the
        manifest those of all other files.
        """
        return f"{self.fingerprint[:12]}-{_digest(self._text())}"

    def write(self, folder: Path) -> None:
        (folder / MANIFEST_NAME).write_bytes(self._text())

    def _text(self) -> bytes:
        fields = {**asdict(self), "built_at": self.built_at.isoformat()}
        return json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of a published generation.

        Raises IndexDamaged when it is not what was written, IndexForeign for another format.
        """
        try:
            text = (folder / MANIFEST_NAME).read_bytes()
            fields: dict[str, Any] = json.loads(text)
            if fields["format"] != FORMAT:
                raise IndexForeign(
                    f"the index has format {fields['format']}, expected {FORMAT}; "
                    "build it again with `python app.py index`"
                )
            fields["built_at"] = datetime.fromisoformat(fields["built_at"])
            manifest = cls(**fields)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(
                f"{folder / MANIFEST_NAME} cannot be read ({error}); "
                "build the index again with `python app.py index`"
            ) from error
        if not folder.name.endswith(_digest(text)):
            raise IndexDamaged(
                f"the index is damaged: {folder / MANIFEST_NAME} is not what was written; "
                "build it again with `python app.py index`"
            )
        return manifest

    def faults(self, folder: Path) -> dict[str, str]:
        """What is wrong, by name, with each file of `folder` that is not what was written."""
        found = {name: file_sha256(folder / name) for name in self.files}
        return {
            name: "is missing" if found[name] is None else "is not what was written"
            for name, expected in self.files.items()
            if found[name] != expected
        }


def fingerprint_of(documents: Mapping[str, str], embedder: str, variant: str) -> str:
    """Identity of an index over `documents` (doc_id -> digest of all its fields)."""
    described = json.dumps([FORMAT, embedder, variant, sorted(documents.items())])
    return hashlib.sha256(described.encode()).hexdigest()


def file_sha256(path: Path) -> str | None:
    """Hex digest of a file; None where there is no readable file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def now() -> datetime:
    """The time of building, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:20]
