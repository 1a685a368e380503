"""The reply object to the letter, and what a request may hold."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.web.schema import (
    MAX_HISTORY_TURNS,
    MAX_QUESTION_CHARACTERS,
    AskRequest,
    DocumentOut,
    DocumentTextOut,
    HistoryTurn,
    ReplyOut,
    first_problem,
)
from corpus.document import SourceType
from tests.fakes import ANSWERS, DOCUMENTS, disclaimer_after, reply_to

REPLY_KEYS = [
    "reply_id",
    "kind",
    "question",
    "searched_as",
    "reason",
    "message",
    "statements",
    "suggestions",
    "disclaimer",
    "index",
    "timings_ms",
    "reading_grade",
]
CITATION_KEYS = [
    "number",
    "doc_id",
    "title",
    "section",
    "page",
    "start",
    "end",
    "sha256",
    "source_type",
    "reviewed",
    "url",
    "references",
]
KINDS = {
    "Is PRP new?": ("answer", None),
    "": ("abstention", "empty_question"),
    "the weather": ("abstention", "off_topic"),
    "something else": ("abstention", "no_evidence"),
    "Should I have it?": ("redirect", "personal_advice"),
    "I have a fever": ("urgent", "emergency"),
}


def _reply(question: str) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(
        ReplyOut.of(reply_to(AskRequest(question=question, history=[]))).model_dump_json()
    )
    return reply


@pytest.mark.parametrize(("question", "expected"), KINDS.items())
def test_every_kind_of_reply_has_exactly_the_keys_of_the_contract(
    question: str, expected: tuple[str, str | None]
) -> None:
    reply = _reply(question)
    assert list(reply) == REPLY_KEYS
    assert (reply["kind"], reply["reason"]) == expected
    assert list(reply["index"]) == ["fingerprint", "built_at"]
    assert list(reply["timings_ms"]) == ["total", "retrieve", "select"]
    assert reply["disclaimer"] == disclaimer_after(question)
    assert datetime.fromisoformat(reply["index"]["built_at"]).utcoffset() is not None
    assert (reply["message"] is None) == (expected[0] == "answer")
    assert bool(reply["statements"]) == (expected[0] in ("answer", "redirect"))


@pytest.mark.parametrize("question", ANSWERS)
def test_every_statement_is_the_text_at_its_span(question: str) -> None:
    for number, statement in enumerate(_reply(question)["statements"], start=1):
        assert list(statement) == ["text", "score", "citation", "labels"]
        citation = statement["citation"]
        assert list(citation) == CITATION_KEYS
        document = DOCUMENTS[citation["doc_id"]]
        assert statement["text"] == document.text[citation["start"] : citation["end"]]
        assert (citation["number"], citation["sha256"]) == (number, document.sha256)
        assert citation["url"] == (
            f"/documents/{document.doc_id}?start={citation['start']}&end={citation['end']}"
        )
        assert citation["source_type"] in {kind.value for kind in SourceType}
        for reference in citation["references"]:
            assert list(reference) == ["key", "label", "source_type", "year", "doi", "url"]


def test_what_is_not_known_is_null_and_a_date_is_a_date() -> None:
    citation = _reply("wash")["statements"][0]["citation"]
    assert (citation["page"], citation["reviewed"], citation["references"]) == (2, None, [])
    citation = _reply("trial")["statements"][0]["citation"]
    assert (citation["page"], citation["reviewed"]) == (None, "2026-11-24")
    assert citation["references"][0]["year"] == 2020
    assert citation["references"][0]["url"] is None


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda document: document.doc_id)
def test_a_document_is_listed_with_the_keys_of_the_contract(document: Any) -> None:
    listed = json.loads(DocumentOut.of(document).model_dump_json())
    assert list(listed) == [
        "doc_id",
        "title",
        "source_type",
        "language",
        "reviewed",
        "pages",
        "url",
    ]
    assert listed["pages"] == (len(document.pages) or None)
    full = json.loads(DocumentTextOut.of(document).model_dump_json())
    assert full == {**listed, "text": document.text, "sha256": document.sha256}


def test_a_history_is_optional_and_what_was_searched_too() -> None:
    assert AskRequest.model_validate({"question": "a"}).history == []
    turn = HistoryTurn.model_validate({"question": "a"})
    assert turn.searched_as == ""


@pytest.mark.parametrize(
    ("request_body", "place"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": 7}, "question"),
        ({"question": ["vinegar"]}, "question"),
        ({"question": "vinegar" * 300}, "question"),
        ({"question": "vinegar\0"}, "question"),
        ({"question": "vinegar\ud800"}, "question"),
        ({"question": "a", "vinegarish": 1}, "vinegarish"),
        ({"question": "a", "history": None}, "history"),
        ({"question": "a", "history": {}}, "history"),
        ({"question": "a", "history": ["vinegar"]}, "history.0"),
        ({"question": "a", "history": [{"searched_as": "vinegar"}]}, "history.0.question"),
        ({"question": "a", "history": [{"question": "vinegar", "x": 1}]}, "history.0.x"),
        ({"question": "a", "history": [{"question": "vinegar" * 300}]}, "history.0.question"),
        (
            {"question": "a", "history": [{"question": "a", "searched_as": "vinegar\0"}]},
            "history.0.searched_as",
        ),
        ({"question": "a", "history": [{"question": "vinegar"}] * 21}, "history"),
        ("vinegar", "request"),
        (None, "request"),
    ],
)
def test_a_malformed_request_is_refused_with_its_place_and_without_its_words(
    request_body: object, place: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        AskRequest.model_validate(request_body)
    problem = first_problem(caught.value)
    assert problem.startswith(f"{place}: ")
    assert "vinegar" not in problem.removeprefix("vinegarish: ")


def test_the_limits_are_reached_and_not_passed() -> None:
    longest = "👩" * MAX_QUESTION_CHARACTERS
    turn = {"question": longest, "searched_as": longest}
    request = AskRequest.model_validate(
        {"question": longest, "history": [turn] * MAX_HISTORY_TURNS}
    )
    assert len(request.history) == MAX_HISTORY_TURNS


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50))
def test_any_other_text_can_be_asked_as_it_stands(question: str) -> None:
    request = AskRequest(question=question, history=[HistoryTurn(question=question)])
    assert request.question == question
    assert AskRequest.model_validate_json(request.model_dump_json()) == request
