"""The encoder that puts queries beside what answers them."""

import shutil
from pathlib import Path

import pytest

from index import query_encoder
from index.embedding import OnnxEmbedder
from index.errors import EmbedderFailure
from index.models import find_model
from index.query_encoder import SHIPPED, query_encoder_for
from tests.evaluation.topics import grades, is_answerable, topics


def test_the_shipped_one_is_for_the_default_model_alone() -> None:
    assert query_encoder_for(find_model(None).identity) is not None
    assert query_encoder_for("another@1") is None


def test_answers_come_first_more_often_than_with_the_embedder(onnx_embedder: OnnxEmbedder) -> None:
    encoder = query_encoder_for(onnx_embedder.identity)
    assert encoder is not None
    first = {"embedder": 0, "encoder": 0}
    judged = [t for t in topics("dev") if not t.history and is_answerable(t.qid)][:80]
    for topic in judged:
        graded = {sentence: grade for (_, sentence), grade in grades()[topic.qid].items()}
        sentences = onnx_embedder.embed(list(graded))
        for name, embed in (("embedder", onnx_embedder.embed), ("encoder", encoder.embed)):
            closest = int((sentences @ embed([topic.question])[0]).argmax())
            first[name] += list(graded.values())[closest] == 2
    assert first["encoder"] >= first["embedder"] + 0.05 * len(judged), first


def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "weights"
    shutil.copytree(SHIPPED, altered)
    with (altered / "model.onnx").open("ab") as file:
        file.write(b"more")
    monkeypatch.setattr(query_encoder, "SHIPPED", altered)
    with pytest.raises(EmbedderFailure, match=r"model\.onnx is damaged"):
        query_encoder_for(find_model(None).identity)
