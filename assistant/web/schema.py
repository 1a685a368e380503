"""The reply and the documents as JSON: the public interface of every surface."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from assistant.disclaimer import LABELS
from assistant.querying import MAX_QUERY_CHARACTERS
from assistant.reading import reading_grade
from assistant.reply import Citation, Label, Reply, Statement
from corpus.document import Document, Reference, SourceType

MAX_QUESTION_CHARACTERS = 2000
MAX_HISTORY_TURNS = 20


def _well_formed(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul_character", "holds a NUL character (U+0000); remove it")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError(
            "string_unicode", "holds half a surrogate pair; send Unicode text"
        )
    return text


_WellFormed = AfterValidator(_well_formed)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HistoryTurn(_Model):
    """An earlier question of this conversation."""

    question: Annotated[str, Field(max_length=MAX_QUESTION_CHARACTERS), _WellFormed]
    searched_as: Annotated[
        str,
        Field(
            max_length=MAX_QUERY_CHARACTERS,
            description="What the reply to it said was searched; follow-ups build on it.",
        ),
        _WellFormed,
    ] = ""


class AskRequest(_Model):
    """A question, with the earlier turns that a follow-up may lean on."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"question": "Does PRP contain stem cells?"},
                {
                    "question": "and for women?",
                    "history": [
                        {
                            "question": "Does PRP work for hair loss?",
                            "searched_as": "Does PRP work for hair loss?",
                        }
                    ],
                },
            ]
        },
    )

    question: Annotated[str, Field(max_length=MAX_QUESTION_CHARACTERS), _WellFormed]
    history: Annotated[
        list[HistoryTurn],
        Field(max_length=MAX_HISTORY_TURNS, description="Oldest first.", default_factory=list),
    ]


def first_problem(error: ValidationError) -> str:
    """What was wrong with a request and where; never the value itself, which may be a question."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "request"
    return f"{place}: {first['msg']}"


class ReferenceOut(_Model):
    """A primary source named in the quoted words."""

    key: str
    label: str
    source_type: SourceType
    year: int | None
    doi: str | None
    url: str | None

    @classmethod
    def of(cls, reference: Reference) -> "ReferenceOut":
        return cls(
            key=reference.key,
            label=reference.label,
            source_type=reference.source_type,
            year=reference.year,
            doi=reference.doi,
            url=reference.url,
        )


class CitationOut(_Model):
    """Where the quoted words stand: `text == document.text[start:end]`, in code points."""

    number: int
    doc_id: str
    title: str
    section: str | None
    page: int | None
    start: int
    end: int
    sha256: Annotated[str, Field(description="Of the document's canonical text, UTF-8.")]
    source_type: SourceType
    reviewed: date | None
    url: str
    references: list[ReferenceOut]

    @classmethod
    def of(cls, citation: Citation) -> "CitationOut":
        return cls(
            number=citation.number,
            doc_id=citation.doc_id,
            title=citation.title,
            section=citation.section,
            page=citation.page,
            start=citation.span.start,
            end=citation.span.end,
            sha256=citation.sha256,
            source_type=citation.source_type,
            reviewed=citation.reviewed,
            url=citation.url,
            references=[ReferenceOut.of(reference) for reference in citation.references],
        )


class LabelOut(_Model):
    """What readers must be told beside a quotation; `code` is stable, `text` is shown."""

    code: Label
    text: str


class StatementOut(_Model):
    """One quoted passage of one or more whole sentences, byte for byte."""

    text: str
    score: float
    citation: CitationOut
    labels: Annotated[
        list[LabelOut],
        Field(description="Shown with the quotation, in this order; empty for most."),
    ]

    @classmethod
    def of(cls, statement: Statement) -> "StatementOut":
        return cls(
            text=statement.text,
            score=round(statement.score, 4),
            citation=CitationOut.of(statement.citation),
            labels=[LabelOut(code=label, text=LABELS[label]) for label in statement.labels],
        )


class IndexOut(_Model):
    """Which built index answered."""

    fingerprint: str
    built_at: datetime


class TimingsOut(_Model):
    """Milliseconds."""

    total: float
    retrieve: float
    select: float


class ReplyOut(_Model):
    """The reply object: the same on every surface."""

    reply_id: str
    kind: Literal["answer", "abstention", "urgent", "redirect"]
    question: Annotated[str, Field(description="As asked.")]
    searched_as: Annotated[str, Field(description="The self-contained query that was searched.")]
    reason: (
        Literal["empty_question", "off_topic", "no_evidence", "personal_advice", "emergency"] | None
    )
    message: Annotated[
        str | None, Field(description="Fixed wording shown above or instead of quotes.")
    ]
    statements: list[StatementOut]
    suggestions: Annotated[
        list[str], Field(description="Further questions that the documents do answer.")
    ]
    disclaimer: Annotated[str, Field(min_length=1)]
    index: IndexOut
    timings_ms: TimingsOut
    reading_grade: Annotated[
        float | None,
        Field(
            description="Flesch-Kincaid grade of the quoted words (years of school in the United "
            "States); null where nothing is quoted."
        ),
    ]

    @classmethod
    def of(cls, reply: Reply) -> "ReplyOut":
        quoted = " ".join(statement.text for statement in reply.statements)
        return cls.model_validate(
            {
                "reply_id": reply.reply_id,
                "kind": reply.kind,
                "question": reply.question,
                "searched_as": reply.searched_as,
                "reason": reply.reason.value if reply.reason else None,
                "message": reply.message,
                "statements": [StatementOut.of(statement) for statement in reply.statements],
                "suggestions": list(reply.suggestions),
                "disclaimer": reply.disclaimer,
                "index": {
                    "fingerprint": reply.index.fingerprint,
                    "built_at": reply.index.built_at,
                },
                "timings_ms": {
                    "total": round(reply.timings_ms.total, 1),
                    "retrieve": round(reply.timings_ms.retrieve, 1),
                    "select": round(reply.timings_ms.select, 1),
                },
                "reading_grade": reading_grade(quoted) if quoted else None,
            }
        )


class DocumentOut(_Model):
    """One document of the index, without its text."""

    doc_id: str
    title: str
    source_type: SourceType
    language: str
    reviewed: date | None
    pages: Annotated[int | None, Field(description="Number of pages; null where it has none.")]
    url: str

    @classmethod
    def of(cls, document: Document) -> "DocumentOut":
        return cls.model_validate(_record(document))


class DocumentTextOut(DocumentOut):
    """One document with the canonical text that every span points into."""

    text: str
    sha256: str

    @classmethod
    def of(cls, document: Document) -> "DocumentTextOut":
        return cls.model_validate(
            {**_record(document), "text": document.text, "sha256": document.sha256}
        )


def _record(document: Document) -> dict[str, object]:
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "source_type": document.source_type,
        "language": document.language,
        "reviewed": document.reviewed,
        "pages": len(document.pages) or None,
        "url": f"/documents/{document.doc_id}",
    }


class HealthOut(_Model):
    """How the process is."""

    status: Literal["ok", "ready"]


class ErrorDetail(_Model):
    """`code` is stable; `message` says what was found, expected, and what to do."""

    code: str
    message: str


class ErrorOut(_Model):
    """Every malformed request is answered with this."""

    error: ErrorDetail
