"""The MCP tool `ask`, with the reply object as structured output."""

import logging
from collections.abc import Callable
from typing import Any

import anyio.to_thread
from mcp.server.lowlevel import Server
from mcp.types import Tool, ToolAnnotations
from pydantic import ValidationError

from assistant.errors import NoIndexLoaded
from assistant.web.refusals import NOT_READY
from assistant.web.schema import AskRequest, ReplyOut, first_problem

logger = logging.getLogger(__name__)

_TOOL = Tool(
    name="ask",
    title="Ask about stem-cell therapy for hair loss",
    description=(
        "Answers a question on stem-cell therapy and other treatments for hair loss only with "
        "sentences quoted word for word from documents, each with its citation. Abstains when the "
        "documents do not answer. Not medical advice: show the disclaimer with every reply, and "
        "show the message of an urgent reply first."
    ),
    inputSchema=AskRequest.model_json_schema(),
    outputSchema=ReplyOut.model_json_schema(mode="serialization"),
    annotations=ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False),
)


def offer_tool(server: Server[Any, Any], ask: Callable[[AskRequest], ReplyOut]) -> None:
    """Make `ask` the one tool of `server`, in place of any that it offered.

    Gradio's own tools put Python's `str()` of a result into the text and no object into
    `structuredContent` (`gradio.mcp.GradioMCPServer.create_mcp_server`, 6.31); this one gives the
    reply object as both JSON text and structured content, checked against its schema.
    """

    async def list_tools() -> list[Tool]:
        return [_TOOL]

    async def call_tool(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if name != _TOOL.name:
            raise ValueError(f"there is no tool {name!r}; the one tool is {_TOOL.name!r}")
        try:
            request = AskRequest.model_validate(arguments)
        except ValidationError as error:
            raise ValueError(first_problem(error)) from None
        try:
            reply = await anyio.to_thread.run_sync(ask, request)
        except NoIndexLoaded:
            raise RuntimeError(NOT_READY) from None
        except Exception as error:  # noqa: BLE001 - the boundary: the client would be sent the words
            logger.error("unexpected %s while answering over MCP", type(error).__name__)
            raise RuntimeError("Something went wrong on our side; please try again.") from None
        return reply.model_dump(mode="json")

    server.list_tools()(list_tools)  # type: ignore[no-untyped-call]
    # Our own form of errors: the library's check of the input would repeat the value itself.
    server.call_tool(validate_input=False)(call_tool)
