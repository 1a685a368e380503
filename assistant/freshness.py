"""What readers must be told about the age and the kind of what is quoted."""

import re
from dataclasses import dataclass
from datetime import date

from assistant.balance import BalanceTable
from assistant.context import Quotation
from assistant.reply import Label
from corpus.document import SourceType


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how many months after its review a document, a price or a rule may be quoted bare."""

    review_months: int = 24
    price_months: int = 12
    rule_months: int = 12

    def __post_init__(self) -> None:
        if min(self.review_months, self.price_months, self.rule_months) < 1:
            raise ValueError(f"limits are 1 month or more, found {self}")


class Labelling:
    """Gives a quotation the labels that it may not be shown without."""

    def __init__(self, table: BalanceTable, freshness: Freshness) -> None:
        self._freshness = freshness
        self._price = re.compile(table.price)
        self._rule = re.compile(table.rule)
        self._not_in_people = re.compile(table.says_not_in_people)
        self._no_comparison = re.compile(table.says_no_comparison)
        self._table = table

    def labels_of(self, quotation: Quotation, *, today: date) -> tuple[Label, ...]:
        """The labels of `quotation`, the gravest first."""
        references = quotation.document.references_of(quotation.span)
        retracted = (Label.RETRACTED,) if any(r.retracted for r in references) else ()
        return (*retracted, *self._kind(quotation), *self._age(quotation, today))

    def _kind(self, quotation: Quotation) -> tuple[Label, ...]:
        words = quotation.text.lower()
        kind = quotation.document.source_type_of(quotation.span)
        if kind is SourceType.LABORATORY_STUDY and not self._not_in_people.search(words):
            return (Label.NOT_IN_PEOPLE,)
        if (
            kind is SourceType.UNCONTROLLED_STUDY
            and self._table.states_benefit(words)
            and not self._no_comparison.search(words)
        ):
            return (Label.NO_COMPARISON,)
        return ()

    def _age(self, quotation: Quotation, today: date) -> tuple[Label, ...]:
        reviewed = quotation.document.reviewed
        if reviewed is None:
            return (Label.UNDATED,)
        age, words = months_between(reviewed, today), quotation.text.lower()
        if age >= self._freshness.review_months:
            return (Label.REVIEW_OVERDUE,)
        if age >= self._freshness.price_months and self._price.search(words):
            return (Label.PRICE_DATED,)
        if age >= self._freshness.rule_months and self._rule.search(words):
            return (Label.RULE_DATED,)
        return ()


def months_between(earlier: date, later: date) -> int:
    """Whole months from `earlier` to `later`, negative where it is the other way round."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)
