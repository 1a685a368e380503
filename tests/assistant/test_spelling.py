import pytest

from assistant.spelling import Spelling
from tests.fakes import document, heading

SPELLING = Spelling(
    ["finasteride", "exosome therapy", "safe", "work", "works", "costs"],
    [document("doc", "Hair", [heading("A dose of wort")])],
)


@pytest.mark.parametrize(
    ("mistyped", "right"),
    [
        ("is finastride saef", "is finasteride safe"),
        ("does exosone theraphy wrok?", "does exosome therapy work?"),
        ("Finastreide", "finasteride"),
    ],
)
def test_a_word_that_is_nearly_one_that_people_ask_about_is_put_right(
    mistyped: str, right: str
) -> None:
    assert SPELLING.corrected(mistyped) == right


@pytest.mark.parametrize(
    "words",
    [
        "is finasteride safe",
        "hair wort dose",
        "quantum sofa zebra",
        "sae",
        "workt",  # as close to "work" as to "works"
        "",
    ],
)
def test_what_is_known_far_off_short_or_ambiguous_stays(words: str) -> None:
    assert SPELLING.corrected(words) == words
