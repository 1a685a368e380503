"""Nearest vectors by cosine. FAISS is a cache here: it can be rebuilt from the vectors."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors


class FaissStore:
    """Exact inner-product search over unit rows under our own ids (`IndexIDMap2`)."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors, ids: NDArray[np.int64]) -> "FaissStore":
        """A store of `vectors` `[n, d]`, each found again under its id of `ids` `[n]`."""
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids and cosines of the `k` rows nearest to `query` `[d]`, best first; fewer if fewer."""
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores, ids = self._index.search(query.reshape(1, -1), k)
        return ids[0], scores[0]

    def save(self, path: Path) -> None:
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Raises OSError or RuntimeError when the file is missing or no FAISS index."""
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        index = faiss.deserialize_index(data)
        if not isinstance(index, faiss.IndexIDMap2):
            raise RuntimeError(f"{path} holds a {type(index).__name__}, expected IndexIDMap2")
        return cls(index)
