"""Gradio's own API and the MCP server, over real HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool

from assistant.web.schema import ReplyOut
from tests.e2e.conftest import Site
from tests.fakes import ANSWERS, BROKEN, TOO_EARLY


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def _post(url: str, body: object) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def _call(site: Site, *arguments: object) -> tuple[str, Any]:
    """The last event of a call of `/ask` and its data."""
    api = f"{site.url}/chat/gradio_api/call/ask"
    event_id = _post(api, {"data": list(arguments)})["event_id"]
    with urllib.request.urlopen(f"{api}/{event_id}", timeout=10) as response:
        lines = response.read().decode().strip().splitlines()
    return lines[-2].removeprefix("event: "), json.loads(lines[-1].removeprefix("data: "))


def test_the_api_offers_one_endpoint_and_describes_it(site: Site) -> None:
    info = _get(f"{site.url}/chat/gradio_api/info")
    assert list(info["named_endpoints"]) == ["/ask"]
    assert info["unnamed_endpoints"] == {}
    endpoint = info["named_endpoints"]["/ask"]
    names = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
    assert names == ["question", "history"]
    assert "quoted sentences only" in endpoint["description"]
    assert set(endpoint["returns"][0]["type"]["properties"]) == set(ReplyOut.model_fields)


def test_the_endpoint_gives_the_reply_object(site: Site) -> None:
    history = [{"question": "Is PRP new?", "searched_as": "Is PRP new?"}]
    event, data = _call(site, "and for women?", history)
    assert event == "complete"
    reply = ReplyOut.model_validate(data[0])
    assert reply.searched_as == "Is PRP new? and for women?"
    expected = [span.of(document.text) for document, span in ANSWERS["prp"]]
    assert [statement.text for statement in reply.statements] == expected


@pytest.mark.parametrize(
    ("question", "history", "told"),
    [
        ("x" * 2001, None, "at most 2000 characters"),
        ("PRP?", [{"question": "a"}] * 21, "at most 20 items"),
        ("PRP?", [{"answer": "a"}], "history.0"),
        ("PRP?", "no list", "history"),
        (7, None, "question"),
        (BROKEN, None, "Something went wrong"),
        (TOO_EARLY, None, "please try again in a minute"),
    ],
)
def test_a_bad_call_is_told_why(site: Site, question: object, history: object, told: str) -> None:
    event, data = _call(site, question, history)
    assert event == "error"
    assert told in json.dumps(data)


def test_nothing_else_can_be_called_by_name(site: Site) -> None:
    for name in ("answer", "predict", "lambda"):
        with pytest.raises(urllib.error.HTTPError):
            _get(f"{site.url}/chat/gradio_api/call/{name}")


@pytest.fixture(scope="module")
def told(site: Site) -> Iterator[tuple[list[Tool], CallToolResult, CallToolResult]]:
    """What an MCP client hears: the tools, a reply, and the answer to a bad call."""

    async def talk() -> tuple[list[Tool], CallToolResult, CallToolResult]:
        url = f"{site.url}/chat/gradio_api/mcp/"
        async with (
            streamable_http_client(url) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            reply = await session.call_tool("ask", {"question": "nasty words"})
            refused = await session.call_tool("ask", {"question": "x" * 2001})
            return tools, reply, refused

    # Playwright's event loop lives in this thread.
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(anyio.run, talk).result()


Heard = tuple[list[Tool], CallToolResult, CallToolResult]


def test_mcp_offers_one_tool_with_the_reply_as_its_schema(told: Heard) -> None:
    tools, _, _ = told
    assert [tool.name for tool in tools] == ["ask"]
    assert set((tools[0].outputSchema or {})["properties"]) == set(ReplyOut.model_fields)
    assert "Not medical advice" in (tools[0].description or "")


def test_mcp_gives_the_reply_object_as_structured_content(told: Heard) -> None:
    _, result, _ = told
    assert not result.isError
    reply = ReplyOut.model_validate(result.structuredContent)
    expected = [span.of(document.text) for document, span in ANSWERS["nasty words"]]
    assert [statement.text for statement in reply.statements] == expected
    assert json.loads(result.content[0].text) == result.structuredContent  # type: ignore[union-attr]


def test_mcp_refuses_a_question_that_is_too_long(told: Heard) -> None:
    _, _, refused = told
    assert refused.isError
