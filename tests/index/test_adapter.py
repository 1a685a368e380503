"""The map that turns a query towards answers."""

from pathlib import Path

import numpy as np
import pytest

from index.adapter import QueryAdapter
from index.models import find_model


def _adapter(embedder: str = "model@1") -> QueryAdapter:
    rng = np.random.default_rng(0)
    down = rng.normal(0, 0.1, (8, 2)).astype(np.float32)
    return QueryAdapter(down, rng.normal(0, 0.1, (2, 8)).astype(np.float32), embedder)


def test_an_adapted_vector_has_unit_length_and_is_the_same_each_time() -> None:
    vector = np.eye(8, dtype=np.float32)[0]
    adapted = _adapter().adapted(vector)
    assert np.linalg.norm(adapted) == pytest.approx(1.0, abs=1e-6)
    assert adapted.dtype == np.float32
    assert (adapted == _adapter().adapted(vector)).all()
    assert not np.allclose(adapted, vector)


def test_what_is_saved_is_read_in_half_precision(tmp_path: Path) -> None:
    path = tmp_path / "adapter.npz"
    _adapter().save(path)
    read = QueryAdapter.load(path)
    vector = np.eye(8, dtype=np.float32)[1]
    assert read.embedder == "model@1"
    assert np.allclose(read.adapted(vector), _adapter().adapted(vector), atol=1e-3)


def test_the_shipped_one_is_for_the_default_model_alone() -> None:
    shipped = QueryAdapter.shipped_for(find_model(None).identity)
    assert shipped is not None
    assert QueryAdapter.shipped_for("another@1") is None


def test_maps_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        QueryAdapter(np.zeros((8, 2), np.float32), np.zeros((3, 8), np.float32), "model@1")
