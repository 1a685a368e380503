"""The application as it faces the public: everything that stands in front of the routes."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.bounds import Limits
from assistant.web.headers import QuestionsFromSites, SecurityHeaders
from assistant.web.limits import Limited
from assistant.web.metrics import Measured, Metrics
from assistant.web.networks import Network
from assistant.web.trouble_pages import TroublePages
from assistant.web.visitors import Visitors

_LEAST_BYTES_PACKED = 1000


def face_public(
    app: FastAPI,
    *,
    origins: Sequence[str],
    trusted_proxies: Sequence[Network],
    limits: Limits,
    metrics: Metrics,
) -> ASGIApp:
    """`app` behind all that a visitor's request goes through, and an answer comes back through.

    From the outside in: who asks, what is measured, what browsers are told, which sites may ask,
    how much, in which form a person is told of an error, and in how few bytes all is sent.
    """
    packed = _Packed(_Headed(app))
    limited = Limited(packed, limits=limits)
    shared = QuestionsFromSites(TroublePages(limited), origins=origins)
    told = SecurityHeaders(shared)
    measured = Measured(told, metrics=metrics)
    return Visitors(measured, trusted=trusted_proxies)


class _Headed:
    """HEAD as GET, whose headers it is to have; a server leaves the body out.

    FastAPI's routes answer HEAD with 405, and what watches a site asks with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


class _Packed:
    """gzip for all but the chat, which packs its own answers and streams some of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, minimum_size=_LEAST_BYTES_PACKED, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        packs = scope["type"] == "http" and not scope["path"].startswith("/chat")
        await (self._packing if packs else self._app)(scope, receive, send)
