import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import (
    CrossEncoderSelector,
    Evidence,
    SimilaritySelector,
    Weights,
    candidates_of,
    closest,
)
from corpus.document import Span
from index.passage import Hit, Passage
from tests.fakes import Part, document

SHARE = st.floats(0, 1)
COSINE = st.floats(-1, 1)


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


@given(hits())
def test_every_sentence_comes_back_once_and_the_most_probable_first(found: list[Hit]) -> None:
    evidence = SimilaritySelector().select("anything", found)
    assert sorted(e.sentence for e in evidence) == sorted(
        sentence for hit in found for sentence in hit.passage.sentences
    )
    probabilities = [e.probability for e in evidence]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(e.sentence in e.passage.sentences for e in evidence)


@given(hits())
def test_selecting_is_deterministic(found: list[Hit]) -> None:
    assert SimilaritySelector().select("a", found) == SimilaritySelector().select("b", found)


def test_ties_keep_the_order_of_the_hits() -> None:
    second, first = _passage(0, 2), _passage(100, 2)
    evidence = SimilaritySelector(Weights(lead=0.0)).select(
        "anything", [_hit(first, scores=(0.5, 0.5)), _hit(second, scores=(0.5, 0.5))]
    )
    assert [e.sentence for e in evidence] == [*first.sentences, *second.sentences]


def test_a_sentence_found_twice_counts_as_its_better_find() -> None:
    passage = _passage(0, 1)
    weak, strong = _hit(passage, scores=(0.1,)), _hit(passage, scores=(0.9,))
    evidence = SimilaritySelector().select("anything", [weak, strong])
    assert evidence == SimilaritySelector().select("anything", [strong])


@pytest.mark.parametrize("weaker", ["scores", "overlaps", "question"])
def test_each_kind_of_evidence_makes_a_sentence_more_probable(weaker: str) -> None:
    def probability(scores: float, overlaps: float, question: float) -> float:
        hit = _hit(_passage(0, 1), scores=(scores,), overlaps=(overlaps,), question=question)
        return SimilaritySelector().select("anything", [hit])[0].probability

    strong = {"scores": 0.8, "overlaps": 0.8, "question": 0.8}
    assert probability(**strong) > probability(**{**strong, weaker: 0.2})


def test_what_opens_a_passage_is_preferred() -> None:
    passage = _passage(0, 2)
    evidence = SimilaritySelector().select("anything", [_hit(passage, scores=(0.5, 0.5))])
    assert evidence[0].sentence == passage.sentences[0]
    assert evidence[0].probability > evidence[1].probability


def test_a_cosine_below_zero_is_no_evidence_against() -> None:
    opposite = _hit(_passage(0, 1), scores=(-1.0,), question=-1.0)
    unrelated = _hit(_passage(0, 1), scores=(0.0,), question=0.0)
    selector = SimilaritySelector()
    assert selector.select("anything", [opposite]) == selector.select("anything", [unrelated])


def test_weights_however_large_give_a_probability() -> None:
    hit = _hit(_passage(0, 1), scores=(1.0,))
    for bias, expected in ((-5000.0, 0.0), (5000.0, 1.0)):
        evidence = SimilaritySelector(Weights(bias=bias)).select("anything", [hit])
        assert evidence[0].probability == expected


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


def test_of_what_was_read_the_sentence_that_answers_is_most_probable() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=4)
    evidence = selector.select("what is minoxidil", [_hit(PASSAGE, scores=(0.5,) * 5)])
    assert len(evidence) == 4
    assert evidence[0].sentence == SPANS[4]
    assert evidence[0].probability > 2 * evidence[1].probability
    assert selector.select("what is minoxidil", []) == ()
