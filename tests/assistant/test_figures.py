import pytest

from assistant.balance import BalanceTable
from assistant.context import Quotation
from assistant.figures import pairs_that_differ, ranges
from tests.fakes import Part, document, heading

TABLE = BalanceTable.shipped()


def _differ(*sentences: str) -> int:
    quotations = []
    for number, words in enumerate(sentences):
        source = document(f"d{number}", "Doc", [heading("Words"), Part(words)])
        quotations.append(Quotation(source, source.blocks[1].span, 0.9))
    return len(list(pairs_that_differ(quotations, TABLE)))


def test_numbers_are_read_with_their_units() -> None:
    assert ranges("It costs US$1,500 to US$3,500 for 3 to 6 months, or 28.1%.") == {
        "$": (1500.0, 3500.0),
        "months": (3.0, 6.0),
        "percent": (28.1, 28.1),
    }
    assert ranges("In 2020 a trial of 38 people was done.") == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PRP raised hair density by 33%.", "PRP raised hair density by 12%."),
        ("A PRP session costs about US$500.", "A PRP session costs about US$900 here."),
    ],
)
def test_different_numbers_for_one_thing_differ(one: str, other: str) -> None:
    assert _differ(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PRP raised hair density by 33%.", "PRP raised hair density by 30% to 40%."),
        ("PRP raised hair density by 33%.", "Minoxidil raised hair density by 12%."),
        ("PRP raised hair density by 33%.", "PRP raised hair density in 12 weeks."),
        ("A PRP session costs about US$500.", "A PRP series costs about US$1,500."),
        ("PRP raised hair density by 33%.", "In 12% the skin hurt after PRP for a while."),
    ],
)
def test_numbers_that_meet_or_are_of_other_things_do_not(one: str, other: str) -> None:
    assert _differ(one, other) == 0
