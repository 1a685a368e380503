"""Which questions ask several things, and what each of them asks alone."""

import pytest

from assistant.parts import parts_of
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
    ],
)
def test_each_part_is_given_the_subject_of_the_first(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question, VOCABULARY) == parts


@pytest.mark.parametrize(
    "question",
    [
        "does PRP work",
        "is PRP or minoxidil better",
        "PRP and exosomes",
        "how cold and how many when follicles get banked",
        "what is shock loss after a transplant and how long does it last",
        "which vitamin makes hair drop out if you overdo it and can hurt a baby",
        "My aunt had PRP. Does it work and is it safe?",
        "what is PRP and what is minoxidil",
        "",
        "and",
    ],
)
def test_what_is_one_question_or_cannot_be_taken_apart_is_left_whole(question: str) -> None:
    assert parts_of(question, VOCABULARY) == ()
