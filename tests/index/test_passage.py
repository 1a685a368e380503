"""A passage or hit that would make no sense cannot be built."""

import pytest

from corpus.document import Span
from index.passage import Hit, Passage

SENTENCES = (Span(3, 10), Span(11, 20))
PASSAGE = Passage("d", Span(3, 20), SENTENCES, ("Title",))


def test_a_passage_is_named_by_its_place() -> None:
    assert PASSAGE.passage_id == "d:3-20"


@pytest.mark.parametrize(
    ("span", "sentences", "reason"),
    [
        (Span(3, 20), (), "holds no sentence"),
        (Span(2, 20), SENTENCES, "does not start and end with a sentence"),
        (Span(3, 21), SENTENCES, "does not start and end with a sentence"),
        (Span(3, 20), (Span(3, 12), Span(11, 20)), "overlap or are unordered"),
        (Span(3, 9), (Span(3, 10), Span(1, 2), Span(5, 9)), "overlap or are unordered"),
    ],
)
def test_a_passage_is_made_of_sentences_in_order(
    span: Span, sentences: tuple[Span, ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Passage("d", span, sentences, ("Title",))


@pytest.mark.parametrize("scores", [((0.1,), (0.2, 0.3)), ((0.1, 0.2), ()), ((), ())])
def test_a_hit_has_two_scores_for_each_sentence(
    scores: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    with pytest.raises(ValueError, match="needs 2 scores a side"):
        Hit(PASSAGE, 0.5, 0.5, 0.0, 0.0, *scores)
