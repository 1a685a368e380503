"""The Gradio chat: one page, one public endpoint, one MCP tool. The only importer of gradio."""

import logging
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import gradio.queueing
import gradio.routes
import gradio.utils
from fastapi import FastAPI
from fastapi.responses import FileResponse
from pydantic import ValidationError

from assistant.errors import NoIndexLoaded
from assistant.web.conversation_page import render_conversation
from assistant.web.mcp_tool import offer_tool
from assistant.web.refusals import NOT_READY
from assistant.web.schema import AskRequest, ReplyOut, first_problem
from assistant.web.turns import render_turn

logger = logging.getLogger(__name__)

Ask = Callable[[AskRequest], ReplyOut]

_STATIC = Path(__file__).parent / "static"
_TITLE = "Stem-cell therapy for hair loss: answers in quotations"
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Arial", "sans-serif"]
_MONO = ["ui-monospace", "Consolas", "monospace"]
_FAILED = (
    "Something went wrong on our side, so there is no answer. "
    "Nothing that you typed is lost; please try again."
)
# Answers take tens of milliseconds of one core; a few at once keep a slow one from holding others.
_AT_ONCE = 4


def mount_chat(
    app: FastAPI, ask: Ask, *, examples: Mapping[str, Sequence[str]], path: str = "/chat"
) -> FastAPI:
    """`app` with the chat, its API (`PATH/gradio_api`) and its MCP server mounted at `path`.

    The page needs `app` to serve `assistant.web.documents.static_folder` at `/static`.
    """
    _withhold_printed_values()
    blocks = build_chat(ask, examples=examples)
    _serve_icon(app)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        max_file_size=1,
        mcp_server=True,
        theme=_theme(),
        head=_head(),
    )
    offer_tool(blocks.mcp_server_obj.mcp_server, ask)
    return mounted


class _TypesOnly:
    """Stands for the module `traceback` in Gradio's modules, which print what a call held (6.31).

    "Received inputs: [...]" would put a question on standard error.
    """

    @staticmethod
    def print_exc() -> None:
        kind = sys.exc_info()[0]
        logger.warning("Gradio met %s in a request", kind.__name__ if kind else "nothing")

    format_exc = staticmethod(traceback.format_exc)


def _withhold_printed_values() -> None:
    for module in (gradio.queueing, gradio.routes, gradio.utils):
        module.traceback = _TypesOnly


def _serve_icon(app: FastAPI) -> None:
    """The two files that browsers ask for unprompted, or because Gradio's page names them."""

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> FileResponse:
        return FileResponse(_STATIC / "icon.svg", media_type="image/svg+xml")

    @app.get("/manifest.json", include_in_schema=False)
    def manifest() -> FileResponse:
        return FileResponse(_STATIC / "manifest.json", media_type="application/manifest+json")


def build_chat(ask: Ask, *, examples: Mapping[str, Sequence[str]]) -> gr.Blocks:
    """The page and the endpoint `/ask`.

    The server keeps nothing of a conversation: the page holds its turns in memory and sends them
    along, and calls `answer` as a server function of its one component. An event of Gradio's would
    reload the page when the connection breaks (6.31), and what the visitor typed would be lost.
    """

    def answer(sent: object) -> dict[str, str]:
        """The reply to what the page sent, as HTML, or the problem that stands in its way."""
        try:
            reply = ask(AskRequest.model_validate(sent))
        except ValidationError as error:
            return {"problem": first_problem(error)}
        except NoIndexLoaded:
            return {"problem": NOT_READY}
        except Exception as error:  # noqa: BLE001 - the boundary: Gradio would log the values
            logger.error("unexpected %s while answering in the chat", type(error).__name__)
            return {"problem": _FAILED}
        return {"turn": render_turn(reply), "searched_as": reply.searched_as}

    with gr.Blocks(title=_TITLE, analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(
            html_template="${page}",
            page=render_conversation(examples),
            js_on_load=_static_text("conversation.js", "chat.js"),
            server_functions=[answer],
            apply_default_css=False,
            elem_id="conversation",
        )
        gr.api(_endpoint(ask), api_name="ask", concurrency_limit=_AT_ONCE)
        blocks.fns[max(blocks.fns)].outputs[0]._api_info = _reply_schema()
    # Otherwise every call that fails makes a table of the last 10,000 calls with pandas; the
    # attribute is spelled so (6.31).
    blocks._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
    return blocks


def _endpoint(ask: Ask) -> Callable[..., dict[str, Any]]:
    def answer_from_documents(
        question: str, history: list[dict[str, str]] | None = None
    ) -> dict[str, Any]:
        """Answer a question on stem-cell therapy for hair loss with quoted sentences only.

        Gives the reply object: statements quoted word for word, each with its citation, or the
        fixed message that stands instead of them, and always a disclaimer. Not medical advice.

        Args:
            question: The question, at most 2,000 characters.
            history: Earlier turns of the conversation, oldest first, at most 20: objects with
                "question" and "searched_as" as the replies gave them. Follow-ups build on it.
        """
        try:
            request = AskRequest.model_validate({"question": question, "history": history or []})
        except ValidationError as error:
            raise gr.Error(first_problem(error), print_exception=False) from None
        try:
            return ask(request).model_dump(mode="json")
        except NoIndexLoaded:
            raise gr.Error(NOT_READY, print_exception=False) from None
        except Exception as error:  # noqa: BLE001 - the boundary: Gradio would log the values
            logger.error("unexpected %s while answering the API", type(error).__name__)
            raise gr.Error("Something went wrong on our side.", print_exception=False) from None

    return answer_from_documents


def _reply_schema() -> dict[str, Any]:
    """The schema of a reply as Gradio's client can read it: no `$ref`, no closed objects.

    `gr.api` itself derives no more than "an object" from a type hint.
    """
    schema = ReplyOut.model_json_schema(mode="serialization")
    definitions = schema.pop("$defs")

    def inlined(node: Any) -> Any:
        if isinstance(node, list):
            return [inlined(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return inlined(definitions[node["$ref"].rsplit("/", 1)[-1]])
        return {k: inlined(v) for k, v in node.items() if k != "additionalProperties"}

    reply: dict[str, Any] = inlined(schema)
    return reply


def _head() -> str:
    """Our styles among the rest: given as `css`, Gradio would split `:where(a, b)` at the comma
    and prefix `:root` inside a media query, so that dark colours never apply (6.31).
    """
    styles = _static_text("tokens.css", "chat.css")
    return (
        '<meta name="description" content="Answers made of sentences quoted word for word.">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" type="image/svg+xml" href="/static/icon.svg">'
        f"<style>{styles}</style>"
    )


def _static_text(*names: str) -> str:
    return "".join((_STATIC / name).read_text("utf-8") for name in names)


def _theme() -> gr.themes.Base:
    """Gradio's own few surfaces in the colours of static/tokens.css, with the system's fonts."""
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill="#f6f7f5",
        body_background_fill_dark="#0e1618",
        body_text_color="#14252b",
        body_text_color_dark="#e4ecec",
    )
