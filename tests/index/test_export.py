"""An export serves only where it was checked against its original and is what was written."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import export
from index.embedding import OnnxEmbedder, SentenceTransformerEmbedder
from index.errors import EmbedderFailure
from index.export import (
    check_export,
    export_folder,
    export_onnx,
    open_export,
    serving_embedder,
)
from index.models import find_model
from tests.index.conftest import SENTENCES
from tests.index.places import Place
from tests.index.tiny_models import save_tiny_model
from tests.small_corpus import SmallIndex


def _card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
    return card


def test_the_shipped_model_is_served_in_int8_that_agreed_on_real_sentences(
    small_index: SmallIndex,
) -> None:
    card = _card(export_folder(small_index.data, find_model(None)))
    assert card["variant"] == "int8"
    assert card["parity"]["fp32"]["least"] >= 0.9999
    assert card["parity"]["int8"]["mean"] >= 0.99
    assert card["parity"]["int8"]["sentences"] >= 8
    assert card["weights_sha256"] == find_model(None).weights_sha256


@pytest.mark.parametrize("kind", ["bert", "mpnet"])
def test_a_model_is_exported_with_what_serving_needs(tmp_path: Path, kind: str) -> None:
    original = SentenceTransformerEmbedder(
        find_model(save_tiny_model(tmp_path / "model", kind=kind))
    )
    folder = export_folder(tmp_path / "data", original.source)
    report = export_onnx(original, folder, SENTENCES)
    assert report.fp32.sentences == report.int8.sentences == len(SENTENCES)
    assert report.fp32.least >= 0.9999
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "tokenizer.json", "card.json"}
    opened = open_export(folder, original.source)
    assert opened.variant == report.variant == "int8"
    cosines = np.einsum("ij,ij->i", opened.embed(SENTENCES), original.embed(SENTENCES))
    assert cosines.mean() == pytest.approx(report.int8.mean, abs=1e-5)
    assert cosines.min() == pytest.approx(report.int8.least, abs=1e-5)


def _outliers(model: Any) -> None:
    """One huge activation of no effect, which takes all the steps of an int8 scale for itself."""
    for layer in model.encoder.layer:
        layer.intermediate.dense.bias.data[0] = 1e5
        layer.output.dense.weight.data *= 10
        layer.output.dense.weight.data[:, 0] = 0


def test_where_int8_does_not_hold_fp32_stays(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "model", spoil=_outliers)
    original = SentenceTransformerEmbedder(find_model(folder))
    report = export_onnx(original, tmp_path / "export", SENTENCES)
    assert report.int8.mean < export.INT8_MEAN_COSINE
    assert report.variant == "fp32"
    rows = open_export(tmp_path / "export", original.source).embed(SENTENCES)
    assert rows == pytest.approx(original.embed(SENTENCES), abs=1e-3)


def test_an_export_that_disagrees_is_not_kept(
    tiny_torch_embedder: SentenceTransformerEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "FP32_COSINE", 1.01)
    with pytest.raises(EmbedderFailure, match=r"agrees to 1\.0.* only, expected 1\.01"):
        export_onnx(tiny_torch_embedder, tmp_path / "models" / "tiny", SENTENCES)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"pooling": "cls"}, "pooled by cls"), ({"dense": True}, r"Transformer \+ Pooling \+ Dense")],
)
def test_a_model_of_another_make_is_not_exported(
    tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    source = find_model(save_tiny_model(tmp_path / "model", **options))
    with pytest.raises(EmbedderFailure, match=reason):
        export_onnx(SentenceTransformerEmbedder(source), tmp_path / "export", SENTENCES)
    assert not (tmp_path / "export").exists()


def test_an_export_replaces_the_one_before_and_what_killed_builds_left(
    tiny_torch_embedder: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny"
    for left in (folder, tmp_path / ".export-left"):
        left.mkdir()
        (left / "fp32.onnx").write_bytes(b"old")
    export_onnx(tiny_torch_embedder, folder, SENTENCES)
    assert {path.name for path in tmp_path.iterdir()} == {"tiny"}
    check_export(folder, tiny_torch_embedder.source)


def _flip(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return spoil


def _lose(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _rewrite(text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / "card.json").write_text(text, "utf-8")

    return spoil


def _change(**fields: object) -> Callable[[Path], None]:
    return lambda folder: _rewrite(json.dumps({**_card(folder), **fields}))(folder)


@pytest.mark.parametrize(
    "spoil",
    [
        _flip("model.onnx"),
        _flip("tokenizer.json"),
        _lose("model.onnx"),
        _lose("tokenizer.json"),
        _lose("card.json"),
        _rewrite(""),
        _rewrite("[]"),
        _rewrite("null"),
        _rewrite('{"format": 1}'),
        _change(identity="another@123456789abc"),
        _change(format=99),
        _change(files=["model.onnx"]),
    ],
)
def test_an_export_that_is_not_what_was_written_is_refused(
    place: Place, spoil: Callable[[Path], None]
) -> None:
    source = find_model(place.model)
    folder = export_folder(place.data, source)
    check_export(folder, source)
    spoil(folder)
    with pytest.raises(EmbedderFailure):
        open_export(folder, source)


def test_without_an_export_the_original_serves_and_the_log_says_so(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    source = find_model(place.model)
    with caplog.at_level(logging.WARNING):
        exported = serving_embedder(place.data, source)
        assert isinstance(exported, OnnxEmbedder)
        assert caplog.messages == []
        _lose("model.onnx")(export_folder(place.data, source))
        original = serving_embedder(place.data, source)
    assert isinstance(original, SentenceTransformerEmbedder)
    (message,) = caplog.messages
    assert "falling back to sentence-transformers" in message
    assert "model.onnx" in message
    cosines = np.einsum("ij,ij->i", original.embed(SENTENCES), exported.embed(SENTENCES))
    assert cosines.min() > 0.99
