"""An embedder that remembers the last texts: one question is embedded once, whoever asks."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.embedding import Embedder, Vectors

# Queries of a few visitors, each searched and then compared with the questions of sections.
# They are held in memory only, and only until so many others came.
_REMEMBERED_TEXTS = 8


class RememberingEmbedder:
    """`embedder`, but a text given alone is not embedded again at once; thread-safe if that is."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._remembered = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._embed_one)

    @property
    def identity(self) -> str:
        return self._embedder.identity

    @property
    def variant(self) -> str:
        return self._embedder.variant

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) != 1:
            return self._embedder.embed(texts)
        return self._remembered(texts[0])[np.newaxis].copy()

    def truncated(self, text: str) -> str:
        return self._embedder.truncated(text)

    def _embed_one(self, text: str) -> Vectors:
        row: Vectors = self._embedder.embed([text])[0]
        return row


def vector_of(text: str, *, embedder: Embedder) -> Vectors:
    """The unit vector `[d]` of `text`, or of as much of its beginning as is read."""
    row: Vectors = embedder.embed([embedder.truncated(text)])[0]
    return row
