import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import (
    Calibration,
    CrossEncoderSelector,
    Evidence,
    Selection,
    Signals,
    Weights,
    candidates_of,
    closest,
    grounds_of,
    similarity,
)
from corpus.document import Span
from index.passage import Hit, Passage
from tests.fakes import Part, document

SHARE = st.floats(0, 1)
COSINE = st.floats(-1, 1)
Scores = NDArray[np.float64]
# Every tenth character begins another word, as in `_passage`.
NUMBERS = "".join(f"{number:08d}. " for number in range(60))
NUMBERED = {"doc": document("doc", "Title", [Part(NUMBERS)])}


def _passage(start: int, count: int, doc_id: str = "doc") -> Passage:
    sentences = tuple(Span(start + 10 * n, start + 10 * n + 9) for n in range(count))
    return Passage(doc_id, Span(sentences[0].start, sentences[-1].end), sentences, ("Title",))


def _hit(
    passage: Passage,
    *,
    scores: tuple[float, ...],
    overlaps: tuple[float, ...] | None = None,
    question: float = 0.0,
) -> Hit:
    return Hit(
        passage=passage,
        score=1.0,
        dense=0.0,
        lexical=0.0,
        question=question,
        sentence_scores=scores,
        sentence_overlaps=overlaps or (0.0,) * len(scores),
    )


@st.composite
def hits(draw: st.DrawFn) -> list[Hit]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        count = draw(st.integers(1, 4))
        found.append(
            _hit(
                _passage(100 * number, count),
                scores=tuple(draw(COSINE) for _ in range(count)),
                overlaps=tuple(draw(SHARE) for _ in range(count)),
                question=draw(COSINE),
            )
        )
    return found


@given(hits(), st.integers(1, 20))
def test_the_closest_come_once_each_and_in_order(found: list[Hit], most: int) -> None:
    ranked = closest(found, NUMBERED, most)
    every = [sentence for hit in found for sentence in hit.passage.sentences]
    assert len(ranked) == min(most, len(every))
    assert len({item.sentence for item in ranked}) == len(ranked)
    order = [(item.grounds, item.similarity) for item in ranked]
    assert order == sorted(order, reverse=True)
    assert all(item.sentence in item.passage.sentences for item in ranked)
    assert all(item.candidate.sentence == item.sentence.of(NUMBERS) for item in ranked)
    assert ranked == closest(found, NUMBERED, 20)[:most]


def test_ties_keep_the_order_of_the_hits() -> None:
    second, first = _passage(0, 2), _passage(100, 2)
    hits = [_hit(passage, scores=(0.5, 0.5)) for passage in (first, second)]
    ranked = closest(hits, NUMBERED, 4)
    assert [item.sentence for item in ranked] == [*first.sentences, *second.sentences]


def test_a_sentence_found_twice_counts_as_its_better_find() -> None:
    passage = _passage(0, 1)
    weak, strong = _hit(passage, scores=(0.1,)), _hit(passage, scores=(0.9,))
    assert closest([weak, strong], NUMBERED, 2) == closest([strong], NUMBERED, 2)


@pytest.mark.parametrize("weaker", ["scores", "overlaps", "question"])
def test_each_kind_of_evidence_brings_a_sentence_closer(weaker: str) -> None:
    def near(scores: float, overlaps: float, question: float) -> float:
        hit = _hit(_passage(0, 1), scores=(scores,), overlaps=(overlaps,), question=question)
        return similarity(Weights(), hit, 0)

    strong = {"scores": 0.8, "overlaps": 0.8, "question": 0.8}
    assert near(**strong) > near(**{**strong, weaker: 0.2})


def test_a_cosine_below_zero_is_no_evidence_against() -> None:
    opposite = _hit(_passage(0, 1), scores=(-1.0,), question=-1.0)
    unrelated = _hit(_passage(0, 1), scores=(0.0,), question=0.0)
    assert similarity(Weights(), opposite, 0) == similarity(Weights(), unrelated, 0)


SCORES = hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-5000, 5000))


SHARES = st.one_of(st.none(), st.floats(0.01, 0.99))


def _signals(
    scores: Scores,
    *,
    near: float = 0.0,
    share: float | None = None,
    known: int | None = None,
    is_asked: bool = False,
) -> Signals:
    """`known` is the number of the sentence that is known to answer."""
    count = len(scores)
    return Signals(
        scores,
        np.full(count, near),
        (share,) * count,
        (np.arange(count) == known).astype(int),
        np.full(count, is_asked),
    )


@given(SCORES, st.floats(-5000, 5000), SHARES)
def test_scores_however_large_give_probabilities(
    scores: Scores, near: float, share: float | None
) -> None:
    found = Calibration().probabilities(_signals(scores, near=near, share=share))
    assert ((found >= 0.0) & (found <= 1.0)).all()


@given(SCORES, SHARES)
def test_what_scores_higher_answers_more_probably(scores: Scores, share: float | None) -> None:
    found = Calibration().probabilities(_signals(scores, share=share))
    assert found[scores.argmax()] == found.max()


def test_what_answered_a_question_like_it_is_closer() -> None:
    def near(*questions: float) -> list[float]:
        hit = replace(_hit(_passage(0, 3), scores=(0.5,) * 3), sentence_questions=questions)
        return [similarity(Weights(), hit, number) for number in range(3)]

    none, close, less = near(0.0, 0.9, 0.6)
    assert none < less < close
    assert len(set(near(0.0, 0.5, 0.2))) == 1


def test_what_more_of_the_questions_around_vote_for_is_closer() -> None:
    hit = replace(_hit(_passage(0, 3), scores=(0.5,) * 3), sentence_votes=(0.1, 0.0, 0.6))
    some, none, most = (similarity(Weights(), hit, number) for number in range(3))
    assert none < some < most
    assert none == similarity(Weights(), replace(hit, sentence_votes=None), 1)


@given(SCORES, st.floats(-5000, 5000), SHARES)
def test_that_anything_answers_is_a_probability(
    scores: Scores, near: float, share: float | None
) -> None:
    assert 0.0 <= Calibration().answerable(_signals(scores, near=near, share=share)) <= 1.0


def test_a_question_among_answered_ones_is_answered_more_probably() -> None:
    def highest(share: float | None) -> float:
        return float(Calibration().probabilities(_signals(np.zeros(2), share=share)).max())

    def any_answers(share: float | None) -> float:
        return Calibration().answerable(_signals(np.zeros(2), share=share))

    for chance in (highest, any_answers):
        assert chance(0.1) < chance(0.5) < chance(0.9)
        assert chance(0.1) < chance(None) < chance(0.9)


@given(st.floats(-50, 50), SHARES)
def test_nearly_the_question_of_a_section_is_answered_more_readily(
    score: float, share: float | None
) -> None:
    fit, scores = Calibration(), np.array([score, score - 1.0])
    plain = fit.answerable(_signals(scores, share=share))
    asked = fit.answerable(_signals(scores, share=share, is_asked=True))
    assert 0.0 <= plain <= asked <= 1.0
    assert asked * (1.0 - plain) == pytest.approx(fit.asked * plain * (1.0 - asked), abs=1e-9)


def test_what_is_known_to_answer_ranks_higher_and_is_answered() -> None:
    fit, doubtful = Calibration(), np.array([-4.0, -5.0])
    assert fit.answerable(_signals(doubtful)) < fit.sure
    sure = _signals(doubtful, known=1)
    assert fit.ranks(sure).argmax() == 1
    assert fit.answerable(sure) == fit.probabilities(sure).max() == fit.sure
    clear = _signals(np.array([9.0, -5.0]), known=1)
    assert fit.ranks(clear).argmax() == 0
    assert fit.answerable(clear) == fit.answerable(_signals(np.array([9.0, -5.0])))


def test_a_sentence_is_known_to_answer_the_question_of_its_section_or_one_that_was_judged() -> None:
    plain = _hit(_passage(0, 2), scores=(0.5, 0.5))
    asked = _hit(_passage(0, 2), scores=(0.5, 0.5), question=0.99)
    judged, both = (replace(hit, sentence_questions=(0.99, 0.5)) for hit in (plain, asked))
    grounds = [
        [grounds_of(hit, number) for number in range(2)] for hit in (plain, asked, judged, both)
    ]
    assert grounds == [[0, 0], [1, 1], [1, 0], [2, 1]]


def test_what_is_known_to_answer_is_read_though_others_are_closer() -> None:
    hits = [_hit(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))]
    judged = replace(hits[0], sentence_questions=(0.0, 0.0, 0.0, 0.0, 0.99))
    [first] = closest([judged], DOCUMENTS, 1)
    assert first.sentence == SPANS[4]
    assert first.grounds == 1


@pytest.mark.parametrize("probability", [-0.01, 1.01, math.nan, math.inf])
def test_what_is_no_probability_cannot_be_evidence(probability: float) -> None:
    passage = _passage(0, 1)
    with pytest.raises(ValueError, match="probability"):
        Evidence(passage, passage.sentences[0], probability)


TEXT = "PRP is blood. It is spun. Fat holds cells. PRP is blood. Minoxidil is a drug."
SPANS = (Span(0, 13), Span(14, 25), Span(26, 42), Span(43, 56), Span(57, 77))
PASSAGE = Passage("doc", Span(0, 77), SPANS, ("Title", "Section"))
DOCUMENTS = {"doc": document("doc", "Title", [Part(TEXT)])}


def test_a_candidate_has_its_heading_path_and_what_it_leans_on() -> None:
    found = candidates_of(PASSAGE, TEXT)
    assert [c.sentence for c in found] == [span.of(TEXT) for span in SPANS]
    assert {c.heading for c in found} == {"Title: Section"}
    assert [c.before for c in found] == ["", "PRP is blood.", "", "", ""]


def test_the_closest_sentences_are_read_and_none_of_the_same_words_twice() -> None:
    found = closest([_hit(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))], DOCUMENTS, 3)
    assert [item.sentence for item in found] == [SPANS[1], SPANS[3], SPANS[2]]
    everything = closest([_hit(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))], DOCUMENTS, 9)
    assert len(everything) == 4


def test_a_question_is_no_candidate() -> None:
    text = "What is PRP? PRP is blood. "
    documents = {"doc": document("doc", "Title", [Part(text)])}
    asked, told = Span(0, 12), Span(13, 26)
    passage = Passage("doc", Span(0, 26), (asked, told), ("Title",))
    found = closest([_hit(passage, scores=(0.9, 0.1))], documents, 2)
    assert [item.sentence for item in found] == [told]


def test_of_what_was_read_the_sentence_that_answers_is_most_probable() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=4)
    evidence = selector.select("what is minoxidil", [_hit(PASSAGE, scores=(0.5,) * 5)]).evidence
    assert len(evidence) == 4
    assert evidence[0].sentence == SPANS[4]
    assert evidence[0].probability > 2 * evidence[1].probability
    assert selector.select("what is minoxidil", []) == Selection()


def test_of_a_whole_section_the_sentences_that_were_not_closest_are_read_too() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=2)
    hits = [_hit(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))]
    two = selector.select("what is minoxidil", hits).evidence
    assert len(two) == 2
    whole = selector.select("what is minoxidil", hits, whole_section=True).evidence
    assert {item.sentence for item in two} == {SPANS[1], SPANS[3]}
    assert {item.sentence for item in whole} == set(SPANS[1:])


def test_no_sentence_of_another_section_is_read_with_a_whole_one() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=1)
    elsewhere = replace(PASSAGE, heading_path=("Title", "Elsewhere"))
    first = Passage("doc", PASSAGE.sentences[4], (PASSAGE.sentences[4],), PASSAGE.heading_path)
    hits = [_hit(first, scores=(0.9,)), _hit(elsewhere, scores=(0.1,) * 5)]
    whole = selector.select("what is minoxidil", hits, whole_section=True)
    assert len(whole.evidence) == 1
