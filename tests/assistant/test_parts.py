"""Which questions ask several things, and what each of them asks alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parts import MAX_PARTS, parts_of
from assistant.vocabulary import Vocabulary

VOCABULARY = Vocabulary.shipped()


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "how much does PRP cost and how long does it last",
            ("how much does PRP cost", "how long does PRP last"),
        ),
        ("What is PRP, and does it hurt?", ("What is PRP", "does PRP hurt")),
        (
            "does minoxidil work and what are the side effects",
            ("does minoxidil work", "minoxidil: what are the side effects"),
        ),
        (
            "does PRP work, is it safe and how long does it last",
            ("does PRP work", "is PRP safe", "how long does PRP last"),
        ),
        (
            "what does PRP cost on average and does insurance pay anything",
            ("what does PRP cost on average", "PRP: does insurance pay anything"),
        ),
        (
            "who invented PRP and how many sessions do I need",
            ("who invented PRP", "PRP: how many sessions do I need"),
        ),
        ("is PRP approved & does Medicare pay", ("is PRP approved", "PRP: does Medicare pay")),
        (
            "what is shock loss after a transplant and how long does it last",
            (
                "what is shock loss after a transplant",
                "what is shock loss after a transplant: how long does it last",
            ),
        ),
    ],
)
def test_a_part_is_given_what_it_leaves_out_of_those_before(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(question, VOCABULARY) == parts


def test_parts_on_different_things_stay_as_they_were_asked() -> None:
    assert parts_of("what is PRP and what is minoxidil", VOCABULARY) == (
        "what is PRP",
        "what is minoxidil",
    )
    assert parts_of("does prp hurt and does minoxidil cause shedding", VOCABULARY) == (
        "does prp hurt",
        "does minoxidil cause shedding",
    )


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "My aunt had PRP. Does it work and is it safe?",
            ("My aunt had PRP. Does it work", "My aunt had PRP. is it safe"),
        ),
        (
            "I had FUE last week, on Monday. May I fly, and when can I run?",
            (
                "I had FUE last week, on Monday. May I fly",
                "I had FUE last week, on Monday. when can I run",
            ),
        ),
        (
            "I have psoriasis and a rash. Is PRP safe? And how much is it?",
            (
                "I have psoriasis and a rash. Is PRP safe",
                "I have psoriasis and a rash. how much is PRP",
            ),
        ),
    ],
)
def test_each_part_keeps_what_the_message_tells(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question, VOCABULARY) == parts


@pytest.mark.parametrize(
    "question",
    [
        "does PRP work",
        "is PRP or minoxidil better",
        "PRP and exosomes",
        "which vitamin makes hair drop out if you overdo it and can hurt a baby",
        "is that normal or are the grafts gone?",
        "My patient is pregnant and has a rash. Is PRP safe?",
        "Is Dr. Miller any good at transplants?",
        "What I cannot find is a plain account. How does a hair begin to grow?",
        "is it normal, right?",
        "does what you eat and how you sleep affect hair loss",
        "does it matter where and how the fat is taken",
        "which countries allow stem cell therapy and which do not",
        "",
        "and",
    ],
)
def test_what_is_one_question_is_left_whole(question: str) -> None:
    assert parts_of(question, VOCABULARY) == ()


def test_who_asks_more_than_can_be_searched_apart_is_left_whole() -> None:
    many = " and ".join(["does PRP work"] * (MAX_PARTS + 1))
    assert parts_of(many, VOCABULARY) == ()


@given(st.text(alphabet="abPR ?.,;and how is it", max_size=80))
def test_any_text_has_no_parts_or_some_and_none_is_empty(text: str) -> None:
    parts = parts_of(text, VOCABULARY)
    assert len(parts) in (0, *range(2, MAX_PARTS + 1))
    assert all(part.strip() for part in parts)
