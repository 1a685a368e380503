"""The pages of documents: a document, its original file, its pages as pictures, its badge."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from assistant.errors import NoIndexLoaded
from assistant.web.assets import Asset
from assistant.web.documents import render_document
from assistant.web.page_pictures import PagePictures, PrintedPage
from assistant.web.page_words import PAGE_WORDS, Language
from assistant.web.refusals import refusal
from assistant.web.sources_page import ENGLISH_SOURCES, SPANISH_SOURCES, render_sources
from corpus.document import Document, Span
from corpus.originals import OriginalChanged, OriginalFile, Originals, OriginalUnavailable
from corpus.page_picture import PageNotDrawn

_ERROR: dict[str, Any] = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}
}
_NO_INDEX: dict[str, Any] = {"description": "No index is loaded yet.", **_ERROR}
_LANGUAGE = Query(description="Language of what stands around the document.")
_QUOTED_TEXT = Query(
    pattern="^[0-9a-f]{8,64}$",
    description="How the hash of the text begins that the span was counted in.",
)
# A page's own media type is HTML; its errors are JSON for all but browsers.
_MALFORMED_PAGE: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "There is no such document or span; the message says why.", **_ERROR},
    503: _NO_INDEX,
}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_NO_ORIGINAL: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file as it lies in the corpus folder.",
        "content": dict.fromkeys(("application/pdf", "text/markdown", "text/plain"), _BINARY),
    },
    "4XX": {"description": "There is no such file; the message says why.", **_ERROR},
    503: _NO_INDEX,
}
_NO_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The page as a picture.", "content": {"image/png": _BINARY}},
    "4XX": {"description": "There is no such picture; the message says why.", **_ERROR},
    503: _NO_INDEX,
}
# Nothing that a downloaded file holds may run as a page of this site.
_INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


def mount_documents(
    api: FastAPI, documents: Mapping[str, Document], originals: Originals | None
) -> FastAPI:
    """`api` with `/documents/{doc_id}`, what belongs to it, and `/sources`.

    `originals` is None where the files themselves are not offered.
    """
    pictures = PagePictures(originals) if originals is not None else None
    explanations = {
        sources.page.words.language: Asset(render_sources(sources), "text/html; charset=utf-8")
        for sources in (ENGLISH_SOURCES, SPANISH_SOURCES)
    }

    @api.get(
        "/documents/{doc_id}",
        summary="A document as a page for people",
        tags=["documents"],
        response_class=HTMLResponse,
        responses=_MALFORMED_PAGE,
    )
    def show_document(
        doc_id: str,
        start: Annotated[int | None, Query(ge=0, description="First code point marked.")] = None,
        end: Annotated[int | None, Query(ge=1, description="One past the last.")] = None,
        sha256: Annotated[str | None, _QUOTED_TEXT] = None,
        lang: Annotated[Language, _LANGUAGE] = "en",
    ) -> HTMLResponse:
        """The whole document with the span `[start, end)` marked and scrolled to.

        For a PDF also the page that the span is on, as a picture with the words marked on it.
        Nothing is marked in a text whose hash does not begin with the `sha256` that is given.
        """
        document = known_document(documents, doc_id)
        changed = sha256 is not None and not document.sha256.startswith(sha256)
        span = None if changed else _span(document, start, end)
        original = _original(originals, document)
        printed: tuple[PrintedPage, ...] = ()
        if pictures and span and isinstance(original, OriginalFile):
            try:
                printed = pictures.of_quotation(document, span)
            except OriginalUnavailable as reason:
                original = reason
        return HTMLResponse(
            render_document(
                document,
                span,
                original=original,
                printed=printed,
                page=PAGE_WORDS[lang],
                changed=changed,
            )
        )

    @api.get(
        "/documents/{doc_id}/original",
        summary="The file that a document was read from",
        tags=["documents"],
        response_class=Response,
        responses=_NO_ORIGINAL,
    )
    def download_original(doc_id: str) -> Response:
        """To keep; only while it is the file that was read when the index was built."""
        document = known_document(documents, doc_id)
        if originals is None:
            raise _not_offered()
        try:
            data = originals.read(document)
        except OriginalUnavailable as reason:
            raise _unavailable(reason) from reason
        headers = {"Content-Disposition": _attachment(document.source_path), **_INERT}
        return Response(data, media_type=document.media_type, headers=headers)

    @api.get(
        "/documents/{doc_id}/pages/{number}",
        summary="A printed page as a picture",
        tags=["documents"],
        response_class=Response,
        responses=_NO_PICTURE,
    )
    def show_page(doc_id: str, number: int, request: Request) -> Response:
        """A PNG of the page; pages are numbered from 1 in the order of the file."""
        document = known_document(documents, doc_id)
        if pictures is None:
            raise _not_offered()
        try:
            picture = pictures.draw(document, number)
        except OriginalUnavailable as reason:
            raise _unavailable(reason) from reason
        except PageNotDrawn as reason:
            raise refusal(
                404, "no_picture", f"There is no picture of this page: {reason}."
            ) from reason
        tag = f'"{hashlib.sha256(picture.png).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", **_INERT}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(picture.png, media_type="image/png", headers=headers)

    @api.get(
        "/sources",
        summary="What each kind of source means, a page for people",
        tags=["documents"],
        response_class=HTMLResponse,
        responses={"4XX": {"description": "There is no such language.", **_ERROR}},
    )
    def explain_sources(
        request: Request,
        lang: Annotated[Language, _LANGUAGE] = "en",
    ) -> Response:
        """One section for each `source_type`, which is its anchor."""
        return explanations[lang].response(request)

    return api


def known_document(documents: Mapping[str, Document], doc_id: str) -> Document:
    """The document with this id; raises the refusal of an unknown one, or NoIndexLoaded."""
    document = documents.get(doc_id)
    if document is None and not documents:
        raise NoIndexLoaded
    if document is None:
        raise refusal(
            404,
            "unknown_document",
            "There is no document with this id; GET /api/documents lists them.",
        )
    return document


def _span(document: Document, start: int | None, end: int | None) -> Span | None:
    if start is None and end is None:
        return None
    length = len(document.text)
    if start is None or end is None or not start < end <= length:
        raise refusal(
            422,
            "span_outside_text",
            f"start={start}, end={end} is no span of this document; "
            f"expected 0 <= start < end <= {length}.",
        )
    return Span(start, end)


def _original(
    originals: Originals | None, document: Document
) -> OriginalFile | OriginalUnavailable | None:
    if originals is None:
        return None
    try:
        return originals.find(document)
    except OriginalUnavailable as reason:
        return reason


def _not_offered() -> Exception:
    return refusal(404, "original_not_offered", "This site does not offer the original files.")


def _unavailable(reason: OriginalUnavailable) -> Exception:
    if isinstance(reason, OriginalChanged):
        return refusal(
            409,
            "original_changed",
            "The file, or what is recorded about it, has changed since it was read; "
            "the document's page has the text that is quoted.",
        )
    return refusal(
        404,
        "original_gone",
        "The file is no longer there; the document's page has the text that is quoted.",
    )


def _attachment(source_path: str) -> str:
    """A Content-Disposition that keeps the file under its own name (RFC 6266)."""
    name = PurePosixPath(source_path).name
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
