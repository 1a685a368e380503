from datetime import date

import pytest

from assistant.balance import BalanceTable
from assistant.context import Quotation
from assistant.freshness import Freshness, Labelling, months_between
from assistant.reply import Label
from corpus.document import Reference, SourceType
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
) -> tuple[Label, ...]:
    reference = Reference("work", "Author 2020", "A work", kind, retracted=retracted)
    source = document(
        "doc",
        "Doc",
        [heading("Words"), Part(words, cites=("work",))],
        references=(reference,),
        reviewed=reviewed,
    )
    return LABELLING.labels_of(Quotation(source, source.blocks[1].span, 0.9), today=today)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("A session costs US$500.", Label.PRICE_DATED),
        ("They ask 9,000 baht a visit.", Label.PRICE_DATED),
        ("The law does not allow it.", Label.RULE_DATED),
    ],
)
def test_a_price_or_a_rule_is_labelled_a_year_after_the_review(words: str, label: Label) -> None:
    assert _labels(words, date(2027, 1, 30)) == ()
    assert _labels(words, date(2027, 1, 31)) == (label,)


def test_any_statement_is_labelled_once_its_document_is_past_its_review_date() -> None:
    assert _labels("Hair grows.", date(2028, 1, 30)) == ()
    assert _labels("Hair grows.", date(2028, 1, 31)) == (Label.REVIEW_OVERDUE,)
    assert _labels("A session costs US$500.", date(2029, 1, 1)) == (Label.REVIEW_OVERDUE,)


def test_a_document_without_a_date_says_so() -> None:
    assert _labels("Hair grows.", date(2040, 1, 1), reviewed=None) == (Label.UNDATED,)


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
