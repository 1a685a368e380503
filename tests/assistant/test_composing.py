"""What is quoted: whole thoughts, each once, word for word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composing import MAX_STATEMENTS, Composition, joined
from assistant.context import stands_alone
from assistant.selection import Evidence
from corpus.document import SourceType
from tests.assistant.compositions import (
    composition_of,
    document_of,
    evidence_of,
    quoted_of,
    statements_of,
)


def test_statements_of_one_document_stand_in_reading_order() -> None:
    assert quoted_of(
        [(2, 0.9), (0, 0.86)], "Alpha comes first.", "Bravo.", "Cells go last here."
    ) == [
        "Alpha comes first.",
        "Cells go last here.",
    ]


@pytest.mark.parametrize("opening", ["It", "This", "However, it", "These cells", "They", "But it"])
def test_an_unresolved_opening_brings_the_sentence_before_along(opening: str) -> None:
    sentences = ("PRP is made from blood.", f"{opening} may not last.")
    assert quoted_of([(1, 0.9)], *sentences) == [" ".join(sentences)]


def test_an_unresolved_opening_without_a_sentence_before_is_not_quoted() -> None:
    assert quoted_of([(0, 0.9)], "This may not last.", "Another matter entirely.") == []


def test_neither_points_back_unless_nor_follows() -> None:
    both = "Neither FUE nor FUT is better for everyone."
    assert quoted_of([(0, 0.9)], both, "Another matter entirely.") == [both]
    assert quoted_of([(0, 0.9)], "Neither is better.", "Another matter entirely.") == []


@pytest.mark.parametrize("label", ["Harvesting", "Steps:", "1", "Before the procedure"])
def test_a_bare_label_is_not_quoted(label: str) -> None:
    assert quoted_of([(0, 0.9), (1, 0.5)], label, "Cells are taken from fat.") == [
        "Cells are taken from fat."
    ]


def test_what_says_the_same_is_quoted_once() -> None:
    same = "PRP is not a stem-cell treatment."
    first, first_passage = document_of("one", same, "Cells are taken from fat.")
    second, second_passage = document_of("two", "PRP is not a stem-cell treatment!", "Other words.")
    evidence = [
        Evidence(first_passage, first_passage.sentences[0], 0.9),
        Evidence(second_passage, second_passage.sentences[0], 0.8),
    ]
    statements = statements_of(evidence, first, second)
    assert [s.text for s in statements] == [same]


def test_statements_are_grouped_by_document_and_the_best_document_speaks_first() -> None:
    one, one_passage = document_of("one", "Alpha is about fat.", "Bravo is about blood entirely.")
    two, two_passage = document_of("two", "Charlie is about laser combs.")
    evidence = [
        Evidence(two_passage, two_passage.sentences[0], 0.9),
        Evidence(one_passage, one_passage.sentences[1], 0.85),
        Evidence(one_passage, one_passage.sentences[0], 0.83),
    ]
    statements = statements_of(evidence, one, two)
    assert [(s.citation.doc_id, s.citation.number) for s in statements] == [
        ("two", 1),
        ("one", 2),
        ("one", 3),
    ]
    assert [s.text[:5] for s in statements] == ["Charl", "Alpha", "Bravo"]


def test_what_answers_much_better_speaks_first_in_its_document() -> None:
    one, passage = document_of("one", "Alpha is about fat.", "Bravo is about blood entirely.")
    evidence = [
        Evidence(passage, passage.sentences[1], 0.95),
        Evidence(passage, passage.sentences[0], 0.6),
    ]
    assert [s.text[:5] for s in statements_of(evidence, one)] == ["Bravo", "Alpha"]


def test_at_most_four_statements_are_quoted() -> None:
    words = ("apple", "brick", "cloud", "drain", "eagle", "flute")
    sentences = [f"The {w} {w}s {w}ly about {w}." for w in words]
    assert len(quoted_of([(n, 0.9 - n / 100) for n in range(6)], *sentences)) == MAX_STATEMENTS


@given(
    st.lists(st.text(min_size=1, max_size=40).map(str.strip).filter(bool), min_size=1, max_size=8),
    st.data(),
)
def test_every_statement_is_the_words_at_its_span(words: list[str], data: st.DataObject) -> None:
    document, passage = document_of("doc", *(f"{w}." for w in words))
    order = data.draw(st.permutations(range(len(words))))
    evidence = [Evidence(passage, passage.sentences[n], 0.5 - i / 100) for i, n in enumerate(order)]
    statements = statements_of(evidence, document)
    for number, statement in enumerate(statements, start=1):
        assert statement.text == statement.citation.span.of(document.text)
        assert statement.citation.number == number
        assert statement.citation.section == "What people ask"
    starts = [s.citation.span.start for s in statements]
    assert starts == sorted(starts)


def test_there_is_and_there_are_stand_alone() -> None:
    assert stands_alone("There is no cure for pattern hair loss.")
    assert not stands_alone("There the cells are counted.")
    assert not stands_alone("No full stop")


@pytest.mark.parametrize(
    "sentence",
    [
        "One PRP session costs about $500.",
        "One trial of 48 men is thin evidence for minoxidil on the beard.",
        "Both minoxidil and finasteride are used for years.",
    ],
)
def test_one_and_both_before_a_noun_of_their_own_stand_alone(sentence: str) -> None:
    assert stands_alone(sentence)
    assert quoted_of([(0, 0.9)], sentence) == [sentence]


@pytest.mark.parametrize("sentence", ["One is enough.", "One of these failed.", "Both may fail."])
def test_one_and_both_that_point_back_do_not(sentence: str) -> None:
    assert not stands_alone(sentence)


def test_a_next_sentence_that_turns_the_meaning_is_brought_along() -> None:
    sentences = ("PRP raised hair counts.", "However, the study had no control group.")
    assert quoted_of([(0, 0.9)], *sentences) == [" ".join(sentences)]
    assert quoted_of([(0, 0.9)], "PRP is blood.", "Needles are thin.") == ["PRP is blood."]


def test_the_figure_without_the_treatment_that_follows_is_brought_along() -> None:
    sentences = ("On the drug 48% had regrown hair.", "On placebo 25% had, of 16 men.")
    assert quoted_of([(0, 0.9)], *sentences) == [" ".join(sentences)]
    assert quoted_of([(1, 0.9)], *sentences) == [sentences[1]]


def test_the_plainer_of_two_sentences_that_answer_equally_well_is_chosen() -> None:
    hard = (
        "Autologous administration necessitates venipuncture preceding centrifugation procedures."
    )
    plain = "A nurse draws your blood and a machine spins it."
    text, passage = document_of("text", hard, plain)
    evidence = [evidence_of(passage, 0, 0.9), evidence_of(passage, 1, 0.9)]
    composed = composition_of(evidence, text, limit=1)
    assert [s.text for s in composed.statements] == [plain]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("Swollen skin settles by itself in days.", "By itself, swollen skin settles in days.", 1),
        ("Artificial hair fibres are banned.", "No, artificial hair fibres are banned.", 1),
        (
            "The FDA treats exosomes as drugs.",
            "The FDA treats exosomes as drugs, it said in 2019.",
            1,
        ),
        ("PRP costs $500 a session.", "PRP costs $700 a session.", 2),
        ("Drugs can affect mood.", "Drugs can affect mood and bring thoughts of suicide.", 2),
        ("PRP is approved for hair.", "PRP is not approved for hair.", 2),
        ("PRP grows hair in men.", "Nobody knows whether PRP grows hair in men.", 2),
        ("PRP must not be used in pregnancy.", "Finasteride must not be used in pregnancy.", 2),
        ("Lotions grew hair in men.", "Lotions grew hair in women.", 2),
    ],
)
def test_what_says_nothing_new_is_said_once(first: str, second: str, kept: int) -> None:
    one, one_passage = document_of("one", first)
    two, two_passage = document_of("two", second)
    evidence = [
        Evidence(one_passage, one_passage.sentences[0], 0.9),
        Evidence(two_passage, two_passage.sentences[0], 0.8),
    ]
    assert len(statements_of(evidence, one, two)) == kept


@pytest.mark.parametrize(
    ("second", "cosine", "kept"),
    [
        ("Most of what falls out returns by itself.", 0.9, 1),
        ("Most of what falls out returns by itself.", 0.8, 2),
        ("Most of what falls out returns within 6 months.", 0.9, 2),
        ("Most of what falls out does not return.", 0.9, 2),
        ("Most of what falls out returns by itself, slowly, over a long time.", 0.9, 2),
    ],
)
def test_what_means_the_same_is_said_once(second: str, cosine: float, kept: int) -> None:
    one, one_passage = document_of("one", "Shed hair usually grows back after some time, unaided.")
    two, two_passage = document_of("two", second)
    directions = np.array([[1.0, 0.0], [cosine, (1 - cosine**2) ** 0.5]], np.float32)
    evidence = [
        Evidence(one_passage, one_passage.sentences[0], 0.9, directions[0]),
        Evidence(two_passage, two_passage.sentences[0], 0.8, directions[1]),
    ]
    assert len(statements_of(evidence, one, two)) == kept


def test_of_a_list_sentences_that_follow_each_other_are_one_quotation() -> None:
    sentences = ("Shampoo helps nobody.", "Blood is drawn first.", "A centrifuge spins tubes.")
    document, passage = document_of("doc", *sentences)
    evidence = [evidence_of(passage, n, p) for n, p in ((1, 0.9), (2, 0.5))]
    apart = composition_of(evidence, document).statements
    assert [s.text for s in apart] == list(sentences[1:])
    [together] = composition_of(evidence, document, as_list=True).statements
    assert together.text == " ".join(sentences[1:])
    assert together.score == 0.9


def test_the_most_probable_sentence_opens_the_quotation_of_a_list() -> None:
    sentences = ("Shampoo helps nobody.", "Blood is drawn first.", "A centrifuge spins tubes.")
    document, passage = document_of("doc", *sentences)
    evidence = [evidence_of(passage, n, p) for n, p in ((0, 0.5), (1, 0.9), (2, 0.4))]
    first, second = composition_of(evidence, document, as_list=True).statements
    assert (first.text, second.text) == (" ".join(sentences[1:]), sentences[0])


def test_of_a_list_no_sentence_lends_its_kind_of_source_to_the_next() -> None:
    sentences = ("Blood is drawn first.", "A centrifuge spins tubes.")
    document, passage = document_of("doc", *sentences, rests_on={0: SourceType.CONTROLLED_TRIAL})
    evidence = [evidence_of(passage, n, p) for n, p in ((0, 0.9), (1, 0.5))]
    statements = composition_of(evidence, document, as_list=True).statements
    assert [s.citation.source_type for s in statements] == [
        SourceType.CONTROLLED_TRIAL,
        SourceType.REFERENCE_WORK,
    ]


def _composed(*numbers: int) -> Composition:
    document, passage = document_of(
        "one", "PRP is made from blood.", "Cells are taken from fat.", "Hair may grow."
    )
    evidence = [evidence_of(passage, number, 0.9) for number in numbers]
    return composition_of(evidence, document)


def test_compositions_are_joined_in_order_numbered_anew_and_without_what_is_quoted_already() -> (
    None
):
    both = joined([_composed(2), Composition(()), _composed(0, 2)])
    assert [s.text for s in both.statements] == ["Hair may grow.", "PRP is made from blood."]
    assert [s.citation.number for s in both.statements] == [1, 2]


@pytest.mark.parametrize("flags", [(True, True), (True, False), (False, False)])
def test_only_sellers_speak_where_they_do_in_all_that_is_joined(flags: tuple[bool, bool]) -> None:
    compositions = [Composition(_composed(0).statements, flag) for flag in flags]
    assert joined([*compositions, Composition(())]).only_sellers is all(flags)
