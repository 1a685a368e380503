import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelInvalid
from assistant.safety.classifier import FOLDER, Classifier, Vector, Weights
from assistant.safety.reading import Reader
from assistant.training.safety import Example, Told, machine, tasks, train
from index.models import find_model


def _weights() -> Weights:
    return Weights(
        support=np.array([[127, 0, 0], [0, 127, 0]], np.int8),
        asking=np.array([0, 1], np.int16),
        scale=1 / 127,
        coefficients=np.array([[2.0, -1.0, 0.0, 1.0, 0.0], [-2.0, 1.0, 0.0, 0.0, 1.0]], np.float32),
        intercepts=np.array([0.0, 0.0, -0.5, 0.0, 0.0], np.float32),
        heads=("urgent", "personal", "off_topic", "medical", "crisis"),
        gamma=1.0,
        cue_scale=0.5,
        embedder="model@1",
    )


def _row(vector: list[float], *, cue: bool = False) -> Vector:
    return Classifier(_weights()).features(np.array(vector, np.float32), [cue])


def test_scores_are_what_the_kernel_says() -> None:
    scores = Classifier(_weights()).scores(_row([1.0, 0.0]))
    near, far = 1.0, np.exp(-2.0)
    assert scores.urgent == pytest.approx(2 * near - 2 * far, abs=1e-6)
    assert scores.personal == pytest.approx(far - near, abs=1e-6)
    assert scores.off_topic == pytest.approx(-0.5)
    assert scores.kind == "medical"


def test_where_no_kind_is_likely_it_is_the_general_one() -> None:
    intercepts = np.array([0.0, 0.0, -0.5, -2.0, -2.0], np.float32)
    crisis = _row([0.0, 1.0])
    assert Classifier(_weights()).scores(crisis).kind == "crisis"
    unsure = Classifier(replace(_weights(), intercepts=intercepts))
    assert unsure.scores(crisis).kind == "medical"


def test_a_cue_moves_the_scores() -> None:
    classifier = Classifier(_weights())
    row, cued = _row([1.0, 0.0]), _row([1.0, 0.0], cue=True)
    assert classifier.scores(cued).urgent < classifier.scores(row).urgent


def test_what_asks_moves_only_the_score_for_personal_advice() -> None:
    classifier = Classifier(_weights())
    row, asking = _row([1.0, 0.0]), _row([0.0, 1.0])
    alone, asked = classifier.scores(row), classifier.scores(row, asking)
    assert (asked.urgent, asked.off_topic) == (alone.urgent, alone.off_topic)
    assert asked.personal == pytest.approx(0.0, abs=1e-6)
    assert classifier.scores(row, row) == alone


def test_the_scores_are_those_of_the_machines_that_were_trained() -> None:
    random = np.random.default_rng(7)
    kinds = ["medical", "crisis"]
    expected = ["urgent", "personal", "answer", "off_topic", "story"] * 12
    examples = [Example("", e, "plain", kinds[i % 2]) for i, e in enumerate(expected)]
    messages, asking = random.uniform(-0.3, 0.3, (2, len(examples), 6)).astype(np.float32)
    asking[::2] = messages[::2]
    told = Told(messages, asking, ())
    classifier = Classifier(train(told, examples, "model@1"))
    found = [classifier.scores(*rows) for rows in zip(messages, asking, strict=True)]
    for task in list(tasks(examples))[:3]:
        rows = told.rows(task.head)
        fitted = machine().fit(rows[task.of], task.positive[task.of])
        scores = [getattr(score, task.head) for score in found]
        np.testing.assert_allclose(scores, fitted.decision_function(rows), atol=0.1)


def test_weights_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    weights = _weights()
    weights.save(tmp_path, {"examples": 2})
    read = Weights.read(tmp_path)
    assert read.heads == weights.heads
    assert (read.gamma, read.cue_scale, read.embedder) == (1.0, 0.5, "model@1")
    np.testing.assert_array_equal(read.support, weights.support)
    np.testing.assert_array_equal(read.asking, weights.asking)
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
    scores = classifier.scores(classifier.features(np.zeros(384, np.float32), cues))
    assert all(np.isfinite([scores.urgent, scores.personal, scores.off_topic]))
