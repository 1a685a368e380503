"""What readers must be told about the age and the kind of what is quoted."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.balance import BalanceTable
from assistant.context import Quotation, paragraph_of
from assistant.reply import Label
from corpus.document import Document, SourceType, Span
from index.sentences import split_sentences

# A review of tomorrow may be of today, further east.
_DAYS_AHEAD = timedelta(days=1)


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
        self._not_in_people = re.compile(table.says_not_in_people)
        self._no_comparison = re.compile(table.says_no_comparison)
        self._table = table

    def labels_of(self, quotation: Quotation, *, today: date) -> tuple[Label, ...]:
        """The labels of `quotation`, the gravest first."""
        retracted = (Label.RETRACTED,) if rests_on_retracted(quotation) else ()
        return (*retracted, *self._kind(quotation), *self._age(quotation, today))

    def _kind(self, quotation: Quotation) -> tuple[Label, ...]:
        words = quotation.text.lower()
        kind = quotation.document.source_type_of(quotation.span)
        outside = kind is SourceType.LABORATORY_STUDY or self._was_outside_people(quotation)
        if outside and not self._not_in_people.search(words):
            return (Label.NOT_IN_PEOPLE,)
        if (
            kind is SourceType.UNCONTROLLED_STUDY
            and self._table.states_benefit(words)
            and not self._no_comparison.search(words)
        ):
            return (Label.NO_COMPARISON,)
        return ()

    def _was_outside_people(self, quotation: Quotation) -> bool:
        """Whether the paragraph last said of animals or a dish in whom the gain was found."""
        document, start = quotation.document, quotation.span.start
        earlier = [
            words
            for span in paragraph_of(document, quotation.span)
            if span.end <= start and self._table.says_in_whom(words := span.of(document.text))
        ]
        return (
            bool(earlier)
            and self._table.states_gain(quotation.text)
            and self._table.sets_scene(earlier[-1], quotation.text)
            and bool(self._not_in_people.search(earlier[-1].lower()))
        )

    def _age(self, quotation: Quotation, today: date) -> tuple[Label, ...]:
        reviewed = reviewed_by(today, quotation.document)
        if reviewed is None:
            return (Label.UNDATED,)
        age, words = months_between(reviewed, today), quotation.text.lower()
        if age >= self._freshness.review_months:
            return (Label.REVIEW_OVERDUE,)
        if age >= self._freshness.price_months and self._table.states_price(words):
            return (Label.PRICE_DATED,)
        if age >= self._freshness.rule_months and self._states_rule(quotation):
            return (Label.RULE_DATED,)
        return ()

    def _states_rule(self, quotation: Quotation) -> bool:
        section = quotation.document.section_of(quotation.span)
        titles = (quotation.document.title, *(section.path if section else ()))
        return self._table.states_rule(quotation.text, under=" ".join(titles))


def reviewed_by(today: date, document: Document) -> date | None:
    """The day of the last review; None where the document names none, or one still to come."""
    reviewed = document.reviewed
    return reviewed if reviewed and reviewed <= today + _DAYS_AHEAD else None


def rests_on_retracted(quotation: Quotation) -> bool:
    """Whether the words cite a withdrawn work, or cite nothing where their section cites one.

    Which work a sentence without a citation rests on cannot be told, so it is told of each.
    """
    document, span = quotation.document, quotation.span
    if _cites_retracted(document, span):
        return True
    section = document.section_of(span)
    if section is None or not _cites_retracted(document, section.span):
        return False
    sentences = split_sentences(quotation.text, document.language)
    return not all(
        document.references_of(Span(span.start + s.start, span.start + s.end)) for s in sentences
    )


def _cites_retracted(document: Document, span: Span) -> bool:
    return any(reference.retracted for reference in document.references_of(span))


def months_between(earlier: date, later: date) -> int:
    """Whole months from `earlier` to `later`, negative where it is the other way round."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)
