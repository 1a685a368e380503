"""The shipped cross-encoder: what it reads, and what it makes of clear cases."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

import assistant.cross_encoder
from assistant.cross_encoder import (
    MARKER_ID,
    MAX_TOKENS,
    UNREAD,
    PassageTokenizer,
    SentenceCrossEncoder,
)
from assistant.errors import ModelInvalid

SHIPPED = Path(assistant.cross_encoder.__file__).parent / "models" / "selector"
TOKENIZER = PassageTokenizer(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")))
TEXTS = st.text(max_size=300)
COST = "PRP sessions are advertised at US$400 to US$2,000 in the United States, as of mid-2026."
EFFECTS = "Common side effects of PRP are soreness, swelling and a headache on the day."
MAKING = "PRP is made by spinning a person's own blood in a centrifuge."


@pytest.fixture(scope="module")
def encoder() -> SentenceCrossEncoder:
    return SentenceCrossEncoder.shipped()


@given(TEXTS, TEXTS, st.lists(TEXTS, min_size=1, max_size=8))
def test_no_text_makes_more_tokens_than_the_model_reads(
    question: str, heading: str, sentences: list[str]
) -> None:
    encoded = TOKENIZER.encode(question, heading, sentences)
    assert len(encoded.ids) == len(encoded.segments) <= MAX_TOKENS
    assert 1 <= encoded.sentences <= len(sentences)
    for start, end in encoded.parts:
        assert 0 < start < end < len(encoded.ids)
    assert all(encoded.ids[start] == MARKER_ID for start, _ in encoded.parts[1:])
    assert np.allclose(encoded.means().sum(1), 1.0)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how is prp made", 0),
        ("prp price usa", 1),
        ("what are the side effects of prp", 2),
    ],
)
def test_the_sentence_that_answers_scores_highest(
    encoder: SentenceCrossEncoder, question: str, answer: int
) -> None:
    scores = encoder.scores(question, "PRP for hair loss", [MAKING, COST, EFFECTS])
    assert int(scores.argmax()) == answer


def test_a_question_about_something_else_scores_lower(encoder: SentenceCrossEncoder) -> None:
    about = encoder.scores("how is prp made", "PRP explained", [MAKING]).max()
    other = encoder.scores("which knee brace is best", "PRP explained", [MAKING]).max()
    assert about > other + 1


def test_a_sentence_that_does_not_fit_is_no_answer(encoder: SentenceCrossEncoder) -> None:
    scores = encoder.scores("how is prp made", "PRP", [MAKING, "word " * 400, MAKING])
    assert scores[0] > UNREAD
    assert scores[2] == UNREAD


def test_an_altered_model_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "selector"
    shutil.copytree(SHIPPED, folder)
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    with pytest.raises(ModelInvalid, match=r"tokenizer\.json is not the file"):
        SentenceCrossEncoder(folder)


def test_a_missing_model_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="no usable model"):
        SentenceCrossEncoder(tmp_path)


def test_the_shipped_model_is_small_and_has_its_card() -> None:
    assert (SHIPPED / "model.onnx").stat().st_size <= 35_000_000
    assert {"identity", "base", "files"} <= json.loads((SHIPPED / "card.json").read_text()).keys()
