"""The disclaimer cannot be lost: no reply without it, and no surface that leaves it out.

What a browser shows, copies and prints is in tests/e2e/test_disclaimer.py.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from mcp.server.lowlevel import Server
from mcp.shared.memory import create_connected_server_and_client_session
from mcp.types import CallToolResult, ListToolsResult
from pydantic import ValidationError

from assistant.audit.record import record_of
from assistant.audit.report import record_as_text
from assistant.disclaimer import DISCLAIMER, URGENT_DISCLAIMER
from assistant.reply import Abstention, Answer, Redirect, Reply, Urgent
from assistant.web.api import create_api
from assistant.web.chat import _endpoint, _reply_schema
from assistant.web.mcp_tool import offer_tool
from assistant.web.schema import AskRequest, ReplyOut
from assistant.web.spanish import SPANISH
from assistant.web.terminal import as_text
from assistant.web.turns import render_turn
from assistant.web.widget import mount_widget
from assistant.web.words import ENGLISH, Words
from tests.fakes import ANSWERS, DOCUMENTS, FakeAssistant, disclaimer_after, reply_to
from tests.web.markup import parse
from tests.web.test_schema import KINDS

QUESTIONS = [*KINDS, *ANSWERS]


def _reply(question: str) -> Reply:
    return reply_to(AskRequest(question=question, history=[]))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    ask = FakeAssistant()
    with TestClient(mount_widget(create_api(ask, DOCUMENTS, version="0"), ask)) as client:
        yield client


def _mcp(question: str) -> tuple[ListToolsResult, CallToolResult]:
    server: Server[Any, Any] = Server("test")
    offer_tool(server, FakeAssistant())

    async def talk() -> tuple[ListToolsResult, CallToolResult]:
        async with create_connected_server_and_client_session(server) as session:
            return await session.list_tools(), await session.call_tool(
                "ask", {"question": question}
            )

    return anyio.run(talk)


def test_every_kind_of_reply_is_asked_for_here() -> None:
    kinds = {type(_reply(question)) for question in QUESTIONS}
    assert kinds == {Answer, Abstention, Redirect, Urgent}


def test_an_urgent_reply_speaks_of_no_quotations_and_bids_nobody_to_think_it_over() -> None:
    for words in (ENGLISH, SPANISH):
        said = words.of(disclaimer_after("fever"))
        assert said != words.of(DISCLAIMER)
        assert not re.search(r"quot|cita|decid", said)
        assert re.search(r"not medical advice|no consejo médico", said)
    assert disclaimer_after("fever") == URGENT_DISCLAIMER


@pytest.mark.parametrize("question", KINDS)
@pytest.mark.parametrize("empty", ["", " ", "\n\t "])
def test_a_reply_cannot_be_built_without_it(question: str, empty: str) -> None:
    reply = _reply(question)
    names = [name for name, field in reply.__dataclass_fields__.items() if field.init]
    fields = {name: getattr(reply, name) for name in names}
    with pytest.raises(ValueError, match="disclaimer"):
        type(reply)(**{**fields, "disclaimer": empty})
    del fields["disclaimer"]
    with pytest.raises(TypeError, match="disclaimer"):
        type(reply)(**fields)


@pytest.mark.parametrize("question", KINDS)
def test_a_reply_object_without_it_is_none(question: str) -> None:
    fields = ReplyOut.of(_reply(question)).model_dump()
    with pytest.raises(ValidationError, match="disclaimer"):
        ReplyOut.model_validate({**fields, "disclaimer": ""})
    del fields["disclaimer"]
    with pytest.raises(ValidationError, match="disclaimer"):
        ReplyOut.model_validate(fields)


def _assert_required(schema: dict[str, Any]) -> None:
    assert "disclaimer" in schema["required"]
    assert schema["properties"]["disclaimer"]["minLength"] == 1


def test_every_description_of_a_reply_requires_it(client: TestClient) -> None:
    _assert_required(client.get("/openapi.json").json()["components"]["schemas"]["ReplyOut"])
    _assert_required(_reply_schema())
    tools, _ = _mcp("prp")
    _assert_required(tools.tools[0].outputSchema or {})
    assert "show the disclaimer with every reply" in (tools.tools[0].description or "")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_api_sends_it(client: TestClient, question: str) -> None:
    reply = client.post("/api/ask", json={"question": question}).json()
    assert reply["disclaimer"] == disclaimer_after(question)


def test_every_example_in_the_description_shows_it(client: TestClient) -> None:
    description = client.get("/openapi.json").text
    replies = description.count('"timings_ms":{"total":')
    assert replies >= 1
    shown = [DISCLAIMER, URGENT_DISCLAIMER]
    counts = [description.count(f'"disclaimer":{json.dumps(words)}') for words in shown]
    assert all(counts)
    assert sum(counts) == replies


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_endpoint_of_the_chat_sends_it(question: str) -> None:
    assert _endpoint(FakeAssistant())(question)["disclaimer"] == disclaimer_after(question)


@pytest.mark.parametrize("question", KINDS)
def test_the_mcp_tool_sends_it_as_structure_and_as_text(question: str) -> None:
    _, result = _mcp(question)
    assert (result.structuredContent or {})["disclaimer"] == disclaimer_after(question)
    assert json.loads(result.content[0].text)["disclaimer"] == disclaimer_after(question)  # type: ignore[union-attr]


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=["en", "es"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_turn_of_chat_or_widget_ends_with_it(question: str, words: Words) -> None:
    markup = parse(render_turn(ReplyOut.of(_reply(question)), words))
    assert [element.text for element in markup.having("data-disclaimer")] == [
        words.of(disclaimer_after(question))
    ]
    last = markup.elements.index(markup.having("data-disclaimer")[0])
    for shown in ("data-quote", "data-message"):
        assert all(markup.elements.index(e) < last for e in markup.having(shown))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_route_of_the_widget_sends_it(client: TestClient, language: str) -> None:
    words = {"en": ENGLISH, "es": SPANISH}[language]
    for question in KINDS:
        turn = client.post(f"/api/turn?lang={language}", json={"question": question}).json()["turn"]
        shown = parse(turn).having("data-disclaimer")
        assert [element.text for element in shown] == [words.of(disclaimer_after(question))]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_command_line_ends_with_it(question: str) -> None:
    assert " ".join(as_text(ReplyOut.of(_reply(question))).split()).endswith(
        disclaimer_after(question)
    )


@given(st.text(min_size=1).filter(str.strip))
def test_the_command_line_ends_with_whatever_it_says(wording: str) -> None:
    reply = ReplyOut.of(_reply("prp")).model_copy(update={"disclaimer": wording})
    assert "".join(as_text(reply).split()).endswith("".join(wording.split()))


@pytest.mark.parametrize("question", KINDS)
def test_a_recorded_reply_shows_it(question: str) -> None:
    request = AskRequest(question=question, history=[])
    reply = ReplyOut.of(_reply(question))
    now = datetime.now(UTC)
    record = record_of(request, reply, at=now, basis={}, key=b"k" * 32, keep_text=False)
    assert record.reply["disclaimer"] == disclaimer_after(question)
    assert " ".join(record_as_text(record).split()).endswith(disclaimer_after(question))
