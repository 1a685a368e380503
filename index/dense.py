"""Nearest vectors by cosine. FAISS is a cache here: it can be rebuilt from the vectors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

# `python -m tests.benchmarks.nearest --lists`, rows of 384: exact search takes 0.3 ms at 10,000,
# 0.9 at 20,000 and 5.5 at 100,000, the graph 0.2, 0.3 and 0.4. Up to here the certainty is cheap.
EXACT_UP_TO = 20_000
# There, of the 40 nearest the graph finds 0.997 at 20,000 and 0.990 at 100,000. Inverted lists find
# 0.961 and 0.988, at 100,000 in twice the time. Building with a breadth of 80 is over twice as
# fast, but finds only 0.976 at 100,000.
_LINKS = 32
_BREADTH_OF_BUILDING = 200
_BREADTH_OF_SEARCH = 256


class FaissStore:
    """Inner-product search over unit rows under our own ids (`IndexIDMap2`).

    Few rows are all compared (`IndexFlatIP`); among many, a graph of neighbours is followed
    (`IndexHNSWFlat`; Malkov and Yashunin 2018), which misses a few of the nearest.
    """

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index

    @classmethod
    def of(
        cls, vectors: Vectors, ids: NDArray[np.int64], *, exact_up_to: int = EXACT_UP_TO
    ) -> "FaissStore":
        """A store of `vectors` `[n, d]`, each found again under its id of `ids` `[n]`, from 0 up.

        The same rows give the same store, byte by byte.
        """
        count, dimension = vectors.shape
        rows = faiss.IndexFlatIP(dimension) if count <= exact_up_to else _graph(dimension)
        index = faiss.IndexIDMap2(rows)
        with _one_thread():
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def is_exact(self) -> bool:
        """Whether a search misses none of the nearest rows."""
        return isinstance(_rows_of(self._index), faiss.IndexFlatIP)

    def search(self, query: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids and cosines of the `k` rows nearest to `query` `[d]`, best first; fewer if fewer."""
        k = min(k, len(self))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        with _one_thread():
            scores, ids = self._index.search(query.reshape(1, -1), k)
        is_found = ids[0] >= 0  # where a graph leads to fewer than k rows, -1 follows
        return ids[0][is_found], scores[0][is_found]

    def save(self, path: Path) -> None:
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Raises OSError or RuntimeError when the file is missing or not what `save` wrote."""
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        index = faiss.deserialize_index(data)
        if not isinstance(index, faiss.IndexIDMap2):
            raise RuntimeError(f"{path} holds a {type(index).__name__}, expected IndexIDMap2")
        rows = _rows_of(index)
        if not isinstance(rows, faiss.IndexFlatIP | faiss.IndexHNSWFlat):
            found = type(rows).__name__
            raise RuntimeError(f"{path} holds a {found}, expected IndexFlatIP or IndexHNSWFlat")
        if rows.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise RuntimeError(f"{path} measures distances, expected inner products")
        return cls(index)


def _graph(dimension: int) -> faiss.IndexHNSWFlat:
    graph = faiss.IndexHNSWFlat(dimension, _LINKS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = _BREADTH_OF_BUILDING
    graph.hnsw.efSearch = _BREADTH_OF_SEARCH
    return graph


def _rows_of(index: faiss.IndexIDMap2) -> faiss.Index:
    return faiss.downcast_index(index.index)


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS does all in the calling thread within.

    Several would link a graph in an unspecified order. In a search of one query they wait for each
    other longer than they work: of 1,000 rows on two busy cores 12 ms instead of 0.03.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
