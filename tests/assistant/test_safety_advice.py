"""Which sentences tell warning signs or when to call a doctor."""

import re

import pytest

from assistant.safety_advice import AdviceRow, SafetyAdvice

ADVICE = SafetyAdvice.shipped()


@pytest.mark.parametrize("row", ADVICE.rows, ids=lambda row: row.example)
def test_every_row_finds_its_example(row: AdviceRow) -> None:
    assert re.search(row.written, row.example.lower())
    assert ADVICE.is_given_in(row.example)


@pytest.mark.parametrize("row", ADVICE.calming, ids=lambda row: row.example)
def test_every_calming_row_finds_its_example(row: AdviceRow) -> None:
    assert re.search(row.written, row.example.lower())
    assert ADVICE.calms(row.example)


@pytest.mark.parametrize(
    "text",
    [
        "A common price is US$500.",
        "Hair loss is common in men.",
        "Swelling that grows is not usual: see a doctor the same day.",
        "Pain was rated in 30 people.",
        "We found no agreed number of days after which people sleep normally.",
        "Yes, these injections usually hurt, and people rate the pain at six of ten.",
    ],
)
def test_what_speaks_of_something_else_or_warns_itself_calms_nobody(text: str) -> None:
    assert not ADVICE.calms(text)


@pytest.mark.parametrize(
    "text",
    [
        "Go to the nearest hospital if the leg swells.",
        "Redness that reaches the eye needs a doctor the same day.",
        "Wheezing and hives are warning signs.",
        "Fits after a local anaesthetic are an emergency.",
        "A woman who is pregnant should not touch the capsules.",
    ],
)
def test_advice_that_no_row_quotes_is_found_too(text: str) -> None:
    assert ADVICE.is_given_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Our stem cells regrow hair.",
        "Call our doctors today.",
        "Get help for thin hair with our exosomes.",
        "The result is injected into the scalp the same day.",
        "A session costs US$500.",
        "You should not take pills for life when our cells do the work.",
        "New down is the first sign of success.",
    ],
)
def test_what_sells_or_describes_is_no_such_advice(text: str) -> None:
    assert not ADVICE.is_given_in(text)
