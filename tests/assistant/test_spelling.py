import pytest

from assistant.spelling import Spelling, common_words
from tests.fakes import document, heading

WORDS = (
    "many men can have a dose of wort, which does work with finasteride, exosomes and follicles; "
    "treating scarring in a vascular area; the FDA acts and aims at an erection, and harms nobody"
)
SPELLING = Spelling(
    ["finasteride", "exosome therapy", "safe", "work", "works", "costs"],
    [document("doc", "Hair", [heading(WORDS)])],
    is_word=lambda word: word in {"balding", "lice"},
)


@pytest.mark.parametrize(
    ("mistyped", "right"),
    [
        ("is finastride saef", "is finasteride safe"),
        ("does exosone theraphy wrok?", "does exosome therapy work?"),
        ("Finastreide", "finasteride"),
        ("meny", "many"),  # and not "men", though both are one letter off
        ("wich", "which"),  # and not "with"
        ("folicels", "follicles"),
        ("IS FINASTRIDE SAEF", "IS finasteride safe"),
        ("workt", "work"),  # as close to "works": the documents say "work"
    ],
)
def test_a_word_that_no_document_holds_becomes_the_one_that_was_meant(
    mistyped: str, right: str
) -> None:
    assert SPELLING.corrected(mistyped) == right


@pytest.mark.parametrize(
    "words",
    [
        "is finasteride safe",
        "hair wort dose",
        "quantum sofa zebra",
        "sa",
        "balding lice",
        "do SAEF cells work",
        "ñfinastride",
        "two RCTs of iPS cells",
        "can i use creatine",
        "is the clinic scamming me",
        "macular disease, erectile trouble",
        "is ffa or hims for men",
        "sarms",
        "does't",
        "",
    ],
)
def test_what_is_known_far_off_or_short_stays(words: str) -> None:
    assert SPELLING.corrected(words) == words


def test_common_words_are_known_and_common_slips_are_not() -> None:
    common = common_words()
    assert {"shingles", "vegan", "refund", "balding"} <= common
    assert not {"meny", "tretment", "befor"} & common
