"""What the assistant gives back: quoted statements, or a fixed message, never free text.

`Reply` is one of four values. Each is complete in itself: the disclaimer, what was searched and
the index that answered are part of it, so no surface can show one without them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from corpus.document import Reference, SourceType, Span


class Reason(str, Enum):
    """Why a reply is not simply an answer."""

    EMPTY_QUESTION = "empty_question"
    OFF_TOPIC = "off_topic"
    NO_EVIDENCE = "no_evidence"
    PERSONAL_ADVICE = "personal_advice"
    EMERGENCY = "emergency"


class Label(str, Enum):
    """What readers are told beside a quotation; `assistant.disclaimer.LABELS` has the words."""

    RETRACTED = "retracted"
    SOURCES_DIFFER = "sources_differ"
    COUNTERWEIGHT = "counterweight"
    NOT_IN_PEOPLE = "not_in_people"
    NO_COMPARISON = "no_comparison"
    REVIEW_OVERDUE = "review_overdue"
    PRICE_DATED = "price_dated"
    RULE_DATED = "rule_dated"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where quoted words stand: `span` in the canonical text whose SHA-256 is `sha256`.

    `number` counts statements from 1 within the reply. `references` are the primary sources named
    in the quoted words, strongest first; `source_type` is that of the first, or the document's.
    `reviewed` is no day still to come.
    """

    number: int
    doc_id: str
    title: str
    section: str | None
    page: int | None
    span: Span
    sha256: str
    source_type: SourceType
    reviewed: date | None
    references: tuple[Reference, ...]

    @property
    def url(self) -> str:
        """The page for people on which the quoted words are marked."""
        return f"/documents/{self.doc_id}?start={self.span.start}&end={self.span.end}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One or more whole consecutive sentences, byte for byte, with their citation.

    `score` in [0, 1] says how well it answers; higher is better. `labels` are what readers must
    be told with it.
    """

    text: str
    score: float
    citation: Citation
    labels: tuple[Label, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) != self.citation.span.end - self.citation.span.start:
            raise ValueError(f"statement {self.citation.number} is not as long as its span")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a score lies in [0, 1], found {self.score}")


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """Which built index answered."""

    fingerprint: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent, in all and in the two costly steps."""

    total: float
    retrieve: float = 0.0
    select: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    reply_id: str
    question: str
    searched_as: str
    disclaimer: str
    index: IndexIdentity
    timings_ms: Timings

    def __post_init__(self) -> None:
        if not self.disclaimer.strip():
            raise ValueError("a reply carries the disclaimer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(_Common):
    """At least one statement.

    `message` is None, or the fixed words that only those who sell a treatment speak of it.
    """

    statements: tuple[Statement, ...]
    message: str | None = None
    suggestions: tuple[str, ...] = ()
    kind: str = field(default="answer", init=False)
    reason: None = field(default=None, init=False)

    def __post_init__(self) -> None:
        _Common.__post_init__(self)
        if not self.statements:
            raise ValueError("an answer has at least one statement; abstain instead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention(_Common):
    """No statement, and why."""

    reason: Reason
    message: str
    suggestions: tuple[str, ...] = ()
    kind: str = field(default="abstention", init=False)
    statements: tuple[Statement, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        _Common.__post_init__(self)
        if self.reason not in (Reason.EMPTY_QUESTION, Reason.OFF_TOPIC, Reason.NO_EVIDENCE):
            raise ValueError(f"an abstention cannot have the reason {self.reason.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(_Common):
    """A question that a professional must answer; general statements may follow the message."""

    message: str
    statements: tuple[Statement, ...] = ()
    suggestions: tuple[str, ...] = ()
    kind: str = field(default="redirect", init=False)
    reason: Reason = field(default=Reason.PERSONAL_ADVICE, init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent(_Common):
    """Only the fixed message: no quotes, whatever the documents say."""

    message: str
    kind: str = field(default="urgent", init=False)
    reason: Reason = field(default=Reason.EMERGENCY, init=False)
    statements: tuple[Statement, ...] = field(default=(), init=False)
    suggestions: tuple[str, ...] = field(default=(), init=False)


Reply = Answer | Abstention | Redirect | Urgent
