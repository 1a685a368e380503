"""Exact search against a graph and against inverted lists, by the number of rows.

`python -m tests.benchmarks.nearest [--data DIR] [--sizes N ...] [--lists]` moves the vectors of the
index in DIR as `tests.benchmarks.scaling` does until there are enough rows, and searches for the 40
nearest to questions of the development split. Printed are the processor time of a search in
milliseconds (median), the share of the exact 40 that it finds, and the processor time of building.
Everything runs in one thread.
"""

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from assistant.settings import Settings
from index.dense import FaissStore
from index.embedding import Vectors
from index.files import read_vectors
from index.storage import current_generation, open_index
from tests.benchmarks.scaling import perturbed
from tests.evaluation.topics import topics

_SIZES = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_DEPTH = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--asked", type=int, default=100)
    parser.add_argument("--lists", action="store_true", help="measure inverted lists, too")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    embedder = open_index(options.data).embedder
    sample = random.Random(1).sample([t.question for t in topics("dev")], options.asked)
    asked = embedder.embed([embedder.truncated(question) for question in sample])
    vectors = read_vectors(current_generation(options.data))
    _compare("the index's own rows", vectors, asked, lists=options.lists)
    rng = np.random.default_rng(1)
    for size in options.sizes:
        rows = perturbed(vectors[rng.integers(0, len(vectors), size)], vectors, rng)
        _compare("moved rows", rows, asked, lists=options.lists)


def _compare(name: str, rows: Vectors, asked: Vectors, *, lists: bool) -> None:
    print(f"{len(rows)} {name}")
    ids = np.arange(len(rows), dtype=np.int64)
    exact = _measure("exact", FaissStore.of(rows, ids, exact_up_to=len(rows)), asked, None)
    began = time.process_time()
    graph = FaissStore.of(rows, ids, exact_up_to=0)
    print(f"  graph built in {time.process_time() - began:.1f} s")
    _measure("graph", graph, asked, exact)
    if lists:
        began = time.process_time()
        inverted = _inverted(rows, ids)
        print(f"  lists built in {time.process_time() - began:.1f} s")
        _measure("lists", inverted, asked, exact)


def _measure(
    name: str, store: FaissStore, asked: Vectors, exact: Sequence[NDArray[np.int64]] | None
) -> list[NDArray[np.int64]]:
    found, taken = [], []
    for query in asked:
        began = time.thread_time()
        ids, _ = store.search(query, _DEPTH)
        taken.append((time.thread_time() - began) * 1e3)
        found.append(ids)
    shares = [np.isin(a, b).mean() for a, b in zip(exact or found, found, strict=True)]
    print(
        f"  {name}: {statistics.median(taken):.3f} ms, recall {np.mean(shares):.4f} "
        f"(least {min(shares):.2f})",
        flush=True,
    )
    return found


def _inverted(rows: Vectors, ids: NDArray[np.int64]) -> FaissStore:
    """Lists as `index.dense` might keep them: about 3 times the root of the rows, 1 in 8 read."""
    count = max(8, round(3.2 * len(rows) ** 0.5))
    coarse = faiss.IndexFlatIP(rows.shape[1])
    inverted = faiss.IndexIVFFlat(coarse, rows.shape[1], count, faiss.METRIC_INNER_PRODUCT)
    inverted.cp.max_points_per_centroid = 64
    inverted.nprobe = max(1, count // 8)
    inverted.train(rows)
    store = faiss.IndexIDMap2(inverted)
    store.add_with_ids(rows, ids)
    return FaissStore(store)


if __name__ == "__main__":
    main()
