"""The widget: a launcher for other sites, the page that it opens, and a site to see it on."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from assistant.web.assets import Asset, joined, slim
from assistant.web.conversation_page import render_widget
from assistant.web.embedding import embedding_origins, frame_ancestors
from assistant.web.page_words import PAGE_WORDS, Language
from assistant.web.schema import AskRequest, ErrorOut, ReplyOut
from assistant.web.turns import render_turn
from assistant.web.words import Words

Ask = Callable[[AskRequest], ReplyOut]

STARTERS = (
    "Has stem-cell therapy for hair loss been tested in trials?",
    "Is stem-cell hair treatment approved by the FDA?",
    "What side effects have been reported?",
    "What should I ask a clinic before paying?",
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HTML = "text/html; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
_LANGUAGE = Query(description="Language of what stands around the quotations.")
_MALFORMED: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The request was malformed; the message says how.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}},
    }
}
_NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorOut, "description": "No index is loaded yet."}
}
_LAUNCHER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The script.",
        "content": {"text/javascript": {"schema": {"type": "string"}}},
    }
}


class TurnOut(BaseModel):
    """One finished turn, as the chat and the widget show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn: Annotated[
        str,
        Field(
            description="HTML. The text of each element marked `data-quote` is a quotation, "
            "code point for code point."
        ),
    ]
    searched_as: Annotated[str, Field(description="For the history of the next question.")]


def mount_widget(
    app: FastAPI,
    ask: Ask | None,
    *,
    origins: Iterable[str] = (),
    starters: Sequence[str] = STARTERS,
    demo: bool = True,
) -> FastAPI:
    """`app` with `/widget.js`, `/widget`, `POST /api/turn` and, where wanted, `/demo`.

    `origins` are the sites that may embed the widget, beside our own; ValueError where one is no
    origin. `ask` is None while no index is loaded.
    """
    allowed = embedding_origins(origins)
    loader = Asset(slim(joined("widget-loader.js")), _SCRIPT)
    style = Asset(joined("tokens.css", "chat.css", "widget.css"), "text/css; charset=utf-8")
    script = Asset(joined("conversation.js", "widget-page.js"), _SCRIPT)
    pages = {
        language: Asset(_page(page.words, starters, allowed, style=style, script=script), _HTML)
        for language, page in PAGE_WORDS.items()
    }
    page_headers = {
        "Content-Security-Policy": f"{_POLICY}; {frame_ancestors(allowed)}",
        "Referrer-Policy": "no-referrer",
    }

    @app.get(
        "/widget.js",
        summary="The launcher for other sites",
        tags=["widget"],
        response_class=Response,
        responses=_LAUNCHER,
    )
    def launcher(request: Request) -> Response:
        """One script without dependencies; the README has its options."""
        return loader.response(
            request,
            {
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )

    @app.get(
        "/widget",
        summary="The page that the launcher opens",
        tags=["widget"],
        response_class=HTMLResponse,
        responses=_MALFORMED,
    )
    def page(request: Request, lang: Annotated[Language, _LANGUAGE] = "en") -> Response:
        """May be framed by this site and by those that the operator allows."""
        return pages[lang].response(request, page_headers)

    @app.get("/widget/page.css", include_in_schema=False)
    def page_style(request: Request) -> Response:
        return style.response(request)

    @app.get("/widget/page.js", include_in_schema=False)
    def page_script(request: Request) -> Response:
        return script.response(request)

    @app.post(
        "/api/turn",
        summary="Ask a question, and get the turn as HTML",
        tags=["widget"],
        responses={**_MALFORMED, **_NO_INDEX},
    )
    def turn(question: AskRequest, lang: Annotated[Language, _LANGUAGE] = "en") -> TurnOut:
        """The same reply as of `POST /api/ask`, escaped and marked up for our own pages."""
        if ask is None:
            raise _no_index()
        reply = ask(question)
        return TurnOut(
            turn=render_turn(reply, PAGE_WORDS[lang].words), searched_as=reply.searched_as
        )

    if demo:
        _mount_demo(app)
    return app


def _mount_demo(app: FastAPI) -> None:
    page = Asset(joined("demo.html"), _HTML)

    @app.get("/demo", include_in_schema=False)
    def demonstration(request: Request) -> Response:
        return page.response(request, {"Content-Security-Policy": _DEMO_POLICY})


def _page(
    words: Words, starters: Sequence[str], origins: Sequence[str], *, style: Asset, script: Asset
) -> str:
    return f"""<!doctype html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(words.title)}</title>
<link rel="icon" type="image/svg+xml" href="/static/icon.svg">
<link rel="stylesheet" href="/widget/page.css?v={style.version}">
<script src="/widget/page.js?v={script.version}" defer></script>
</head>
<body data-answers="/api/turn?lang={words.language}" data-origins="{escape(" ".join(origins))}">
{render_widget(starters, words)}
</body>
</html>
"""


def _no_index() -> HTTPException:
    detail = {"code": "no_index", "message": "No index is loaded; run `python app.py index`."}
    # Starlette types the detail as text; the handler of `create_api` reads the two.
    return HTTPException(503, detail=detail)  # type: ignore[arg-type]
