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
    Candidate,
    PairTokenizer,
    SentenceCrossEncoder,
)
from assistant.errors import ModelInvalid

SHIPPED = Path(assistant.cross_encoder.__file__).parent / "models" / "selector"
TOKENIZER = PairTokenizer(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")))
TEXTS = st.text(max_size=300)
COST = "PRP sessions are advertised at US$400 to US$2,000 in the United States, as of mid-2026."
EFFECTS = "Common side effects of PRP are soreness, swelling and a headache on the day."
MAKING = "PRP is made by spinning a person's own blood in a centrifuge."


def _candidates(*sentences: str) -> list[Candidate]:
    return [Candidate(sentence, "PRP for hair loss") for sentence in sentences]


@pytest.fixture(scope="module")
def encoder() -> SentenceCrossEncoder:
    return SentenceCrossEncoder.shipped()


@given(TEXTS, st.lists(st.builds(Candidate, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_no_text_makes_more_tokens_than_the_model_reads(
    question: str, candidates: list[Candidate]
) -> None:
    for encoded in TOKENIZER.encode(question, candidates):
        assert len(encoded.ids) == len(encoded.segments) <= MAX_TOKENS
        assert 0 < encoded.question[0] < encoded.question[1] <= encoded.sentence[0]
        assert encoded.sentence[0] < encoded.sentence[1] < len(encoded.ids)
        assert encoded.ids[encoded.sentence[0]] == MARKER_ID
        assert encoded.ids.count(MARKER_ID) == 1
        assert np.allclose(encoded.means().sum(1), 1.0)


def test_the_end_of_a_long_heading_is_kept_and_the_beginning_of_a_long_sentence() -> None:
    def words(first: str, last: str) -> str:
        return f"{first} {'hair ' * 400}{last}"

    [encoded] = TOKENIZER.encode("q", [Candidate(words("scalp", "fat"), words("skin", "blood"))])
    read = Tokenizer.from_file(str(SHIPPED / "tokenizer.json")).decode(encoded.ids)
    assert "blood" in read
    assert "scalp" in read
    assert "skin" not in read
    assert "fat" not in read


def test_what_a_sentence_is_known_to_answer_stands_between_the_question_and_its_heading() -> None:
    read = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    plain, beside = TOKENIZER.encode(
        "prp price",
        [Candidate("It is dear.", "Cost"), Candidate("It is dear.", "Cost", asked="cost?")],
    )
    ends = [n for n, token in enumerate(beside.ids) if token == read.token_to_id("[SEP]")]
    assert len(ends) == 3
    assert read.decode(beside.ids[ends[0] : ends[1]]) == "cost?"
    assert (*beside.ids[: ends[0]], *beside.ids[ends[1] :]) == plain.ids
    assert set(beside.segments[ends[0] + 1 :]) == {1}


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
    scores = encoder.scores(question, _candidates(MAKING, COST, EFFECTS))
    assert int(scores.argmax()) == answer


def test_a_question_about_something_else_scores_lower(encoder: SentenceCrossEncoder) -> None:
    about = encoder.scores("how is prp made", _candidates(MAKING)).max()
    other = encoder.scores("which knee brace is best", _candidates(MAKING)).max()
    assert about > other + 1


def test_a_score_does_not_depend_on_what_is_weighed_beside_it(
    encoder: SentenceCrossEncoder,
) -> None:
    alone = encoder.scores("how is prp made", _candidates(MAKING))
    among = encoder.scores("how is prp made", _candidates(COST, "word " * 400, MAKING))
    assert alone[0] == among[2]


def test_no_candidates_have_no_scores(encoder: SentenceCrossEncoder) -> None:
    assert encoder.scores("how is prp made", []).shape == (0,)


def test_what_a_sentence_leans_on_is_read(encoder: SentenceCrossEncoder) -> None:
    question, leaning = "what does prp cost", "It is advertised at US$400 to US$2,000 a session."
    prp, transplant = "PRP is an injection.", "A hair transplant is an operation."
    about, other = encoder.scores(
        question, [Candidate(leaning, "", prp), Candidate(leaning, "", transplant)]
    )
    assert about > other


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
