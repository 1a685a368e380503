"""Working stand-ins: a handful of real documents, and an assistant that quotes them by keyword."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from assistant.disclaimer import (
    DISCLAIMER,
    EMPTY_QUESTION,
    NO_EVIDENCE,
    OFF_TOPIC,
    PERSONAL_ADVICE,
    URGENT,
    URGENT_DISCLAIMER,
)
from assistant.errors import NoIndexLoaded
from assistant.reply import (
    Abstention,
    Answer,
    Citation,
    IndexIdentity,
    Reason,
    Redirect,
    Reply,
    Statement,
    Timings,
    Urgent,
)
from assistant.web.schema import AskRequest, ReplyOut
from corpus.document import (
    Block,
    BlockKind,
    CitationMark,
    Document,
    Page,
    Reference,
    Section,
    SourceType,
    Span,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A block to be: its words, its role, and the references that it ends with."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    row: int = 0
    column: int = 0
    cites: tuple[str, ...] = ()
    opens_page: bool = False


def heading(text: str, level: int = 1, *, opens_page: bool = False) -> Part:
    return Part(text, BlockKind.HEADING, level, opens_page=opens_page)


def item(text: str, level: int = 1) -> Part:
    return Part(text, BlockKind.LIST_ITEM, level)


def cell(text: str, row: int, column: int) -> Part:
    return Part(text, BlockKind.TABLE_CELL, row=row, column=column)


def document(
    doc_id: str,
    title: str,
    parts: Sequence[Part],
    *,
    source_type: SourceType = SourceType.REFERENCE_WORK,
    references: tuple[Reference, ...] = (),
    media_type: str = "text/markdown",
    page_breaks: Sequence[int] = (),
    reviewed: date | None = date(2026, 11, 24),
    language: str = "en",
) -> Document:
    """A document of `parts`, two line breaks between them.

    `page_breaks` are further starts of pages, inside a part; a document whose first part opens a
    page has pages.
    """
    starts = list(_starts(parts))
    text = "\n\n".join(part.text for part in parts)
    blocks = tuple(
        Block(p.kind, Span(s, s + len(p.text)), p.level, p.row, p.column)
        for p, s in zip(parts, starts, strict=True)
    )
    marks = tuple(
        CitationMark(s + len(p.text), p.cites)
        for p, s in zip(parts, starts, strict=True)
        if p.cites
    )
    opened = [s for p, s in zip(parts, starts, strict=True) if p.opens_page]
    borders = [*sorted({*opened, *page_breaks}), len(text)]
    pages = [
        Page(number, Span(start, end))
        for number, (start, end) in enumerate(pairwise(borders), start=1)
    ]
    return Document(
        doc_id=doc_id,
        title=title,
        text=text,
        source_type=source_type,
        source_path=f"{doc_id}.md",
        media_type=media_type,
        blocks=blocks,
        sections=tuple(_sections(blocks, text)),
        pages=tuple(pages),
        references=references,
        marks=marks,
        reviewed=reviewed,
        language=language,
    )


def _starts(parts: Sequence[Part]) -> Iterator[int]:
    position = 0
    for part in parts:
        yield position
        position += len(part.text) + 2


def _sections(blocks: Sequence[Block], text: str) -> Iterator[Section]:
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    ends = [*(block.span.start for block in headings[1:]), len(text)]
    for block, end in zip(headings, ends, strict=False):
        if block.span.end < end:
            yield Section((block.span.of(text),), Span(block.span.end, end))


TRIAL = Reference(
    key="tak2020",
    label="Tak et al. 2020",
    title="A randomized, double-blind, vehicle-controlled clinical study",
    source_type=SourceType.CONTROLLED_TRIAL,
    year=2020,
    doi="10.1002/sctm.19-0410",
    details="Tak YJ, Lee SY, Cho AR, Kim YS. A randomized, double-blind, vehicle-controlled "
    "clinical study of hair regeneration. Stem Cells Transl Med. 2020;9(8):839-849.",
)
REVIEW = Reference(
    key="gupta2019",
    label="Gupta & Renaud 2019",
    title="Platelet-rich plasma for hair loss",
    source_type=SourceType.SYSTEMATIC_REVIEW,
    year=2019,
    doi="10.1016/s0190-9622(19)<1>",
)
AGENCY = Reference(
    key="fda2021",
    label="US Food and Drug Administration 2021",
    title="Consumer alert on regenerative medicine products",
    source_type=SourceType.REGULATOR,
    year=2021,
    url="https://www.fda.gov/consumer-alert",
)
UNSAFE = Reference(
    key="unsafe",
    label='<img src=x onerror="alert(1)">',
    title="An address that must not become a link",
    source_type=SourceType.UNCLASSIFIED,
    url="javascript:alert(1)",
)

EVIDENCE = document(
    "evidence",
    "What trials of stem-cell products for hair have found",
    [
        heading("Has it been tested in trials?"),
        Part(
            "A trial from South Korea treated 38 people with a solution made from fat-derived "
            "stem cells or with a solution without it. After 16 weeks hair density had risen "
            "by 28.1% with the solution and by 7.1% without it.",
            cites=("tak2020",),
        ),
        Part("The trial was small, and it was short.", cites=("tak2020",)),
        heading("What is PRP?"),
        Part(
            "PRP is made from a patient's own blood and holds platelets, not stem cells.",
            cites=("gupta2019", "tak2020"),
        ),
        Part("Studies of PRP used different methods, so their results are hard to compare."),
    ],
    references=(TRIAL, REVIEW),
)

RULES = document(
    "rules",
    "Which treatments a regulator has approved",
    [
        Part("This page was written for patients."),
        heading("In the United States"),
        Part(
            "The agency has not approved any exosome product for hair loss.",
            cites=("fda2021", "unsafe"),
        ),
        Part("Before you pay, ask the clinic:"),
        item("Which product is used, and who made it?"),
        item("From a donor, or from you?", level=2),
        item("Was the donor tested?", level=3),
        item("Has the agency reviewed a study of it?"),
        heading("What it costs", level=2),
        cell("Treatment", 0, 0),
        cell("Price of one session", 0, 1),
        cell("PRP", 1, 0),
        cell("$500 to $1,500", 1, 1),
        cell("Exosomes", 2, 0),
        cell("$3,000 to $5,000", 2, 1),
        Part("if approved:\n    ask(  'anyway'  )", BlockKind.CODE),
        heading("1. Numbered by its author", level=2),
        item("1. Bring your records."),
        item("2. Plan the way home."),
    ],
    references=(AGENCY, UNSAFE),
    source_type=SourceType.REGULATOR,
)

_CROSSING = (
    "Wash your hair gently after the second day. Fever, pus or spreading redness needs medical "
    "help at once."
)

HANDOUT = document(
    "handout",
    "After the procedure: a handout in three pages",
    [
        heading("Before you go home", opens_page=True),
        Part("Somebody should drive you home on the day of the procedure."),
        heading("The first week", opens_page=True),
        Part("Do not scratch the treated skin."),
        Part(_CROSSING),
        Part("Most people can work again after two days."),
    ],
    media_type="application/pdf",
    page_breaks=[
        len("Before you go home\n\nSomebody should drive you home on the day of the procedure.\n\n")
        + len("The first week\n\nDo not scratch the treated skin.\n\n")
        + _CROSSING.index("Fever")
    ],
    reviewed=None,
)

CLINIC = document(
    "clinic",
    "Grow it all back in 90 days™ <b>today only</b>",
    [
        heading("Why choose us & our team?"),
        Part(
            'Our "miracle" cells wake up every sleeping follicle, with no side effects & no pain.'
        ),
    ],
    source_type=SourceType.CLINIC_MARKETING,
    reviewed=None,
)

NASTY_QUOTES = (
    '<script>alert("quoted")</script> is shown & never run: &amp; stays &amp;.',
    "*Not bold*, _not slanted_, `not code`, # no heading, [no](link) and ~~no line~~.",
    "A price of $5 or $x^2$, and \\(a\\) -- or --- dashes... 'quotes' \"too\" (c) {{x}} ${y}.",
    "Two  spaces,   three, a tab\tand a line\nbreak stay  as they are.",
    "Emoji 👩🏽‍⚕️ 🧬 and 𝒜𝓈𝓉𝓇𝒶𝓁 letters 𠜎 count one code point each.",
    "Combining marks: n̈ x̱̣ Z̸͚̈ and a lone é stay composed as given.",
    "العلاج بالخلايا الجذعية غير معتمد لتساقط الشعر.",
    "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4 + ".",
)

NASTY = document(
    "nasty",
    "Text that a page could spoil",
    [heading("<h1>Signs & wonders</h1>"), *(Part(quote) for quote in NASTY_QUOTES)],
    source_type=SourceType.UNCLASSIFIED,
)

DOCUMENTS = {d.doc_id: d for d in (EVIDENCE, RULES, HANDOUT, CLINIC, NASTY)}
INDEX = IndexIdentity("0" * 64, datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
BROKEN = "please break"
TOO_EARLY = "before there is an index"

Quotation = tuple[Document, Span]


def quoted(source: Document, words: str) -> Quotation:
    start = source.text.index(words)
    return source, Span(start, start + len(words))


def whole(source: Document, first: int, last: int | None = None) -> Quotation:
    """The block number `first`, or everything from it to the block number `last`."""
    end = source.blocks[first if last is None else last].span.end
    return source, Span(source.blocks[first].span.start, end)


ANSWERS: dict[str, tuple[Quotation, ...]] = {
    "prp": (
        whole(EVIDENCE, 4),
        whole(EVIDENCE, 5),
        whole(RULES, 2),
        whole(CLINIC, 1),
    ),
    "trial": (whole(EVIDENCE, 1),),
    "wash": (quoted(HANDOUT, _CROSSING),),
    "list": (whole(RULES, 4, 7),),
    "table": (whole(RULES, 9, 14),),
    "code": (whole(RULES, 15),),
    "nasty words": tuple(whole(NASTY, number) for number in (1, 2, 3, 4)),
    "nasty letters": tuple(whole(NASTY, number) for number in (5, 6, 7, 8)),
    "nasty blocks": (whole(NASTY, 1, 8),),
}

_URGENT_WORD = "fever"


class FakeAssistant:
    """Answers by the first keyword of `ANSWERS` in the question; keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[AskRequest] = []

    def __call__(self, request: AskRequest) -> ReplyOut:
        self.requests.append(request)
        return ReplyOut.of(reply_to(request, reply_id=f"reply-{len(self.requests)}"))


def disclaimer_after(question: str) -> str:
    """The disclaimer of `reply_to` for `question`."""
    return URGENT_DISCLAIMER if _URGENT_WORD in question.lower() else DISCLAIMER


def reply_to(request: AskRequest, *, reply_id: str = "reply-1") -> Reply:
    """A complete reply; raises RuntimeError for a question that contains `BROKEN`, and
    NoIndexLoaded for one that contains `TOO_EARLY`.
    """
    question = request.question
    searched = question
    if question.lower().startswith("and ") and request.history:
        searched = f"{request.history[-1].searched_as} {question}"
    words = searched.lower()
    if TOO_EARLY in words:
        raise NoIndexLoaded
    if BROKEN in words:
        raise RuntimeError(question)
    common: dict[str, Any] = {
        "reply_id": reply_id,
        "question": question,
        "searched_as": searched,
        "disclaimer": disclaimer_after(question),
        "index": INDEX,
        "timings_ms": Timings(12.3, 2.0, 9.0),
    }
    if not words.strip():
        return Abstention(**common, reason=Reason.EMPTY_QUESTION, message=EMPTY_QUESTION)
    if _URGENT_WORD in words:
        return Urgent(**common, message=URGENT["medical"])
    if "should i" in words:
        quotation = statements([whole(EVIDENCE, 5)])
        return Redirect(**common, message=PERSONAL_ADVICE, statements=quotation)
    if "weather" in words:
        return Abstention(**common, reason=Reason.OFF_TOPIC, message=OFF_TOPIC)
    for keyword, quotations in ANSWERS.items():
        if keyword in words:
            return Answer(
                **common,
                statements=statements(quotations),
                suggestions=("What has a trial found?",),
            )
    return Abstention(
        **common,
        reason=Reason.NO_EVIDENCE,
        message=NO_EVIDENCE,
        suggestions=("What is PRP?", "When can I wash my hair?"),
    )


def statements(quotations: Sequence[Quotation]) -> tuple[Statement, ...]:
    return tuple(
        _statement(source, span, number)
        for number, (source, span) in enumerate(quotations, start=1)
    )


def _statement(source: Document, span: Span, number: int) -> Statement:
    section = source.section_of(span)
    return Statement(
        text=span.of(source.text),
        score=0.9,
        citation=Citation(
            number=number,
            doc_id=source.doc_id,
            title=source.title,
            section=section.path[-1] if section else None,
            page=source.page_of(span),
            span=span,
            sha256=source.sha256,
            source_type=source.source_type_of(span),
            reviewed=source.reviewed,
            references=source.references_of(span),
        ),
    )
