"""Evidence -> statements: enough context, the better source first, no benefit without a limit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from assistant.balance import BalanceTable
from assistant.context import Quotation, answers_its_heading, sentences_of, with_context
from assistant.counterweights import Counterweights
from assistant.figures import FiguresTable, pairs_that_differ
from assistant.freshness import Freshness, Labelling, reviewed_by
from assistant.provenance import (
    Standing,
    in_speaking_order,
    is_sales_page,
    standing_of,
)
from assistant.reading import reading_grade
from assistant.repetition import Repetitions
from assistant.reply import Citation, Label, Statement
from assistant.safety_advice import SafetyAdvice, Warnings
from assistant.selection import Evidence
from corpus.document import Document, Span

MAX_STATEMENTS = 4
# Where a list is asked for.
MAX_LISTED = 8

# Probabilities that differ by less are equal; the plainer sentence is then chosen.
_EQUAL = 0.02
# Sentences weighed for the statements, and for the numbers that differ from them.
_MOST_WEIGHED = 24


@dataclass(frozen=True, slots=True)
class Composition:
    """Statements in speaking order; `only_sellers` is whether readers must be told that they rest
    on the word of who sells alone, `in_part` whether something that was asked has no answer.
    """

    statements: tuple[Statement, ...]
    only_sellers: bool = False
    in_part: bool = False


class Composer:
    """Composes statements of `documents`. Thread-safe: nothing of a question is kept."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        *,
        table: BalanceTable,
        figures: FiguresTable,
        freshness: Freshness,
        advice: SafetyAdvice,
    ) -> None:
        self._documents = documents
        self._advice = advice
        self._table = table
        self._figures = figures
        self._repetitions = Repetitions(table, figures)
        self._labelling = Labelling(table, freshness)
        sentences = {doc_id: sentences_of(d) for doc_id, d in documents.items()}
        self._counterweights = Counterweights(documents.values(), sentences, table)
        self._warnings = Warnings(documents.values(), sentences, advice, table)
        reading_grade("Ready.")  # its dictionary is loaded now, not while somebody waits

    def compose(
        self,
        answering: Sequence[Evidence],
        *,
        today: date,
        query: str = "",
        considered: Sequence[Evidence] = (),
        quoted: Sequence[Evidence] = (),
        support: float = 1.0,
        limit: int = MAX_STATEMENTS,
        in_general: bool = False,
        as_list: bool = False,
    ) -> Composition:
        """At most `limit` statements from `answering`, the most probable first.

        `considered` is all that was weighed, also what does not answer well enough: counterweights
        that were found there weigh more than others, and numbers that differ are looked for there.
        What an earlier reply `quoted`, and what says the same, is not said again.
        Where all that answers best rests on the word of who sells, the best of the rest that is as
        probable as `support` is quoted too, and `only_sellers` is whether there is none; above
        safety advice nothing is said of sellers. `in_general`, beside a question that only a
        professional can decide, nothing is quoted that rests on their word, nor what opens with a
        yes or no, which would decide it; in place of these the best of the rest speaks.

        A sentence that cannot be understood without the one before it, or is turned by the one
        after it, is quoted together with it, or not at all; what says the same as another
        statement is dropped; quotations that touch become one, and `as_list` those that follow each
        other. The order is that of `assistant.provenance`. Where a statement names a benefit of a
        treatment, one on its limits or risks is among them; where one calls an after-effect usual,
        one on warning signs; where a clinic's own page speaks, a limit stands before it.

        Raises ValueError when a quotation is not the words at its span: nothing else may be shown.
        """
        said = self._quotations(quoted, in_general=False)
        found = self._unsaid(self._quotations(answering, in_general=in_general), said)
        independent = [q for q in found if not is_sales_page(q.document)]
        selling = [q for q in found if is_sales_page(q.document)]
        chosen = self._chosen(independent, limit)
        if not chosen:
            chosen = self._chosen(selling, max(1, limit // 2))
        elif weakest := min((q.probability for q in chosen), default=None):
            chosen += self._chosen([q for q in selling if q.probability >= weakest], 1)
        read = self._unsaid(self._quotations(considered or answering, in_general=in_general), said)
        supporting = [q for q in read if q.probability >= support]
        if any(self._table.states_amount(q.text) for q in chosen):
            supporting = []  # what is charged only those know who charge it
        if answering:
            chosen = self._with_another_voice(chosen, [*found, *supporting], limit)
        differing = self._differing(chosen, read)
        chosen = _first(list(dict.fromkeys([*chosen, *differing])), limit, keep=differing)
        if as_list:
            chosen = _joined(chosen, apart=differing)
        only_sellers = bool(chosen) and all(_rests_on_sellers(q) for q in chosen)
        added = self._added(chosen, considered, query)
        while len(chosen) > 1 and len(chosen) + len(added) > limit:
            chosen = _first(chosen, len(chosen) - 1, keep=differing)
            added = self._added(chosen, considered, query)
        ordered = in_speaking_order([*chosen, *added], asked_for=self._asked_prices(chosen, query))
        return Composition(
            tuple(
                self._statement(q, number, today, differing=differing, added=added)
                for number, q in enumerate(_side_by_side(ordered, differing), start=1)
            ),
            only_sellers and not any(self._advice.is_given_in(q.text) for q in ordered),
        )

    def _unsaid(self, quotations: list[Quotation], said: Sequence[Quotation]) -> list[Quotation]:
        """Those of `quotations` that neither touch nor repeat what was `said`."""
        return [q for q in quotations if not any(_touch(q, s) or self._repeats(q, s) for s in said)]

    def _turns(self, sentence: str, following: str) -> bool:
        """Whether `following` changes what `sentence` says."""
        return self._table.changes(sentence, following)

    def _asked_prices(self, chosen: Sequence[Quotation], query: str) -> list[Quotation]:
        if not self._table.asks_price_of(query):
            return []
        return [q for q in chosen if self._table.states_amount(q.text)]

    def _quotations(self, evidence: Sequence[Evidence], *, in_general: bool) -> list[Quotation]:
        found = [q for q in map(self._quotation, evidence[:_MOST_WEIGHED]) if q]
        if not in_general:
            return found
        return [q for q in found if not (_rests_on_sellers(q) or answers_its_heading(q.text))]

    def _quotation(self, evidence: Evidence) -> Quotation | None:
        document = self._documents[evidence.passage.doc_id]
        unproven = not (is_sales_page(document) or document.references_of(evidence.sentence))
        span = with_context(
            evidence.sentence,
            evidence.passage.sentences,
            document,
            turns=self._turns,
            sets_scene=self._table.sets_scene,
            may_qualify=self._table.may_qualify if unproven else None,
        )
        return Quotation(document, span, evidence.probability, evidence.vector) if span else None

    def _chosen(self, quotations: Sequence[Quotation], limit: int) -> list[Quotation]:
        """Up to `limit`, the most probable first; among equals the better source, then the plainer
        words. None is said twice.
        """

        def rank(quotation: Quotation) -> tuple[int, int, float]:
            return (
                -round(quotation.probability / _EQUAL),
                standing_of(quotation.document, quotation.span),
                reading_grade(quotation.text),
            )

        chosen: list[Quotation] = []
        for quotation in sorted(quotations, key=rank):
            touching = [other for other in chosen if _touch(quotation, other)]
            if touching:
                merged = quotation
                for other in touching:
                    merged = _merged(merged, other)
                    chosen.remove(other)
                chosen.append(merged)
            elif len(chosen) < limit and not any(self._repeats(quotation, o) for o in chosen):
                chosen.append(quotation)
        return chosen

    def _with_another_voice(
        self, chosen: list[Quotation], weighed: Iterable[Quotation], limit: int
    ) -> list[Quotation]:
        """`chosen`; where all rest on sellers, after the most probable of `weighed` that does not,
        without what says the same as that.
        """
        if not all(_rests_on_sellers(q) for q in chosen):
            return chosen
        for other in self._chosen([q for q in weighed if not _rests_on_sellers(q)], 1):
            kept = [
                q
                for q in chosen
                if not (_touch(q, other) or self._repeats(q, other) or self._repeats(other, q))
            ]
            return [other, *kept[: limit - 1]]
        return chosen

    def _repeats(self, one: Quotation, earlier: Quotation) -> bool:
        return self._repetitions.repeats(one, earlier)

    def _differing(
        self, chosen: Sequence[Quotation], read: Sequence[Quotation]
    ) -> tuple[Quotation, ...]:
        """The first two that give different numbers for one thing, the first of them `chosen`.

        The other need not answer well: that a source differs is told of what does.
        """
        mine = [q for q in chosen if not is_sales_page(q.document)]
        others = [
            q for q in read if not is_sales_page(q.document) and not any(_touch(q, c) for c in mine)
        ]
        for pair in pairs_that_differ([*mine, *others], self._table, self._figures):
            if pair[0] in mine:
                return pair
        return ()

    def _added(
        self, chosen: Sequence[Quotation], considered: Sequence[Evidence], query: str
    ) -> list[Quotation]:
        """What must stand beside `chosen`: a limit of a benefit, a warning where one calms."""
        return [*self._balance(chosen, considered, query), *self._warning(chosen, query)]

    def _warning(self, chosen: Sequence[Quotation], query: str) -> list[Quotation]:
        """For the first of `chosen` that calls an after-effect usual, of which signs one must be
        seen, unless another of them says so.
        """
        if any(self._advice.warns(q.text) for q in chosen):
            return []
        calming = (q for q in chosen if self._advice.calms(q.text))
        warnings = (self._warnings.nearest(q, query) for q in calming)
        return [warning for warning in islice(warnings, 1) if warning]

    def _balance(
        self, chosen: Sequence[Quotation], considered: Sequence[Evidence], query: str
    ) -> list[Quotation]:
        """A limit for the first benefit among `chosen` that has none of its treatment beside it.

        A seller's word is no such limit.
        """
        limited = [q for q in chosen if not _rests_on_sellers(q)]
        covered = {
            treatment
            for q in limited
            if self._table.states_limit(q.text)
            for treatment in self._treatments(q, query)
        }
        read = {(e.passage.doc_id, e.sentence): e.probability for e in considered}
        for quotation, treatment in self._promises(chosen, query):
            if treatment in covered:
                continue
            if treatment is None:
                named = self._treatments(quotation, query)
                limits = self._counterweights.beside(quotation, named)
            else:
                covered.add(treatment)
                limits = self._counterweights.nearest(treatment, quotation, query, read)
            for limit in limits:
                if not any(_touch(limit, q) or self._repeats(limit, q) for q in chosen):
                    return [limit]
        return []

    def _promises(
        self, chosen: Sequence[Quotation], query: str
    ) -> Iterator[tuple[Quotation, str | None]]:
        """Statements of a benefit with its treatment, or None where they name none of the table;
        those of a clinic first, and of what the query names.
        """
        asked = self._table.treatments_in(query)
        for quotation in sorted(chosen, key=lambda q: not is_sales_page(q.document)):
            if is_sales_page(quotation.document):
                named = self._treatments(quotation, query) or {self._table.sold}
            elif self._table.states_benefit(quotation.text):
                named = self._table.treatments_in(quotation.text)
            else:
                continue
            names: list[str | None] = [*sorted(named & asked or named)]
            yield from ((quotation, name) for name in names or [None])

    def _treatments(self, quotation: Quotation, query: str) -> frozenset[str]:
        return self._table.treatments_of(quotation.document, quotation.span, query)

    def _statement(
        self,
        quotation: Quotation,
        number: int,
        today: date,
        *,
        differing: Sequence[Quotation],
        added: Sequence[Quotation],
    ) -> Statement:
        document, span = quotation.document, quotation.span
        section = document.section_of(span)
        labels = [
            *([Label.SOURCES_DIFFER] if quotation in differing else []),
            *([Label.COUNTERWEIGHT] if quotation in added else []),
            *self._labelling.labels_of(quotation, today=today),
        ]
        statement = Statement(
            text=quotation.text,
            score=quotation.probability,
            citation=Citation(
                number=number,
                doc_id=document.doc_id,
                title=document.title,
                section=section.path[-1] if section and section.path else None,
                page=document.page_of(span),
                span=span,
                sha256=document.sha256,
                source_type=document.source_type_of(span),
                reviewed=reviewed_by(today, document),
                references=document.references_of(span),
            ),
            labels=tuple(labels),
        )
        if statement.text != span.of(document.text):
            raise ValueError(f"statement {number} is not what {document.doc_id} says at {span}")
        return statement


def joined(compositions: Iterable[Composition]) -> Composition:
    """One after the other, numbered anew, without what an earlier one quotes too."""
    speaking = [c for c in compositions if c.statements]
    said: list[Statement] = []
    for statement in (s for c in speaking for s in c.statements):
        if not any(_holds(other.citation, statement.citation) for other in said):
            said.append(statement)
    return Composition(
        tuple(
            replace(s, citation=replace(s.citation, number=number))
            for number, s in enumerate(said, start=1)
        ),
        bool(speaking) and all(c.only_sellers for c in speaking),
    )


def _holds(one: Citation, other: Citation) -> bool:
    return (
        one.doc_id == other.doc_id
        and one.span.start <= other.span.start
        and other.span.end <= one.span.end
    )


def _rests_on_sellers(quotation: Quotation) -> bool:
    return standing_of(quotation.document, quotation.span) is Standing.SELLING


def _touch(one: Quotation, other: Quotation) -> bool:
    return one.document is other.document and one.span.overlaps(other.span)


def _merged(one: Quotation, other: Quotation) -> Quotation:
    span = Span(min(one.span.start, other.span.start), max(one.span.end, other.span.end))
    return Quotation(one.document, span, max(one.probability, other.probability), one.vector)


def _joined(chosen: Sequence[Quotation], *, apart: Sequence[Quotation]) -> list[Quotation]:
    """`chosen`, where those that follow each other in a paragraph are one, but for those `apart`.

    The most probable opens its quotation. What rests on another kind of source stays alone: one
    must not lend its standing to the next.
    """
    first = max(chosen, key=lambda q: q.probability, default=None)
    found: list[Quotation] = []
    for quotation in sorted(chosen, key=lambda q: (q.document.doc_id, q.span)):
        before = found[-1] if found else None
        alone = quotation is first or before in apart or quotation in apart
        if before and not alone and _goes_on(before, quotation):
            found[-1] = _merged(before, quotation)
        else:
            found.append(quotation)
    return sorted(found, key=lambda q: -q.probability)


def _goes_on(before: Quotation, quotation: Quotation) -> bool:
    document = before.document
    return (
        document is quotation.document
        and document.text[before.span.end : quotation.span.start] == " "
        and document.source_type_of(before.span) is document.source_type_of(quotation.span)
    )


def _first(
    chosen: Sequence[Quotation], limit: int, *, keep: Sequence[Quotation]
) -> list[Quotation]:
    """The first `limit` of `chosen` in their order; `keep` are kept in place of the last others."""
    others = [q for q in chosen if q not in keep]
    kept = [q for q in chosen if q in keep]
    left = {*others[: max(0, limit - len(kept))], *kept[:limit]}
    return [q for q in chosen if q in left]


def _side_by_side(ordered: Sequence[Quotation], differing: Sequence[Quotation]) -> list[Quotation]:
    """`ordered` with the second of those that differ right after the first."""
    if len(differing) < 2:
        return list(ordered)
    first, second = sorted(differing, key=ordered.index)
    rest = [q for q in ordered if q != second]
    place = rest.index(first) + 1
    return [*rest[:place], second, *rest[place:]]
