"""The HTTP interface: every route, its limits and its errors."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.documents import render_document, static_folder
from assistant.web.schema import (
    AskRequest,
    DocumentOut,
    DocumentTextOut,
    ErrorDetail,
    ErrorOut,
    HealthOut,
    ReplyOut,
)
from corpus.document import Document, Span

logger = logging.getLogger(__name__)

# A question of 2,000 characters and 20 earlier turns of two texts each, at four bytes a character
# written as JSON escapes, stay below this.
MAX_BODY_BYTES = 1024 * 1024

Ask = Callable[[AskRequest], ReplyOut]

_ERRORS: dict[int | str, dict[str, object]] = {
    "4XX": {"model": ErrorOut, "description": "The request was malformed; the message says how."}
}


def create_api(ask: Ask | None, documents: Mapping[str, Document], *, version: str) -> FastAPI:
    """The application without the chat; `ask` is None while no index is loaded.

    Nothing of a question is logged. Every error of the caller's is a 4xx with an `ErrorOut`.
    """
    api = FastAPI(
        title="Verbatim answers on stem-cell therapy for hair loss",
        version=version,
        description=(
            "Answers made only of sentences quoted word for word from documents, each with its "
            "source; says so when the documents do not answer. Not medical advice."
        ),
        docs_url=None,
        redoc_url=None,
    )
    api.add_middleware(BodyLimit, most_bytes=MAX_BODY_BYTES)
    api.add_exception_handler(RequestValidationError, _invalid_request)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _unexpected)
    api.mount("/static", StaticFiles(directory=static_folder), name="static")

    @api.post("/api/ask", responses=_ERRORS, summary="Ask a question", tags=["answers"])
    def ask_question(request: AskRequest) -> ReplyOut:
        """Quoted statements, a fixed message, or why there is no answer."""
        if ask is None:
            raise _error(503, "no_index", "No index is loaded; run `python app.py index`.")
        return ask(request)

    @api.get("/api/health", summary="Whether the process lives", tags=["operation"])
    def health() -> HealthOut:
        """Always 200 while the process answers."""
        return HealthOut(status="ok")

    @api.get(
        "/api/ready",
        summary="Whether an index is loaded",
        tags=["operation"],
        responses={503: {"model": ErrorOut, "description": "No index is loaded yet."}},
    )
    def ready() -> HealthOut:
        """200 only when questions can be answered."""
        if ask is None:
            raise _error(503, "no_index", "No index is loaded; run `python app.py index`.")
        return HealthOut(status="ready")

    @api.get("/api/documents", summary="The documents answered from", tags=["documents"])
    def list_documents() -> list[DocumentOut]:
        """In the order of their ids."""
        return [DocumentOut.of(documents[doc_id]) for doc_id in sorted(documents)]

    @api.get(
        "/api/documents/{doc_id}",
        summary="One document with its canonical text",
        tags=["documents"],
        responses=_ERRORS,
    )
    def read_document(doc_id: str) -> DocumentTextOut:
        """Every citation's `start` and `end` count code points of this `text`."""
        return DocumentTextOut.of(_document(documents, doc_id))

    @api.get(
        "/documents/{doc_id}",
        summary="A document as a page for people",
        tags=["documents"],
        response_class=HTMLResponse,
        responses=_ERRORS,
    )
    def show_document(
        doc_id: str,
        start: Annotated[int | None, Query(ge=0, description="First code point marked.")] = None,
        end: Annotated[int | None, Query(ge=1, description="One past the last.")] = None,
    ) -> HTMLResponse:
        """The whole document with the span `[start, end)` marked and scrolled to."""
        document = _document(documents, doc_id)
        return HTMLResponse(render_document(document, _span(document, start, end)))

    @api.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("/chat", status_code=307)

    return api


def _document(documents: Mapping[str, Document], doc_id: str) -> Document:
    if doc_id not in documents:
        raise _error(
            404,
            "unknown_document",
            "There is no document with this id; GET /api/documents lists them.",
        )
    return documents[doc_id]


def _span(document: Document, start: int | None, end: int | None) -> Span | None:
    if start is None and end is None:
        return None
    length = len(document.text)
    if start is None or end is None or not start < end <= length:
        raise _error(
            422,
            "span_outside_text",
            f"start={start}, end={end} is no span of this document; "
            f"expected 0 <= start < end <= {length}.",
        )
    return Span(start, end)


def _error(status: int, code: str, message: str) -> HTTPException:
    # Starlette types the detail as text; FastAPI, whose handler reads it, takes any JSON.
    return HTTPException(status, detail={"code": code, "message": message})  # type: ignore[arg-type]


def _error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = ErrorOut(error=ErrorDetail(code=code, message=message))
    return JSONResponse(body.model_dump(mode="json"), status, headers=dict(headers or {}))


async def _invalid_request(_: Request, error: Exception) -> Response:
    """What was wrong and where; never the value itself, which may be a question."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    code = "invalid_json" if first["type"] == "json_invalid" else "invalid_request"
    if first["type"] == "string_too_long" and first["loc"][-1] == "question":
        code = "question_too_long"
    return _error_response(422, code, f"{place}: {first['msg']}")


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.detail, dict):
        return _error_response(error.status_code, **error.detail, headers=error.headers)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return _error_response(error.status_code, code, str(error.detail), error.headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    """The one boundary for our own mistakes: logged without the request's content."""
    logger.error("unexpected %s on %s", type(error).__name__, request.scope["path"])
    return _error_response(
        500, "internal_error", "Something went wrong on our side; please try again."
    )


class BodyLimit:
    """ASGI middleware: a body over `most_bytes` is answered with 413 and never held in memory."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        chunks: list[bytes] = []
        size = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._most_bytes:
                response = _error_response(
                    413, "body_too_large", f"The body has more than {self._most_bytes} bytes."
                )
                await response(scope, receive, send)
                return
            more = message.get("more_body", False)
        body: Message = {"type": "http.request", "body": b"".join(chunks), "more_body": False}
        replay: Callable[[], Awaitable[Message]] = _once_then(body, receive)
        await self._app(scope, replay, send)


def _once_then(first: Message, receive: Receive) -> Receive:
    """A receive channel that gives `first`, then whatever the client sends (a disconnect)."""
    pending = [first]

    async def channel() -> Message:
        return pending.pop() if pending else await receive()

    return channel
