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
FORMAT = 1
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of one generation.

    `fingerprint` is derived from what the index holds (documents, embedder, format) and not from
    when it was made. `sources` maps each file of the corpus to its hash, refused ones included;
    `documents` each doc_id to its source path; `files` each file of the generation to its SHA-256.
    """

    fingerprint: str
    built_at: datetime
    embedder: str
    corpus: str
    sources: Mapping[str, str]
    documents: Mapping[str, str]
    files: Mapping[str, str]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        fields = {**asdict(self), "built_at": self.built_at.isoformat()}
        text = json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / MANIFEST_NAME).write_text(text, "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises IndexDamaged when it cannot be read, IndexForeign for another format."""
        try:
            fields: dict[str, Any] = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
            if fields["format"] != FORMAT:
                raise IndexForeign(
                    f"the index has format {fields['format']}, expected {FORMAT}; "
                    "build it again with `python app.py index`"
                )
            fields["built_at"] = datetime.fromisoformat(fields["built_at"])
            return cls(**fields)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(
                f"{folder / MANIFEST_NAME} cannot be read ({error}); "
                "build the index again with `python app.py index`"
            ) from error

    def check_files(self, folder: Path) -> None:
        """Raises IndexDamaged, naming the file, unless each is what was written."""
        for name, expected in self.files.items():
            found = file_sha256(folder / name)
            if found != expected:
                state = "is missing" if found is None else "is not what was written"
                raise IndexDamaged(
                    f"the index is damaged: {folder / name} {state}; "
                    "build it again with `python app.py index`"
                )


def fingerprint_of(documents: Mapping[str, str], embedder: str) -> str:
    """Identity of an index over `documents` (doc_id -> digest of all its fields)."""
    described = json.dumps([FORMAT, embedder, sorted(documents.items())])
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
