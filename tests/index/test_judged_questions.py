"""Judged questions: what is stored of them, and what they tell about a new one."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.training.topics import JUDGED_SPLITS, read_grades, read_topics
from corpus.document import Span
from index.embedding import Vectors
from index.errors import EmbedderFailure
from index.judged_questions import JudgedQuestions, StoredQuestions, sentence_key
from index.passage import Passage
from index.query_encoder import SHIPPED, query_encoder_for
from tests.evaluation.topics import FOLDER
from tests.fakes import Part, document

TEXT = "PRP is blood. Fat holds cells."
SENTENCES = (Span(0, 13), Span(14, 30))
QUESTIONS: Vectors = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], np.float32)
TEXTS = ("what is prp", "which tissue\nholds cells", "parking")
GRADES = [
    {("doc", "PRP is blood."): 2, ("doc", "Fat holds cells."): 1},
    {("doc", "Fat holds cells."): 2, ("doc", "PRP is blood."): 0},
    {},
]


def _stored() -> StoredQuestions:
    return StoredQuestions.of(TEXTS, QUESTIONS, GRADES, "encoder@1")


def _vector(*values: float) -> Vectors:
    return np.array(values, np.float32)


def _over(text: str, *sentences: Span) -> JudgedQuestions:
    span = Span(sentences[0].start, sentences[-1].end)
    passages = [Passage("doc", span, sentences, ("Title",))]
    return JudgedQuestions(_stored(), passages, {"doc": document("doc", "Title", [Part(text)])})


@pytest.fixture
def judged() -> JudgedQuestions:
    return _over(TEXT, *SENTENCES)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    _stored().save(tmp_path)
    found = StoredQuestions.read(tmp_path)
    assert found.encoder == "encoder@1"
    assert np.abs(found.vectors * found.scale - QUESTIONS).max() < 0.005
    blood, fat = sentence_key("doc", "PRP is blood."), sentence_key("doc", "Fat holds cells.")
    assert found.questions.tolist() == [0, 0, 1]
    assert found.sentences.tolist() == [fat, blood, fat]
    assert found.grades.tolist() == [1, 2, 2]
    assert found.texts == ("what is prp", "which tissue holds cells", "")


@pytest.mark.parametrize("lost", ["judged_questions.npz", "judged_questions.json"])
def test_a_missing_file_is_named(tmp_path: Path, lost: str) -> None:
    _stored().save(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(EmbedderFailure, match=f"{lost}.*check the files out again"):
        StoredQuestions.read(tmp_path)


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    _stored().save(tmp_path)
    replace(_stored(), questions=np.array([0, 0, 2], np.int32)).save(tmp_path / "..")
    (tmp_path / ".." / "judged_questions.npz").replace(tmp_path / "judged_questions.npz")
    with pytest.raises(EmbedderFailure, match="is not the file that"):
        StoredQuestions.read(tmp_path)


def test_each_sentence_has_the_closest_question_that_it_answers(judged: JudgedQuestions) -> None:
    near, away = judged.around(_vector(1, 0, 0)), judged.around(_vector(-1, 0, 0))
    assert near.questions_of(0, 2) == pytest.approx((1.0, 0.8), abs=0.01)
    assert away.questions_of(0, 2) == (0.0, 0.0)


def test_each_sentence_has_the_words_of_the_closest_question_that_it_answers_in_full() -> None:
    first, second = (0, 0), (0, 1)
    both = [{**GRADES[0], ("doc", "Fat holds cells."): 2}, *GRADES[1:]]
    stored = StoredQuestions.of(TEXTS, QUESTIONS, both, "encoder@1")
    passages = [Passage("doc", Span(0, 30), SENTENCES, ("Title",))]
    judged = JudgedQuestions(stored, passages, {"doc": document("doc", "Title", [Part(TEXT)])})
    near = judged.around(_vector(0.8, 0.6, 0))
    assert judged.asked_of(near, 0, 2) == ("what is prp", "which tissue holds cells")
    assert judged.closest_asked(near, second)[1] == pytest.approx(1.0, abs=0.01)
    assert judged.asked_of(judged.around(_vector(1, 0, 0)), 0, 2) == ("what is prp", "what is prp")
    without = judged.around(_vector(1, 0, 0), without=0)
    assert judged.closest_asked(without, first) == ("", 0.0)


def test_a_sentence_has_the_votes_of_the_questions_that_it_answers(judged: JudgedQuestions) -> None:
    first, second = judged.around(_vector(1, 0, 0)), judged.around(_vector(0.8, 0.6, 0))
    blood, fat = first.votes_of(0, 2)
    assert blood > fat > 0.0
    assert second.votes_of(0, 2)[1] > second.votes_of(0, 2)[0] > 0.0
    assert all(0.0 <= vote <= 1.0 for vote in (*first.votes_of(0, 2), *second.votes_of(0, 2)))
    assert first.votes_of(1, 1) == (0.0,)


def test_an_answer_in_part_counts_less_and_is_no_closest_question(judged: JudgedQuestions) -> None:
    alone = judged.around(_vector(1, 0, 0), without=1)
    blood, fat = alone.votes_of(0, 2)
    assert 0.5 * blood < fat < blood
    assert alone.questions_of(0, 2)[1] == 0.0


def test_a_question_that_is_left_out_has_no_vote(judged: JudgedQuestions) -> None:
    assert judged.around(_vector(1, 0, 0), without=0).questions_of(0, 2)[0] == 0.0


def test_a_question_is_as_its_neighbours_are(judged: JudgedQuestions) -> None:
    alone, among = judged.around(_vector(0, 0, 1)), judged.around(_vector(1, 0, 0))
    assert 0.0 < alone.share < 0.5 < among.share < 1.0


def test_what_no_passage_says_answers_nothing() -> None:
    found = _over("It is not. Fat holds cells.", Span(0, 10), Span(11, 27))
    assert found.around(_vector(1, 0, 0)).questions_of(0, 2)[0] == 0.0
    assert found.is_judged(0)
    assert not _over("Nothing of it.", Span(0, 14)).is_judged(0)


def test_the_shipped_ones_are_of_the_shipped_encoder() -> None:
    encoder = query_encoder_for(json.loads((SHIPPED / "card.json").read_text())["documents"])
    assert encoder is not None
    assert JudgedQuestions.shipped(encoder.identity, (), {}) is not None
    assert JudgedQuestions.shipped("another@1", (), {}) is None


def test_none_of_the_held_out_questions_is_among_the_shipped_ones() -> None:
    stored = StoredQuestions.read(SHIPPED)
    grades = read_grades(FOLDER)
    topics = [topic for topic in read_topics(FOLDER) if topic.split in JUDGED_SPLITS]
    expected = [
        (sentence_key(*key), grade)
        for topic in topics
        for key, grade in sorted(grades.get(topic.qid, {}).items())
        if grade > 0
    ]
    assert list(zip(stored.sentences.tolist(), stored.grades.tolist(), strict=True)) == expected
