from datetime import date

import pytest

from assistant.balance import BalanceTable
from assistant.context import Quotation
from assistant.freshness import Freshness, Labelling, months_between
from assistant.reply import Label
from corpus.document import Reference, SourceType, Span
from tests.fakes import Part, document, heading

REVIEWED = date(2026, 1, 31)
LABELLING = Labelling(BalanceTable.shipped(), Freshness())


def _labels(
    words: str,
    today: date,
    *,
    kind: SourceType = SourceType.REFERENCE_WORK,
    retracted: bool = False,
    reviewed: date | None = REVIEWED,
    under: str = "Words",
) -> tuple[Label, ...]:
    reference = Reference("work", "Author 2020", "A work", kind, retracted=retracted)
    source = document(
        "doc",
        "Doc",
        [heading(under), Part(words, cites=("work",))],
        references=(reference,),
        reviewed=reviewed,
    )
    return LABELLING.labels_of(Quotation(source, source.blocks[1].span, 0.9), today=today)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("A session costs US$500.", Label.PRICE_DATED),
        ("They ask 9,000 baht a visit.", Label.PRICE_DATED),
        ("A visit is 850 Swiss francs.", Label.PRICE_DATED),
        ("A visit is 12 500 kr.", Label.PRICE_DATED),
        ("A visit is 1.200 €.", Label.PRICE_DATED),
        ("A course is three thousand euros.", Label.PRICE_DATED),
        ("The law does not allow it.", Label.RULE_DATED),
        ("Health Malta bars pharmacies from it.", Label.RULE_DATED),
        ("Fimea forbids clinics to sell exosomes.", Label.RULE_DATED),
        ("In Austria only a physician may use PRP.", Label.RULE_DATED),
        ("In Kenya a nurse must not inject it.", Label.RULE_DATED),
        ("A Norwegian ministry lists what may be sold.", Label.RULE_DATED),
        ("Health Canada says no.", Label.RULE_DATED),
        ("Spironolactone is used off-label.", Label.RULE_DATED),
        ("A clinic in Australia may not promote cells.", Label.RULE_DATED),
        ("The ministry ordered that clinics need its permission.", Label.RULE_DATED),
        ("In the United States it counts as a drug.", Label.RULE_DATED),
        ("US insurers do not pay for it.", Label.RULE_DATED),
    ],
)
def test_a_price_or_a_rule_is_labelled_a_year_after_the_review(words: str, label: Label) -> None:
    assert _labels(words, date(2027, 1, 30)) == ()
    assert _labels(words, date(2027, 1, 31)) == (label,)


@pytest.mark.parametrize(
    "words",
    [
        "A clinic may allow a hat.",
        "In Turkey three trials were done.",
        "In Norway 12 men won back their hair.",
        "A nurse must wear gloves.",
        "Hair obeys no rule.",
    ],
)
def test_a_word_of_rules_without_a_place_or_a_place_alone_is_no_rule(words: str) -> None:
    assert _labels(words, date(2027, 1, 31)) == ()


def test_the_country_of_a_rule_may_stand_in_the_heading() -> None:
    assert _labels("Own cells are exempt.", date(2027, 1, 31)) == ()
    assert _labels("Own cells are exempt.", date(2027, 1, 31), under="Rules in Australia") == (
        Label.RULE_DATED,
    )


def test_any_statement_is_labelled_once_its_document_is_past_its_review_date() -> None:
    assert _labels("Hair grows.", date(2028, 1, 30)) == ()
    assert _labels("Hair grows.", date(2028, 1, 31)) == (Label.REVIEW_OVERDUE,)
    assert _labels("A session costs US$500.", date(2029, 1, 1)) == (Label.REVIEW_OVERDUE,)


def test_a_document_without_a_date_says_so() -> None:
    assert _labels("Hair grows.", date(2040, 1, 1), reviewed=None) == (Label.UNDATED,)


def test_a_review_that_is_still_to_come_is_none() -> None:
    assert _labels("Hair grows.", date(2026, 1, 29)) == (Label.UNDATED,)
    assert _labels("Hair grows.", date(2026, 1, 30)) == ()  # it is the 31st further east


def _retracted_in(*parts: Part, quoted: tuple[int, int]) -> bool:
    kind = SourceType.CONTROLLED_TRIAL
    works = (
        Reference("gone", "A", "A", kind, retracted=True),
        Reference("good", "B", "B", kind),
    )
    source = document("doc", "Doc", parts, references=works)
    first, last = (source.blocks[n].span for n in quoted)
    words = Quotation(source, Span(first.start, last.end), 0.9)
    return Label.RETRACTED in LABELLING.labels_of(words, today=REVIEWED)


def test_what_cites_nothing_beside_a_retracted_study_is_told_to_rest_on_it() -> None:
    parts = (
        heading("One"),
        Part("Hair grew.", cites=("gone",)),
        Part("The gain was large."),
        Part("Others saw no gain.", cites=("good",)),
        heading("Two"),
        Part("Hair is dead."),
    )
    told = [_retracted_in(*parts, quoted=(n, n)) for n in (1, 2, 3, 5)]
    assert told == [True, True, False, False]
    assert _retracted_in(*parts, quoted=(2, 3))


def test_a_retracted_source_is_named_first_of_all() -> None:
    labels = _labels("Hair grew.", date(2030, 1, 1), retracted=True)
    assert labels == (Label.RETRACTED, Label.REVIEW_OVERDUE)


@pytest.mark.parametrize(
    ("kind", "silent", "told", "label"),
    [
        (
            SourceType.LABORATORY_STUDY,
            "The cells released growth factors.",
            "In mice the cells released growth factors.",
            Label.NOT_IN_PEOPLE,
        ),
        (
            SourceType.UNCONTROLLED_STUDY,
            "Hair density rose by 30%.",
            "In a before-after study hair density rose by 30%.",
            Label.NO_COMPARISON,
        ),
    ],
)
def test_a_quotation_that_hides_what_kind_of_study_it_is_from_is_labelled(
    kind: SourceType, silent: str, told: str, label: Label
) -> None:
    assert _labels(silent, REVIEWED, kind=kind) == (label,)
    assert _labels(told, REVIEWED, kind=kind) == ()
    assert _labels(silent, REVIEWED, kind=SourceType.CONTROLLED_TRIAL) == ()


def test_months_are_counted_whole() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert months_between(date(2026, 1, 15), date(2027, 1, 15)) == 12
    assert months_between(date(2026, 3, 1), date(2026, 1, 1)) == -2


def test_a_limit_of_no_month_is_refused() -> None:
    with pytest.raises(ValueError, match="1 month or more"):
        Freshness(review_months=0)
