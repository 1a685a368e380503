from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ordering import Weights, candidates_of, closest, grounds_of, similarity
from corpus.document import Span
from index.passage import Hit, Passage
from tests.assistant.hits import DOCUMENTS, PASSAGE, SPANS, TEXT, hit_of, passage_of
from tests.fakes import Part, document

SHARE = st.floats(0, 1)
COSINE = st.floats(-1, 1)
# Every tenth character begins another word, as in `passage_of`.
NUMBERS = "".join(f"{number:08d}. " for number in range(60))
NUMBERED = {"doc": document("doc", "Title", [Part(NUMBERS)])}


@st.composite
def hits(draw: st.DrawFn) -> list[Hit]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        count = draw(st.integers(1, 4))
        found.append(
            hit_of(
                passage_of(100 * number, count),
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
    second, first = passage_of(0, 2), passage_of(100, 2)
    hits = [hit_of(passage, scores=(0.5, 0.5)) for passage in (first, second)]
    ranked = closest(hits, NUMBERED, 4)
    assert [item.sentence for item in ranked] == [*first.sentences, *second.sentences]


def test_a_sentence_found_twice_counts_as_its_better_find() -> None:
    passage = passage_of(0, 1)
    weak, strong = hit_of(passage, scores=(0.1,)), hit_of(passage, scores=(0.9,))
    assert closest([weak, strong], NUMBERED, 2) == closest([strong], NUMBERED, 2)


@pytest.mark.parametrize("weaker", ["scores", "overlaps", "question"])
def test_each_kind_of_evidence_brings_a_sentence_closer(weaker: str) -> None:
    def near(scores: float, overlaps: float, question: float) -> float:
        hit = hit_of(passage_of(0, 1), scores=(scores,), overlaps=(overlaps,), question=question)
        return similarity(Weights(), hit, 0)

    strong = {"scores": 0.8, "overlaps": 0.8, "question": 0.8}
    assert near(**strong) > near(**{**strong, weaker: 0.2})


def test_a_cosine_below_zero_is_no_evidence_against() -> None:
    opposite = hit_of(passage_of(0, 1), scores=(-1.0,), question=-1.0)
    unrelated = hit_of(passage_of(0, 1), scores=(0.0,), question=0.0)
    assert similarity(Weights(), opposite, 0) == similarity(Weights(), unrelated, 0)


def test_what_answered_a_question_like_it_is_closer() -> None:
    def near(*questions: float) -> list[float]:
        hit = replace(hit_of(passage_of(0, 3), scores=(0.5,) * 3), sentence_questions=questions)
        return [similarity(Weights(), hit, number) for number in range(3)]

    none, close, less = near(0.0, 0.9, 0.6)
    assert none < less < close
    assert len(set(near(0.0, 0.5, 0.2))) == 1


def test_what_more_of_the_questions_around_vote_for_is_closer() -> None:
    hit = replace(hit_of(passage_of(0, 3), scores=(0.5,) * 3), sentence_votes=(0.1, 0.0, 0.6))
    some, none, most = (similarity(Weights(), hit, number) for number in range(3))
    assert none < some < most
    assert none == similarity(Weights(), replace(hit, sentence_votes=None), 1)


def test_a_sentence_is_known_to_answer_the_question_of_its_section_or_one_that_was_judged() -> None:
    plain = hit_of(passage_of(0, 2), scores=(0.5, 0.5))
    asked = hit_of(passage_of(0, 2), scores=(0.5, 0.5), question=0.99)
    judged, both = (replace(hit, sentence_questions=(0.99, 0.5)) for hit in (plain, asked))
    grounds = [
        [grounds_of(hit, number) for number in range(2)] for hit in (plain, asked, judged, both)
    ]
    assert grounds == [[0, 0], [1, 1], [1, 0], [2, 1]]


def test_what_is_known_to_answer_is_read_though_others_are_closer() -> None:
    hits = [hit_of(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))]
    judged = replace(hits[0], sentence_questions=(0.0, 0.0, 0.0, 0.0, 0.99))
    [first] = closest([judged], DOCUMENTS, 1)
    assert first.sentence == SPANS[4]
    assert first.grounds == 1


def test_a_candidate_has_its_heading_path_and_what_it_leans_on() -> None:
    found = candidates_of(PASSAGE, TEXT)
    assert [c.sentence for c in found] == [span.of(TEXT) for span in SPANS]
    assert {c.heading for c in found} == {"Title: Section"}
    assert [c.before for c in found] == ["", "PRP is blood.", "", "", ""]


def test_the_closest_sentences_are_read_and_none_of_the_same_words_twice() -> None:
    found = closest([hit_of(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))], DOCUMENTS, 3)
    assert [item.sentence for item in found] == [SPANS[1], SPANS[3], SPANS[2]]
    everything = closest([hit_of(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))], DOCUMENTS, 9)
    assert len(everything) == 4


def test_a_question_is_no_candidate() -> None:
    text = "What is PRP? PRP is blood. "
    documents = {"doc": document("doc", "Title", [Part(text)])}
    asked, told = Span(0, 12), Span(13, 26)
    passage = Passage("doc", Span(0, 26), (asked, told), ("Title",))
    found = closest([hit_of(passage, scores=(0.9, 0.1))], documents, 2)
    assert [item.sentence for item in found] == [told]


def test_a_sentence_is_read_beside_the_closest_question_that_it_answers() -> None:
    hit = hit_of(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))
    assert {ranked.candidate.asked for ranked in closest([hit], DOCUMENTS, 5)} == {""}
    known = replace(hit, sentence_asked=("", "is it blood", "", "", ""))
    first = closest([known], DOCUMENTS, 1)[0]
    assert (first.sentence, first.candidate.asked) == (SPANS[1], "is it blood")
