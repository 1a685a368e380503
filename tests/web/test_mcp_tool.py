"""The MCP tool, called as a client calls it, without a network."""

import logging
from collections.abc import Mapping
from typing import Any

import anyio
import pytest
from mcp.server.lowlevel import Server
from mcp.shared.memory import create_connected_server_and_client_session
from mcp.types import CallToolResult

from assistant.web.mcp_tool import offer_tool
from assistant.web.schema import ReplyOut
from tests.fakes import ANSWERS, BROKEN, TOO_EARLY, FakeAssistant


def _called(arguments: Mapping[str, Any], name: str = "ask") -> CallToolResult:
    server: Server[Any, Any] = Server("test")
    offer_tool(server, FakeAssistant())

    async def talk() -> CallToolResult:
        async with create_connected_server_and_client_session(server) as session:
            return await session.call_tool(name, dict(arguments))

    return anyio.run(talk)


def _text(result: CallToolResult) -> str:
    return "".join(getattr(part, "text", "") for part in result.content)


@pytest.mark.parametrize("question", [*ANSWERS, "", "I have a fever", "the weather"])
def test_the_reply_object_is_structured_content(question: str) -> None:
    result = _called({"question": question})
    assert not result.isError
    reply = ReplyOut.model_validate(result.structuredContent)
    assert reply.question == question
    for statement, (document, span) in zip(
        reply.statements, ANSWERS.get(question, ()), strict=True
    ):
        assert statement.text == span.of(document.text)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "question: Field required"),
        ({"question": 7}, "question: Input should be a valid string"),
        ({"question": "vinegar" * 300}, "question: String should have at most 2000 characters"),
        ({"question": "vinegar\0"}, "question: holds a NUL character"),
        ({"question": "a", "history": ["vinegar"]}, "history.0: "),
        ({"question": "a", "history": [{"question": "vinegar"}] * 21}, "history: "),
        ({"question": "a", "more": "vinegar"}, "more: "),
    ],
)
def test_a_malformed_call_is_told_why_without_its_words(
    caplog: pytest.LogCaptureFixture, arguments: Mapping[str, Any], told: str
) -> None:
    with caplog.at_level(logging.INFO):
        result = _called(arguments)
    assert result.isError
    assert _text(result).startswith(told)
    assert "vinegar" not in _text(result) + caplog.text


def test_there_is_no_other_tool() -> None:
    result = _called({}, name="delete")
    assert result.isError
    assert "the one tool is 'ask'" in _text(result)


def test_a_mistake_of_ours_is_told_without_a_word_of_the_question(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        result = _called({"question": BROKEN})
    assert result.isError
    assert "Something went wrong on our side" in _text(result)
    assert "unexpected RuntimeError" in caplog.text
    assert BROKEN not in _text(result) + caplog.text


def test_before_there_is_an_index_it_is_told_that_this_passes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = _called({"question": TOO_EARLY})
    assert result.isError
    assert "please try again in a minute" in _text(result)
    assert not caplog.text
