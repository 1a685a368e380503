"""Nearest vectors: exact, under our own ids, the same after a round trip to disk."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import FaissStore
from index.embedding import Vectors


def _rows(count: int, seed: int = 0, dimension: int = 16) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@given(st.integers(0, 40), st.integers(1, 60), st.integers(0, 1000))
def test_the_nearest_rows_come_best_first_with_their_cosines(count: int, k: int, seed: int) -> None:
    rows, query = _rows(count, seed), _rows(1, seed + 1)[0]
    ids, scores = FaissStore.of(rows, np.arange(count, dtype=np.int64)).search(query, k)
    assert ids.tolist() == np.argsort(-(rows @ query)).tolist()[:k]
    assert scores == pytest.approx((rows @ query)[ids], abs=1e-5)


def test_a_row_is_found_under_the_id_that_we_gave_it() -> None:
    rows, ids = _rows(4), np.array([70, 3, 2**40, 12], dtype=np.int64)
    store = FaissStore.of(rows, ids)
    assert [int(store.search(row, 1)[0][0]) for row in rows] == ids.tolist()
    assert len(store) == 4


def test_a_store_is_the_same_after_a_round_trip_to_disk(tmp_path: Path) -> None:
    rows, ids = _rows(30), np.arange(100, 130, dtype=np.int64)
    store, path = FaissStore.of(rows, ids), tmp_path / "rows.faiss"
    store.save(path)
    again = FaissStore.load(path)
    assert len(again) == 30
    for query in _rows(5, seed=1):
        (ids, scores), (found, cosines) = store.search(query, 7), again.search(query, 7)
        assert np.array_equal(found, ids)
        assert np.array_equal(cosines, scores)
    again.save(tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == path.read_bytes()


def test_an_empty_store_finds_nothing_even_after_a_round_trip(tmp_path: Path) -> None:
    FaissStore.of(_rows(0), np.empty(0, dtype=np.int64)).save(tmp_path / "rows.faiss")
    ids, scores = FaissStore.load(tmp_path / "rows.faiss").search(_rows(1)[0], 3)
    assert (ids.tolist(), scores.tolist()) == ([], [])


def test_a_missing_file_and_one_that_is_no_store_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.faiss"
    with pytest.raises(OSError, match=r"rows\.faiss"):
        FaissStore.load(path)
    for content in (b"", b"not a store at all"):
        path.write_bytes(content)
        with pytest.raises(RuntimeError):
            FaissStore.load(path)


def test_a_store_without_our_ids_is_refused(tmp_path: Path) -> None:
    flat = faiss.IndexFlatIP(16)
    flat.add(_rows(3))
    (tmp_path / "rows.faiss").write_bytes(faiss.serialize_index(flat).tobytes())
    with pytest.raises(RuntimeError, match=r"IndexFlat.*expected IndexIDMap2"):
        FaissStore.load(tmp_path / "rows.faiss")
