"""Who speaks first: authorities and comparisons, then what was observed, then those who sell.

The rule. Statements that answer about equally well form a band: a band begins at the most probable
statement left and reaches as far below it as `BAND` and `ODDS` both allow. Bands stand in order, so
that a strong source that misses the point never displaces a clearly better answer; within a band
the better standing speaks first, and within one document, standing and band reading order is kept.
What a document of a clinic says stands after everything else, however well it answers. What an
independent document says on a seller's word alone gives way to any other that answers not much
worse (`GIVE_WAY_ODDS`, `GIVE_WAY_SHARE`), or, where that opens with a yes or no to the question of
its own heading, about equally well. Prices, for which there is no source but those who charge them,
are not put behind in an independent document when they are asked for; what names none gives way to
them.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum

from assistant.context import Quotation, answers_its_heading
from corpus.document import Document, SourceType, Span

# Two statements answer about equally well when their probabilities differ by no more than `BAND`
# and their odds by no more than the factor `ODDS`, which keeps 0.99 and 0.92 apart. Chosen on
# training questions with an earlier selector, where bands nearly halved how often a weaker source
# spoke before a stronger one and cost the first statement one answer in a hundred. Since other
# sentences have a chance of their own they lie closer to the first: with 0.1 and a share of 0.5 the
# first statement answered 0.812 on `dev` instead of 0.821, where it had been 0.825.
BAND = 0.05
ODDS = 3.0
# With every seller's word last, whatever it says, the first statement answered 0.64 instead of 0.73
# of the questions of `dev` and `people` (`python -m tests.evaluation.run`, an earlier selector): of
# how a clinic works, only clinics tell.
# With a later one (`--split dev`) sellers open 0.145 of the answers at this factor and 0.151 at
# 10; the first statement answers 0.798 and 0.800.
GIVE_WAY_ODDS = 25.0
# Nothing gives way to what answers less probably than this share of it.
GIVE_WAY_SHARE = 0.6


class Standing(IntEnum):
    """How much a kind of source can carry; lower speaks first."""

    COMPARED = 0
    OBSERVED = 1
    REPORTED = 2
    SELLING = 3


_STANDINGS = {
    SourceType.REGULATOR: Standing.COMPARED,
    SourceType.GUIDELINE: Standing.COMPARED,
    SourceType.SYSTEMATIC_REVIEW: Standing.COMPARED,
    SourceType.CONTROLLED_TRIAL: Standing.COMPARED,
    SourceType.UNCONTROLLED_STUDY: Standing.OBSERVED,
    SourceType.LABORATORY_STUDY: Standing.OBSERVED,
    SourceType.REGISTRY: Standing.OBSERVED,
    SourceType.REFERENCE_WORK: Standing.OBSERVED,
    SourceType.PROFESSIONAL_BODY: Standing.OBSERVED,
    SourceType.PRESS: Standing.REPORTED,
    SourceType.UNCLASSIFIED: Standing.REPORTED,
    SourceType.CLINIC_MARKETING: Standing.SELLING,
}
# These sum up the sources of their document, and speak with the best of them.
_SUMMARIES = frozenset({SourceType.REFERENCE_WORK, SourceType.PROFESSIONAL_BODY})


def standing_of(document: Document, span: Span) -> Standing:
    """The standing of the words at `span`.

    A clinic's own document stays one, whatever it cites.
    """
    if is_sales_page(document):
        return Standing.SELLING
    return _STANDINGS[document.source_type_of(span)]


def is_sales_page(document: Document) -> bool:
    """Whether the document itself, not only a source of it, belongs to who sells a treatment."""
    return document.source_type is SourceType.CLINIC_MARKETING


def bands(probabilities: Sequence[float]) -> list[int]:
    """The band of each of `probabilities`, from 0 for the one with the best."""
    found: dict[float, int] = {}
    band, opened = -1, float("inf")
    for probability in sorted(set(probabilities), reverse=True):
        if opened - probability > BAND or _odds(opened) > ODDS * _odds(probability):
            band, opened = band + 1, probability
        found[probability] = band
    return [found[probability] for probability in probabilities]


def _odds(probability: float) -> float:
    least = min(max(probability, 1e-3), 1 - 1e-3)
    return least / (1 - least)


def in_speaking_order(
    quotations: Sequence[Quotation], *, asked_for: Collection[Quotation] = ()
) -> list[Quotation]:
    """`quotations` as they should be read; see the rule above.

    `asked_for` are those that only sellers can know and that were asked for.
    """
    band_of = dict(zip(quotations, bands([q.probability for q in quotations]), strict=True))
    prices = {q for q in asked_for if not is_sales_page(q.document)}
    voices = {q: _voice(q, quotations, prices) for q in quotations}
    groups: dict[tuple[str, Standing], list[Quotation]] = {}
    for quotation in quotations:
        groups.setdefault((quotation.document.doc_id, voices[quotation]), []).append(quotation)

    def goes_first(other: Quotation, quotation: Quotation) -> bool:
        if quotation in prices:
            return False
        seller = voices[quotation] is Standing.SELLING and voices[other] < Standing.SELLING
        factor = ODDS if answers_its_heading(other.text) else GIVE_WAY_ODDS
        nearly = (
            _odds(quotation.probability) <= factor * _odds(other.probability)
            and quotation.probability * GIVE_WAY_SHARE <= other.probability
        )
        return nearly and (seller or other in prices)

    def band(quotation: Quotation) -> int:
        first = (band_of[other] for other in quotations if goes_first(other, quotation))
        return max((band_of[quotation], *first))

    def rank(
        item: tuple[tuple[str, Standing], list[Quotation]],
    ) -> tuple[bool, int, bool, int, float]:
        (_, voice), members = item
        return (
            is_sales_page(members[0].document),
            min(map(band, members)),
            prices.isdisjoint(members),
            voice,
            -max(q.probability for q in members),
        )

    ordered = sorted(groups.items(), key=lambda item: (*rank(item), item[0]))
    return [
        q for _, members in ordered for q in sorted(members, key=lambda q: (band_of[q], q.span))
    ]


def _voice(
    quotation: Quotation, others: Sequence[Quotation], prices: Collection[Quotation]
) -> Standing:
    standing = standing_of(quotation.document, quotation.span)
    kind = quotation.document.source_type_of(quotation.span)
    if quotation not in prices and kind not in _SUMMARIES:
        return standing
    same = (o for o in others if o.document is quotation.document)
    return min(standing, *(standing_of(o.document, o.span) for o in same))
