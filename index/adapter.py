"""What turns the vector of a question towards the sentences that answer it.

An embedder puts a question beside what sounds like it. A small linear map, learnt on questions
with judged sentences (`python -m assistant.training --stage adapter`), moves it towards answers;
the vectors of the documents stay as they are, so an index needs no rebuilding.
"""

from pathlib import Path

import numpy as np

from index.embedding import Vectors

SHIPPED = Path(__file__).parent / "query_adapter.npz"


class QueryAdapter:
    """`q` becomes `q + (q @ down) @ up`, of unit length; `down` is `[d, r]`, `up` `[r, d]`."""

    def __init__(self, down: Vectors, up: Vectors, embedder: str) -> None:
        """`embedder` is the identity of the embedder whose vectors it was learnt on."""
        if down.shape != up.shape[::-1]:
            raise ValueError(f"down {down.shape} and up {up.shape} do not fit each other")
        self._down = down
        self._up = up
        self.embedder = embedder

    @classmethod
    def shipped_for(cls, embedder: str) -> "QueryAdapter | None":
        """The adapter of this package where it was learnt for `embedder`, else None."""
        if not SHIPPED.exists():
            return None
        adapter = cls.load(SHIPPED)
        return adapter if adapter.embedder == embedder else None

    def adapted(self, vector: Vectors) -> Vectors:
        """The vector `[d]` to search with in place of `vector` `[d]`."""
        moved = vector + (vector @ self._down) @ self._up
        row: Vectors = (moved / np.linalg.norm(moved)).astype(np.float32)
        return row

    def save(self, path: Path) -> None:
        """Writes `path` in half precision."""
        np.savez(
            path,
            down=self._down.astype(np.float16),
            up=self._up.astype(np.float16),
            embedder=np.array(self.embedder),
        )

    @classmethod
    def load(cls, path: Path) -> "QueryAdapter":
        """Raises OSError, ValueError or KeyError for what `save` did not write."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                arrays["down"].astype(np.float32),
                arrays["up"].astype(np.float32),
                str(arrays["embedder"]),
            )
