import math
from dataclasses import replace

import pytest

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import CrossEncoderSelector, Evidence, Selection
from index.passage import Passage
from tests.assistant.hits import DOCUMENTS, PASSAGE, SPANS, hit_of, passage_of


@pytest.mark.parametrize("probability", [-0.01, 1.01, math.nan, math.inf])
def test_what_is_no_probability_cannot_be_evidence(probability: float) -> None:
    passage = passage_of(0, 1)
    with pytest.raises(ValueError, match="probability"):
        Evidence(passage, passage.sentences[0], probability)


def test_of_what_was_read_the_sentence_that_answers_is_most_probable() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=4)
    evidence = selector.select("what is minoxidil", [hit_of(PASSAGE, scores=(0.5,) * 5)]).evidence
    assert len(evidence) == 4
    assert evidence[0].sentence == SPANS[4]
    assert evidence[0].probability > 2 * evidence[1].probability
    assert selector.select("what is minoxidil", []) == Selection()


def test_of_a_whole_section_the_sentences_that_were_not_closest_are_read_too() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=2)
    hits = [hit_of(PASSAGE, scores=(0.5, 0.9, 0.7, 0.8, 0.1))]
    two = selector.select("what is minoxidil", hits).evidence
    assert len(two) == 2
    whole = selector.select("what is minoxidil", hits, whole_section=True).evidence
    assert {item.sentence for item in two} == {SPANS[1], SPANS[3]}
    assert {item.sentence for item in whole} == set(SPANS[1:])


def test_no_sentence_of_another_section_is_read_with_a_whole_one() -> None:
    selector = CrossEncoderSelector(SentenceCrossEncoder.shipped(), DOCUMENTS, sentences=1)
    elsewhere = replace(PASSAGE, heading_path=("Title", "Elsewhere"))
    first = Passage("doc", PASSAGE.sentences[4], (PASSAGE.sentences[4],), PASSAGE.heading_path)
    hits = [hit_of(first, scores=(0.9,)), hit_of(elsewhere, scores=(0.1,) * 5)]
    whole = selector.select("what is minoxidil", hits, whole_section=True)
    assert len(whole.evidence) == 1
