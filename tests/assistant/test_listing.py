"""Which questions a list answers."""

import re

import pytest

from assistant.listing import ListQuestions, ListRow

LISTS = ListQuestions.shipped()


@pytest.mark.parametrize("row", LISTS.rows, ids=lambda row: row.example)
def test_every_row_finds_its_example(row: ListRow) -> None:
    assert re.search(LISTS.written(row), row.example.lower())
    assert LISTS.asked_in(row.example)


@pytest.mark.parametrize("row", LISTS.not_lists, ids=lambda row: row.example)
def test_every_row_of_what_is_no_list_finds_its_example(row: ListRow) -> None:
    assert re.search(LISTS.written(row), row.example.lower())
    assert re.search("|".join(map(LISTS.written, LISTS.rows)), row.example.lower())
    assert not LISTS.asked_in(row.example)


@pytest.mark.parametrize(
    "question",
    [
        "what are the side effects of finasteride",
        "What are the types of hair loss?",
        "list all the risks of PRP",
        "Signs of infection?",
        "which treatments are approved for hair loss",
        "name the drugs approved for alopecia areata",
        "what should I ask before paying",
        "steps of a PRP session",
        "My aunt is 60. What kinds of medicine make hair fall out and does it grow back?",
        "what’re the red flags of a bad clinic",
        "does minoxidil work and what are the side effects",
    ],
)
def test_a_question_that_no_row_quotes_is_found_too(question: str) -> None:
    assert LISTS.asked_in(question)


@pytest.mark.parametrize(
    "question",
    [
        "Does PRP have side effects?",
        "Do some types of hair loss go away?",
        "Are there risks with exosomes?",
        "How much do the treatments cost?",
        "how common are side effects of finasteride",
        "What share of clinics name the risks?",
        "Which has fewer side effects, minoxidil or finasteride?",
        "what is PRP",
        "What results do people see?",
        "No serious side effects in forty people means it's safe, right?",
        "when do side effects go away",
        "Which side of the family do the genes come from?",
        "",
    ],
)
def test_what_asks_for_a_yes_a_number_or_one_thing_is_no_list(question: str) -> None:
    assert not LISTS.asked_in(question)
