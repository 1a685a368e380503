"""The HTTP interface: every route, its limits and its errors."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Lifespan

from assistant.errors import NoIndexLoaded
from assistant.web.boundary import Boundary, error_response
from assistant.web.bounds import Pace
from assistant.web.description import with_examples
from assistant.web.document_routes import known_document, mount_documents
from assistant.web.documents import static_folder
from assistant.web.pacing import Paced
from assistant.web.schema import (
    MAX_QUESTION_CHARACTERS,
    AskRequest,
    DocumentOut,
    DocumentTextOut,
    ErrorOut,
    HealthOut,
    ReplyOut,
)
from assistant.web.trouble_pages import TroublePages
from corpus.document import Document
from corpus.originals import Originals

# A question of 2,000 characters and 20 earlier turns of two texts each, every character written as
# two JSON escapes of six bytes (2,000 * 41 * 12 bytes), stay below this.
MAX_BODY_BYTES = 1024 * 1024
CHAT_PATH = "/chat"

Ask = Callable[[AskRequest], ReplyOut]

UNHURRIED = Pace()

_MALFORMED: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorOut, "description": "The request was malformed; the message says how."}
}
_NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {"model": ErrorOut, "description": "No index is loaded yet."}
}


def create_api(
    ask: Ask | None,
    documents: Mapping[str, Document],
    *,
    version: str,
    originals: Originals | None = None,
    pace: Pace = UNHURRIED,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """The application without the chat.

    While no index is loaded `ask` is None or raises NoIndexLoaded, and there are no `documents`.

    `originals` are the files of the documents; None where they are not offered.

    Nothing of a question is logged. Every error of the caller's is a 4xx with an `ErrorOut`.
    """
    api = _Api(
        title="Verbatim answers on stem-cell therapy for hair loss",
        version=version,
        description=(
            "Answers made only of sentences quoted word for word from documents, each with its "
            "source; says so when the documents do not answer. Not medical advice."
        ),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    api.add_middleware(Paced, pace=pace)
    api.add_middleware(
        Boundary, most_bytes=MAX_BODY_BYTES, mounted=CHAT_PATH, most_seconds=pace.seconds
    )
    api.add_middleware(TroublePages)
    api.add_exception_handler(NoIndexLoaded, _no_index)
    api.add_exception_handler(RequestValidationError, _invalid_request)
    api.add_exception_handler(HTTPException, _http_error)
    api.mount("/static", StaticFiles(directory=static_folder), name="static")

    @api.post(
        "/api/ask",
        summary="Ask a question",
        tags=["answers"],
        responses={**_MALFORMED, **_NO_INDEX},
    )
    def ask_question(request: AskRequest) -> ReplyOut:
        """Quoted statements, a fixed message, or why there is no answer."""
        return _loaded(ask)(request)

    # The two that operators' machines ask do not wait for a free thread, and so never for answers.
    @api.get("/api/health", summary="Whether the process lives", tags=["operation"])
    async def health() -> HealthOut:
        """Always 200 while the process answers."""
        return HealthOut(status="ok")

    @api.get(
        "/api/ready",
        summary="Whether an index is loaded",
        tags=["operation"],
        responses=_NO_INDEX,
    )
    async def ready() -> HealthOut:
        """200 only when questions can be answered."""
        _loaded(ask if documents else None)
        return HealthOut(status="ready")

    @api.get("/api/documents", summary="The documents answered from", tags=["documents"])
    def list_documents() -> list[DocumentOut]:
        """In the order of their ids."""
        present = sorted(documents.values(), key=lambda document: document.doc_id)
        return [DocumentOut.of(document) for document in present]

    @api.get(
        "/api/documents/{doc_id}",
        summary="One document with its canonical text",
        tags=["documents"],
        responses={**_MALFORMED, **_NO_INDEX},
    )
    def read_document(doc_id: str) -> DocumentTextOut:
        """Every citation's `start` and `end` count code points of this `text`."""
        return DocumentTextOut.of(known_document(documents, doc_id))

    mount_documents(api, documents, originals)

    @api.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse(CHAT_PATH, status_code=307)

    return api


class _Api(FastAPI):
    """With examples in its description, and with the pages that are no routes of it."""

    def openapi(self) -> dict[str, Any]:
        return with_examples(super().openapi())


def _loaded(ask: Ask | None) -> Ask:
    if ask is None:
        raise NoIndexLoaded
    return ask


async def _no_index(_: Request, __: Exception) -> Response:
    return error_response(
        503, "no_index", "No index is loaded; run `python app.py index`.", {"Retry-After": "5"}
    )


async def _invalid_request(_: Request, error: Exception) -> Response:
    """What was wrong and where; never the value itself, which may be a question."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    kind, place = first["type"], ".".join(str(part) for part in first["loc"][1:])[:100]
    if kind == "json_invalid":
        reason = f"{first['ctx']['error']} at character {place}"
        return error_response(422, "invalid_json", f"The body is no JSON ({reason}); {_SEND}")
    if first["loc"] == ("body",):
        return error_response(
            422, "invalid_request", f"The body is no such JSON object as is read here; {_SEND}"
        )
    if kind == "string_too_long" and place == "question":
        found = f"{len(first['input']):,}"
        return error_response(
            422,
            "question_too_long",
            f"The question has {found} characters, at most {MAX_QUESTION_CHARACTERS:,} are read; "
            "shorten it.",
        )
    return error_response(422, "invalid_request", f"{place}: {first['msg']}")


_SEND = 'send {"question": "..."} with the header Content-Type: application/json.'


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.detail, dict):
        return error_response(error.status_code, **error.detail, headers=error.headers)
    if error.status_code == 400:
        # Bytes that are no UTF-8, or lists within lists within lists.
        return error_response(400, "invalid_json", f"The body cannot be read as JSON; {_SEND}")
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return error_response(error.status_code, code, str(error.detail), error.headers)
