"""Nearest vectors: all or nearly all, under our own ids, the same after a round trip to disk."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.dense import EXACT_UP_TO, FaissStore
from index.embedding import Vectors

SWITCH = 2000


def _rows(count: int, seed: int = 0, dimension: int = 16) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _like_sentences(count: int, seed: int = 0) -> Vectors:
    """Unit rows `[count, 384]` that lie as sentences of one field do.

    Each mixes a few of 200 topics, which themselves share a direction, and has something of its
    own: the cosine of its nearest row is about 0.7, that of any other about 0.35.
    """
    of_topics = np.random.default_rng(99)
    topics = of_topics.normal(size=(200, 384)) + 0.4 * of_topics.normal(size=384)
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(200, 0.02), size=count)
    rows = weights @ topics + 0.3 * rng.normal(size=(count, 384))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


Many = tuple[FaissStore, Vectors, NDArray[np.int64]]


@pytest.fixture(scope="module")
def many() -> Many:
    """A store one row above the switch, its rows and their ids."""
    rows = _like_sentences(SWITCH + 1)
    ids = np.random.default_rng(5).permutation(10 * len(rows))[: len(rows)].astype(np.int64)
    return FaissStore.of(rows, ids, exact_up_to=SWITCH), rows, ids


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


def test_few_rows_are_stored_as_they_always_were(tmp_path: Path) -> None:
    rows, ids = _rows(SWITCH), np.arange(SWITCH, dtype=np.int64)
    plain = faiss.IndexIDMap2(faiss.IndexFlatIP(16))
    plain.add_with_ids(rows, ids)
    store = FaissStore.of(rows, ids)
    store.save(tmp_path / "rows.faiss")
    assert EXACT_UP_TO >= SWITCH
    assert store.is_exact
    assert (tmp_path / "rows.faiss").read_bytes() == faiss.serialize_index(plain).tobytes()


def test_the_switch_lies_above_the_number_given() -> None:
    rows = _rows(31)
    exact, graph = (FaissStore.of(rows, np.arange(31), exact_up_to=n) for n in (31, 30))
    assert (exact.is_exact, graph.is_exact) == (True, False)
    assert len(exact) == len(graph) == 31


def test_of_many_rows_nearly_all_of_the_nearest_are_found_best_first(many: Many) -> None:
    store, rows, ids = many
    assert not store.is_exact
    recalls = []
    for query in _like_sentences(100, seed=1):
        found, cosines = store.search(query, 40)
        cosine_of = dict(zip(ids.tolist(), rows @ query, strict=True))
        assert cosines == pytest.approx([cosine_of[i] for i in found.tolist()], abs=1e-5)
        assert cosines.tolist() == sorted(cosines.tolist(), reverse=True)
        assert len(set(found.tolist())) == 40
        nearest = ids[np.argsort(-(rows @ query))[:40]]
        recalls.append(np.isin(nearest, found).mean())
    assert np.mean(recalls) >= 0.97


def test_each_of_many_rows_is_found_under_the_id_that_we_gave_it(many: Many) -> None:
    store, rows, ids = many
    assert [int(store.search(row, 1)[0][0]) for row in rows[::20]] == ids[::20].tolist()


def test_a_store_of_many_rows_is_the_same_after_a_round_trip_to_disk(
    many: Many, tmp_path: Path
) -> None:
    store, path = many[0], tmp_path / "rows.faiss"
    store.save(path)
    again = FaissStore.load(path)
    assert not again.is_exact
    for query in _like_sentences(5, seed=1):
        (ids, scores), (found, cosines) = store.search(query, 40), again.search(query, 40)
        assert np.array_equal(found, ids)
        assert np.array_equal(cosines, scores)
    again.save(tmp_path / "again.faiss")
    assert (tmp_path / "again.faiss").read_bytes() == path.read_bytes()


def test_the_same_rows_give_the_same_bytes_whatever_the_number_of_threads(
    many: Many, tmp_path: Path
) -> None:
    store, rows, ids = many
    store.save(tmp_path / "first.faiss")
    threads = faiss.omp_get_max_threads()
    try:
        faiss.omp_set_num_threads(4)
        FaissStore.of(rows, ids, exact_up_to=SWITCH).save(tmp_path / "second.faiss")
        assert faiss.omp_get_max_threads() == 4
    finally:
        faiss.omp_set_num_threads(threads)
    assert (tmp_path / "first.faiss").read_bytes() == (tmp_path / "second.faiss").read_bytes()


def test_a_graph_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.faiss"
    FaissStore.of(_rows(60), np.arange(60), exact_up_to=0).save(path)
    whole = path.read_bytes()
    for length in (*range(0, len(whole), 997), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(RuntimeError):
            FaissStore.load(path)


def test_a_graph_that_leads_out_of_its_rows_is_refused(tmp_path: Path) -> None:
    graph = faiss.IndexHNSWFlat(16, 32, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(graph)
    index.add_with_ids(_rows(60), np.arange(60))
    links: Any = graph.hnsw
    neighbours = faiss.vector_to_array(links.neighbors)
    neighbours[neighbours == 7] = 60
    faiss.copy_array_to_vector(neighbours, links.neighbors)
    (tmp_path / "rows.faiss").write_bytes(faiss.serialize_index(index).tobytes())
    with pytest.raises(RuntimeError):
        FaissStore.load(tmp_path / "rows.faiss")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (faiss.IndexLSH(16, 8), r"IndexLSH.*expected IndexFlatIP or IndexHNSWFlat"),
        (faiss.IndexFlatL2(16), r"IndexFlatL2.*expected IndexFlatIP or IndexHNSWFlat"),
        (faiss.IndexHNSWFlat(16, 4), r"distances.*expected inner products"),
    ],
)
def test_a_store_of_another_kind_is_refused(
    tmp_path: Path, rows: faiss.Index, message: str
) -> None:
    path = tmp_path / "rows.faiss"
    path.write_bytes(faiss.serialize_index(faiss.IndexIDMap2(rows)).tobytes())
    with pytest.raises(RuntimeError, match=message):
        FaissStore.load(path)
