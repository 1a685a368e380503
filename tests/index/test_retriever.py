"""Hybrid search over a real index by the real embedder, and the fusion of rankings."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passage import Hit
from index.query_encoder import query_encoder_for
from index.retriever import as_rows, fuse
from index.storage import Index, open_index
from tests.index.places import Place
from tests.small_corpus import SmallIndex

RANKINGS = st.lists(st.lists(st.integers(0, 20), unique=True), max_size=4)


@pytest.fixture(scope="module")
def index(small_index: SmallIndex) -> Index:
    return open_index(small_index.data)


def _words(index: Index, hit: Hit) -> str:
    return hit.passage.span.of(index.documents[hit.passage.doc_id].text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("How much money is one session?", "between $500 and $1,500"),
        ("Which drugs are allowed for men and women?", "Finasteride is approved"),
        ("exosome aproval", "not approved any exosome"),
        ("What do I take along to the first visit?", "Bring a list of your medicines"),
        ("centrifuge", "spun in a centrifuge"),
    ],
)
def test_the_passage_that_answers_comes_first(index: Index, query: str, words: str) -> None:
    first = index.retriever.retrieve(query)[0]
    assert words in _words(index, first)


def test_hits_come_best_first_and_no_more_than_asked(index: Index) -> None:
    hits = index.retriever.retrieve("Does PRP work?", 20)
    assert len({hit.passage.passage_id for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert index.retriever.retrieve("Does PRP work?", 2) == hits[:2]
    assert index.retriever.retrieve("Does PRP work?", 0) == ()


def test_a_hit_says_how_near_the_query_is_to_each_of_its_parts(index: Index) -> None:
    query = "What does a PRP session cost?"
    (asking,) = index.embedder.embed([query])
    encoder = query_encoder_for(index.embedder.identity)
    assert encoder is not None
    (vector,) = encoder.embed([query])
    for hit in index.retriever.retrieve(query):
        text = index.documents[hit.passage.doc_id].text
        sentences = index.embedder.embed([s.of(text) for s in hit.passage.sentences])
        assert hit.sentence_scores == pytest.approx(sentences @ vector, abs=1e-5)
        words = f"{': '.join(hit.passage.heading_path)}: {_words(index, hit)}"
        assert hit.dense == pytest.approx(index.embedder.embed([words])[0] @ vector, abs=1e-5)
        section = index.documents[hit.passage.doc_id].section_of(hit.passage.span)
        assert section is not None
        heading = section.path[-1] if section.path else hit.passage.heading_path[0]
        assert hit.question == pytest.approx(index.embedder.embed([heading])[0] @ asking, abs=1e-5)
        assert all(0 <= overlap <= 1 for overlap in hit.sentence_overlaps)
    best = index.retriever.retrieve(query)[0]
    assert best.question == pytest.approx(1.0, abs=1e-5)
    assert best.lexical > 0
    assert best.sentence_overlaps[0] == 1.0


def test_a_heading_lends_its_words_to_the_sentences_under_it(index: Index) -> None:
    (hit,) = index.retriever.retrieve("PRP cost insurers", 1)
    assert "insurers" in _words(index, hit)
    assert hit.sentence_overlaps[1] == 1.0


@pytest.mark.parametrize("query", ["", " ", "?", "🧬", "\x00", "a" * 2000, "hair loss? " * 400])
def test_any_query_is_answered_with_hits(index: Index, query: str) -> None:
    assert index.retriever.retrieve(query)


def test_what_lies_past_the_embedders_end_does_not_count(index: Index) -> None:
    start = "What does it cost? " * 60
    one, other = (index.retriever.retrieve(start + end)[0] for end in ("shampoo", "blood"))
    assert one.dense == other.dense


def test_many_threads_get_the_same_hits(index: Index) -> None:
    queries = ["What is PRP?", "exosome approval", "shampoo", "hair loss"] * 5
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(index.retriever.retrieve, queries))
    assert together == [index.retriever.retrieve(query) for query in queries]


def test_the_closest_questions_are_headings_that_ask_each_once(index: Index) -> None:
    asked = index.retriever.closest_questions("Which treatments did the regulator allow?", 3)
    assert len(set(asked)) == len(asked) == 3
    assert asked[0] == "Which treatments are approved?"
    every = index.retriever.closest_questions("anything", 50)
    assert all(question.endswith("?") for question in every)
    assert "Words that a page could spoil" not in every
    assert index.retriever.closest_questions("anything", 0) == ()


def test_a_question_that_a_section_answers_leads_to_its_passages(place: Place) -> None:
    place.build()
    first = place.open().retriever.retrieve("Where does the plasma come from?")[0]
    assert first.passage.heading_path == ("Plasma from blood", "What is it made of?")
    assert first.question == pytest.approx(1.0, abs=1e-5)
    # More than vectors and words could give together.
    assert first.score > 2 / 61


@given(RANKINGS)
def test_fusion_ranks_each_number_once_and_by_its_sum(rankings: list[list[int]]) -> None:
    weights = [1.0, 0.5, 0.25, 2.0][: len(rankings)]
    fused = fuse(rankings, weights)
    assert {number for number, _ in fused} == {n for ranking in rankings for n in ranking}
    assert len(fused) == len(dict(fused))
    for number, score in fused:
        sums = (
            weight / (10 + ranking.index(number) + 1)
            for weight, ranking in zip(weights, rankings, strict=True)
            if number in ranking
        )
        assert score == pytest.approx(sum(sums))
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))


def test_what_two_sides_find_comes_before_what_one_side_finds_better() -> None:
    assert [number for number, _ in fuse([[1, 2], [3, 2]], [1.0, 1.0])] == [2, 1, 3]


@given(st.lists(st.integers(1, 4), max_size=6))
def test_rows_are_cut_by_their_counts(counts: list[int]) -> None:
    rows = np.arange(2 * sum(counts), dtype=np.float32).reshape(-1, 2)
    parts = as_rows(rows, counts)
    assert [len(part) for part in parts] == counts
    assert np.array_equal(np.vstack([np.empty((0, 2), np.float32), *parts]), rows)
