"""What browsers are told about every answer: what a page may load, and who may frame or read it."""

from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.boundary import error_response
from assistant.web.embedding import embedding_origins

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
# Gradio 6.31 writes scripts and styles into its page and builds functions out of text.
_CHAT = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "microphone=(), payment=(), usb=(), browsing-topics=()"
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
}
_FRAMED = ("/widget",)
_KEPT_BY_NOBODY = ("/api/ask", "/api/turn")
_YEAR_S = 365 * 24 * 3600


def security_headers(
    path: str, *, page: bool, https: bool, mounted: str = "/chat"
) -> dict[str, str]:
    """The headers of an answer on `path`, where the route has not said otherwise.

    A `page` may load our own files, and the chat's page at `mounted` what Gradio needs; what is
    none may load nothing. Only the widget's page may be framed, by whom its own policy names.
    """
    chat = page and path.rstrip("/") == mounted
    policy = _CHAT if chat else _PAGE if page else _NOTHING
    headers = {"Content-Security-Policy": policy, **_ALWAYS}
    if path not in _FRAMED:
        headers["X-Frame-Options"] = "DENY"
    if path in _KEPT_BY_NOBODY:
        headers["Cache-Control"] = "no-store"
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}"
    return headers


class SecurityHeaders:
    """ASGI middleware that adds `security_headers` to what a route has set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                added = security_headers(
                    scope["path"],
                    page=headers.get("content-type", "").startswith("text/html"),
                    https=scope["scheme"] == "https",
                )
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class QuestionsFromSites:
    """ASGI middleware: scripts of the sites in `origins` may ask; those of no other site may."""

    def __init__(self, app: ASGIApp, *, origins: Iterable[str]) -> None:
        allowed = embedding_origins(origins)
        self._app = app
        self._shared = _Cors(
            app,
            allow_origins=allowed,
            allow_methods=("POST",),
            allow_headers=("content-type",),
            expose_headers=("Retry-After",),
            max_age=600,
        )
        self._is_shared = bool(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = scope["type"] == "http" and scope["path"] in _KEPT_BY_NOBODY and self._is_shared
        await (self._shared if shared else self._app)(scope, receive, send)


class _Cors(CORSMiddleware):
    """Refuses in our own form of errors."""

    def preflight_response(self, request_headers: Headers) -> Response:
        given = super().preflight_response(request_headers)
        if given.status_code < 400:
            return given
        return error_response(
            403, "origin_not_allowed", "No script of this site may ask.", {"Vary": "Origin"}
        )
