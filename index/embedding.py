"""Texts -> unit vectors: with sentence-transformers, or with onnxruntime alone."""

import json
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderFailure
from index.inference import open_session
from index.models import ModelSource, verify_weights

Vectors = NDArray[np.float32]
CountTokens = Callable[[Sequence[str]], list[int]]

TORCH = "torch"
_BATCH = 32
_THREADS = min(4, os.cpu_count() or 1)


class Embedder(Protocol):
    """Maps texts to rows of length one, so that a dot product is a cosine; thread-safe."""

    @property
    def identity(self) -> str:
        """Name and revision; vectors of equal identity can be compared.

        The variants of one model share it: an export is only used where it agrees with the
        original to a mean cosine of 0.99.
        """
        ...

    @property
    def variant(self) -> str:
        """`torch`, `fp32` or `int8`; vectors of equal identity and variant are equal."""
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


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, run by torch. Making one takes seconds.

    Raises EmbedderFailure for altered weights and for a folder that holds no working model.
    """

    variant = TORCH

    def __init__(self, source: ModelSource) -> None:
        verify_weights(source)
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        try:
            self.model: Any = SentenceTransformer(
                str(source.folder), device="cpu", local_files_only=True
            )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise EmbedderFailure(
                f"{source.folder} holds no sentence-transformers model that can be loaded "
                f"({error}); copy it again"
            ) from error
        if self.model.max_seq_length is None:
            raise EmbedderFailure(
                f"{source.name} does not say how many tokens it reads; "
                "set max_seq_length in its sentence_bert_config.json"
            )
        self.source = source
        # The tokenizer is told anew by each call whether to cut and pad, so calls must not mix.
        self._lock = threading.RLock()

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
        with self._lock:
            encoded = self.model.tokenizer(
                list(texts), truncation=False, padding=False, verbose=False
            )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        _refuse_overlong(self.count_tokens(texts), self.max_tokens)
        with self._lock:
            rows = self.model.encode(
                list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(rows, dtype=np.float32)

    def truncated(self, text: str) -> str:
        return longest_beginning(text, self.count_tokens, self.max_tokens)


class OnnxEmbedder:
    """An exported model (see `index.export`), run by onnxruntime; imports no torch.

    Each text is run alone, several at once on a thread each. Under dynamic quantisation the
    scale of an activation is that of the whole batch, so neighbours would change a text's vector
    (on 800 facts down to a cosine of 0.978), and what an update embeds would differ from what a
    first build embeds. Alone costs nothing: 460 texts a second on two cores against 420 in
    batches of 32 of equal length.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        card = json.loads((folder / "card.json").read_text("utf-8"))
        self._identity: str = card["identity"]
        self._variant: str = card["variant"]
        self._dimension: int = card["dimension"]
        self._max_tokens: int = card["max_tokens"]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._session = open_session(folder / "model.onnx")
        self._inputs = {item.name for item in self._session.get_inputs()}

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def variant(self) -> str:
        return self._variant

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
        _refuse_overlong([len(encoding.ids) for encoding in encodings], self._max_tokens)
        rows = np.empty((len(texts), self._dimension), np.float32)
        if len(texts) == 1:
            rows[0] = self._run(encodings[0].ids)
        elif texts:
            with ThreadPoolExecutor(_THREADS) as pool:
                runs = pool.map(self._run, (encoding.ids for encoding in encodings))
                for number, row in enumerate(runs):
                    rows[number] = row
        return rows

    def truncated(self, text: str) -> str:
        return longest_beginning(text, self.count_tokens, self._max_tokens)

    def _run(self, ids: Sequence[int]) -> Vectors:
        input_ids = np.array([ids], dtype=np.int64)
        feeds = {
            "input_ids": input_ids,
            "attention_mask": np.ones_like(input_ids),
            "token_type_ids": np.zeros_like(input_ids),
        }
        wanted = {name: array for name, array in feeds.items() if name in self._inputs}
        row: Vectors = self._session.run(["embedding"], wanted)[0][0]
        return row


def longest_beginning(text: str, count_tokens: CountTokens, most: int) -> str:
    """`text`, or a beginning of it that has at most `most` tokens and is as long as can be."""
    if count_tokens([text])[0] <= most:
        return text
    fits, exceeds = 0, len(text)
    while exceeds - fits > 1:
        middle = (fits + exceeds) // 2
        if count_tokens([text[:middle]])[0] <= most:
            fits = middle
        else:
            exceeds = middle
    return text[:fits]


def _refuse_overlong(counts: Sequence[int], most: int) -> None:
    if counts and max(counts) > most:
        raise ValueError(f"a text of {max(counts)} tokens would be cut; at most {most} are read")
