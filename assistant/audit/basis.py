"""What a reply came from: everything besides the question that can change a byte of it."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

# What computes: another release may round differently in the last places of a score.
_LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "tokenizers")
_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("assistant", "corpus", "index")


def basis_of(*, embedders: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """By name: the models, the tables and the program by their hashes, and the settings.

    The index is not among them, because a server may take up another one; each reply names its
    own, with the embedder that made it. `embedders` is the folder of the exported models.

    `settings` are those that answers depend on, thresholds among them. A score may round
    differently on another machine or with other libraries, so both are named. Reads every file of
    the models; raises OSError where one cannot be read.
    """
    sources = [path for name in _PACKAGES for path in (_ROOT / name).rglob("*.py")]
    return {
        **{
            f"embedder {folder.name}": _digest(embedders, folder.rglob("*"))
            for folder in sorted(embedders.glob("[!.]*/"))
        },
        "models": _digest(
            _ROOT,
            [
                *(_ROOT / "assistant" / "models").rglob("*"),
                *(_ROOT / "index" / "weights").rglob("*"),
            ],
        ),
        "tables": _digest(_ROOT, (_ROOT / "assistant" / "tables").rglob("*.yaml")),
        "program": _digest(_ROOT, sources),
        "settings": json.dumps(settings, sort_keys=True),
        "libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    """Hex SHA-256 of the names, from `folder`, and the contents of the files among `paths`."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in paths):
        if path.is_file() and "__pycache__" not in path.parts:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{name}\0{found}\n".encode())
    return digest.hexdigest()
