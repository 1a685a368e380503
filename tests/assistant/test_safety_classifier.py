import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelInvalid
from assistant.safety.classifier import FOLDER, Classifier, Weights
from assistant.safety.reading import Reader
from index.models import find_model


def _weights() -> Weights:
    return Weights(
        support=np.array([[127, 0, 0], [0, 127, 0]], np.int8),
        scale=1 / 127,
        coefficients=np.array([[2.0, -1.0, 0.0, 1.0, 0.0], [-2.0, 1.0, 0.0, 0.0, 1.0]], np.float32),
        intercepts=np.array([0.0, 0.0, -0.5, 0.0, 0.0], np.float32),
        heads=("urgent", "personal", "off_topic", "medical", "crisis"),
        gamma=1.0,
        cue_scale=0.5,
        embedder="model@1",
    )


def test_scores_are_what_the_kernel_says() -> None:
    scores = Classifier(_weights()).scores(np.array([1.0, 0.0], np.float32), [False])
    near, far = 1.0, np.exp(-2.0)
    assert scores.urgent == pytest.approx(2 * near - 2 * far, abs=1e-6)
    assert scores.personal == pytest.approx(far - near, abs=1e-6)
    assert scores.off_topic == pytest.approx(-0.5)
    assert scores.kind == "medical"


def test_where_no_kind_is_likely_it_is_the_general_one() -> None:
    intercepts = np.array([0.0, 0.0, -0.5, -2.0, -2.0], np.float32)
    crisis = np.array([0.0, 1.0], np.float32)
    assert Classifier(_weights()).scores(crisis, [False]).kind == "crisis"
    unsure = Classifier(replace(_weights(), intercepts=intercepts))
    assert unsure.scores(crisis, [False]).kind == "medical"


def test_a_cue_moves_the_scores() -> None:
    classifier = Classifier(_weights())
    vector = np.array([1.0, 0.0], np.float32)
    assert classifier.scores(vector, [True]).urgent < classifier.scores(vector, [False]).urgent


def test_weights_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    weights = _weights()
    weights.save(tmp_path, {"examples": 2})
    read = Weights.read(tmp_path)
    assert read.heads == weights.heads
    assert (read.gamma, read.cue_scale, read.embedder) == (1.0, 0.5, "model@1")
    np.testing.assert_array_equal(read.support, weights.support)
    np.testing.assert_array_equal(read.coefficients, weights.coefficients)
    assert json.loads((tmp_path / "card.json").read_text())["examples"] == 2


@pytest.mark.parametrize("name", ["weights.npz", "card.json"])
def test_missing_weights_are_refused_by_name(name: str, tmp_path: Path) -> None:
    _weights().save(tmp_path, {})
    (tmp_path / name).unlink()
    with pytest.raises(ModelInvalid, match=r"cannot be read.*check the files out again"):
        Weights.read(tmp_path)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "model")
    with (tmp_path / "model" / "weights.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelInvalid, match="SHA-256"):
        Weights.read(tmp_path / "model")


def test_the_shipped_classifier_fits_the_default_embedder_and_the_cues_of_the_reader() -> None:
    classifier = Classifier.shipped()
    cues = Reader.shipped().read("anything").cues
    assert classifier.embedder == find_model(None).identity
    assert classifier.support.shape[1] == 384 + len(cues)
    scores = classifier.scores(np.zeros(384, np.float32), cues)
    assert all(np.isfinite([scores.urgent, scores.personal, scores.off_topic]))
