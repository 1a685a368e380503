import pytest

from assistant.framing import Framing, PassedOnExample

FRAMING = Framing.shipped()


@pytest.mark.parametrize(
    ("leaning", "neutral"),
    [
        ("Is PRP dangerous?", "Is PRP safe?"),
        ("Isn't minoxidil harmful?", "Is minoxidil safe?"),
        ("Isn’t minoxidil harmless?", "Is minoxidil safe?"),
        ("Doesn't PRP work?", "Does PRP work?"),
        ("Does PRP not work?", "Does PRP work?"),
        ("Is it true that PRP does not work?", "Is it true that PRP works?"),
        ("I heard that PRP doesn't work", "Is it true that PRP works"),
        ("Can you tell me whether PRP is unsafe", "Is it true that PRP is safe"),
        ("Does PRP fail to regrow hair?", "Does PRP work?"),
        ("Is microneedling useless?", "Is microneedling effective?"),
        ("Has PRP been debunked?", "Has PRP been proven?"),
        ("Evidence against exosomes", "Is there evidence for exosomes"),
        ("Is a hair transplant only temporary?", "Is a hair transplant permanent?"),
    ],
)
def test_what_leans_is_searched_in_neutral_words(leaning: str, neutral: str) -> None:
    assert FRAMING.neutral(leaning) == neutral


@pytest.mark.parametrize(
    "question",
    [
        "Is PRP safe?",
        "Does PRP work?",
        "Why is finasteride dangerous?",
        "What makes a clinic unsafe?",
        "How much does PRP cost?",
        "can a hair transplant fail",
        "do grafts fail",
        "is hair transplant in turkey a scam",
        "are there any scams i should look out for",
        "does the fda list fake clinics",
        "tell me about prp",
        "can you tell me which clinic is good",
        "i read about prp",
        "I was told by a salesman that exosomes work",
        "",
    ],
)
def test_a_question_without_a_lean_or_that_asks_for_reasons_is_searched_as_it_is(
    question: str,
) -> None:
    assert FRAMING.neutral(question) == question


@pytest.mark.parametrize("row", FRAMING.leans, ids=lambda row: row.neutral)
def test_a_neutral_wording_is_not_rewritten_again(row: object) -> None:
    neutral = f"is there {row.neutral} here"  # type: ignore[attr-defined]
    once = FRAMING.neutral(neutral)
    assert FRAMING.neutral(once) == once


@pytest.mark.parametrize("example", FRAMING.passed_on.examples, ids=lambda e: e.passed_on)
def test_what_is_passed_on_is_searched_as_it_was_asked(example: PassedOnExample) -> None:
    assert FRAMING.direct(example.passed_on) == example.asked


def test_what_is_passed_on_is_asked_of_once() -> None:
    once = FRAMING.direct("A caller wants to know if the patient asks too much")
    assert once == "the patient asks too much"
