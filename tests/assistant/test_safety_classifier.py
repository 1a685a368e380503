import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.disclaimer import URGENT
from assistant.errors import ModelInvalid
from assistant.safety.classifier import FOLDER, YES_OR_NO, Classifier
from assistant.training.safety import Example, heads_of, joined, table_examples

FILES = ("card.json", "heads.npz", "model.onnx", "tokenizer.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A classifier of which only the heads are another: two dimensions speak, one kind each."""
    for name in FILES:
        shutil.copyfile(FOLDER / name, tmp_path / name)
    heads = (*YES_OR_NO, "medical", "crisis")
    weights = np.zeros((384, len(heads)), np.float32)
    weights[0] = [2.0, -1.0, 0.0, 3.0, 0.0]
    weights[1] = [0.0, 1.0, 0.0, 0.0, 3.0]
    np.savez(
        tmp_path / "heads.npz", weights=weights, biases=np.array([-1, 0, -0.5, 0, 0], np.float32)
    )
    _card_again(tmp_path, heads)
    return tmp_path


def _card_again(folder: Path, heads: tuple[str, ...]) -> None:
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["heads"] = heads
    card["files"]["heads.npz"] = hashlib.sha256((folder / "heads.npz").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card), "utf-8")


def _vector(first: float, second: float) -> NDArray[np.float32]:
    row = np.zeros(384, np.float32)
    row[:2] = first, second
    return row


def test_scores_are_what_the_heads_say(folder: Path) -> None:
    scores = Classifier(folder).scores_of(_vector(1.0, 0.5))
    assert scores.urgent == pytest.approx(1.0)
    assert scores.personal == pytest.approx(-0.5)
    assert scores.off_topic == pytest.approx(-0.5)


def test_it_is_all_one_of_whom_a_front_desk_writes() -> None:
    classifier = Classifier.shipped()
    expected = classifier.scores("rosemary oil vs minoxidil, someone saw it on tiktok")
    for who in ("caller", "Patient", "pt", "client"):
        assert classifier.scores(f"rosemary oil vs minoxidil, {who} saw it on tiktok") == expected


def test_words_on_patients_in_general_are_read_as_they_are() -> None:
    classifier = Classifier.shipped()
    assert classifier.scores("patient stories") != classifier.scores("someone stories")


def test_where_no_kind_is_likely_it_is_the_general_one(folder: Path) -> None:
    classifier = Classifier(folder)
    assert classifier.scores_of(_vector(0.0, 1.0)).kind == "crisis"
    assert classifier.scores_of(_vector(1.0, 0.0)).kind == "medical"
    even = classifier.scores_of(_vector(0.1, 0.1 - 1e-6))
    assert even.kind == "medical"


def test_each_head_learns_from_the_messages_that_concern_it() -> None:
    examples = [
        Example("", "urgent", "direct", "crisis"),
        Example("", "urgent", "direct", "medical"),
        Example("", "personal", "plain"),
        Example("", "story", "plain"),
        Example("", "off_topic", "plain"),
    ]
    names, heads = heads_of(examples)
    assert names == ("urgent", "personal", "off_topic", "crisis", "medical")
    assert heads.of.T.tolist() == [
        [True] * 5,
        [False, False, True, False, True],
        [False, False, True, False, True],
        [True, True, False, False, False],
        [True, True, False, False, False],
    ]
    assert [np.flatnonzero(column).tolist() for column in heads.positive.T] == [
        [0, 1],
        [2],
        [4],
        [0],
        [1],
    ]


@pytest.mark.parametrize("name", FILES)
def test_missing_files_are_refused(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelInvalid, match=r"cannot be read.*check the files out again"):
        Classifier(folder)


def test_altered_files_are_refused(folder: Path) -> None:
    with (folder / "heads.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelInvalid, match=r"heads\.npz is damaged"):
        Classifier(folder)


def test_the_shipped_classifier_knows_every_kind_that_has_a_message() -> None:
    classifier = Classifier.shipped()
    assert classifier.heads[: len(YES_OR_NO)] == YES_OR_NO
    assert set(classifier.heads[len(YES_OR_NO) :]) <= set(URGENT)
    scores = classifier.scores("How does PRP work?")
    assert max(scores.urgent, scores.personal, scores.off_topic) < 0.0


TOLD = [Example(f"We have {n} cats and a garden.", "story", "plain") for n in range(8)]


def test_a_message_stays_what_it_is_with_other_things_told_beside_it() -> None:
    alone = [
        Example("fever since the drip", "urgent", "direct", "medical"),
        *TOLD,
        Example("what is PRP?", "answer", "plain"),
    ]
    among = joined(alone, seed=1)
    assert [(e.expect, e.kind) for e in among] == [("urgent", "medical"), ("answer", None)]
    assert "fever since the drip" in among[0].message
    assert any(told.message in among[0].message for told in TOLD)
    assert joined(alone, seed=1) == among


def test_the_rows_that_a_clinician_edits_are_learnt_from() -> None:
    learnt = {(e.message, e.expect, e.kind) for e in table_examples()}
    assert ("I peed blood after the lipo", "urgent", "medical") in learnt
    assert ("what should I ask before paying", "answer", None) in learnt
    assert ("hair dye burnt a hole in my bank account", "story", None) in learnt
