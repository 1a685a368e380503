"""What stands between visitors and every route: a limit on bodies, and a boundary for mistakes."""

import asyncio
import logging
from collections.abc import Mapping

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.schema import ErrorDetail, ErrorOut

logger = logging.getLogger(__name__)

# A longer body is read to this many times the limit before it is refused: a client that is still
# sending would see a broken connection instead of the answer.
_READ_ON = 16


class Boundary:
    """ASGI middleware around the whole application, mounted applications included.

    A body over `most_bytes` is answered with 413 and never held in memory, one that is not there
    after `most_seconds` with 408. What a route raises is
    logged by its type alone, because its words may be a question, and answered with 500. Below
    the path `mounted`, where another's application runs, a 500 or an exception is how that
    application meets a malformed request; it is answered with 400.
    """

    def __init__(
        self, app: ASGIApp, *, most_bytes: int, mounted: str, most_seconds: float = 20.0
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._mounted = f"{mounted}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._most_seconds):
                body = await self._body(receive)
        except TimeoutError:
            await _too_slow()(scope, receive, send)
            return
        if body is None:
            return
        if len(body) > self._most_bytes:
            refusal = error_response(
                413,
                "body_too_large",
                f"The body has more than {self._most_bytes:,} bytes; send a shorter one.",
            )
            await refusal(scope, receive, send)
            return
        message: Message = {"type": "http.request", "body": body, "more_body": False}
        await self._answer(scope, _once_then(message, receive), send)

    async def _body(self, receive: Receive) -> bytes | None:
        """The body, or what of it shows that it is too long; None when the client has gone."""
        held = bytearray()
        size = 0
        more = True
        while more and size <= _READ_ON * self._most_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            held += chunk[: self._most_bytes + 1 - len(held)]
            more = message.get("more_body", False)
        return bytes(held)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        mounted = scope["path"].startswith(self._mounted)
        started = failed = False

        async def forward(message: Message) -> None:
            nonlocal started, failed
            if message["type"] == "http.response.start":
                failed = mounted and message["status"] == 500
                started = not failed
            if not failed:
                await send(message)

        try:
            await self._app(scope, receive, forward)
        except Exception as error:  # noqa: BLE001 - the one boundary for mistakes over HTTP
            route = getattr(scope.get("route"), "path", "no route")
            logger.error("unexpected %s on %s", type(error).__name__, route)
            failed = True
        if failed and not started:
            await _failure(mounted)(scope, receive, send)


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one form of every error; half a surrogate pair in `message` becomes a question mark."""
    words = message.encode("utf-8", "replace").decode("utf-8")
    body = ErrorOut(error=ErrorDetail(code=code, message=words))
    return JSONResponse(body.model_dump(mode="json"), status, headers=dict(headers or {}))


def _too_slow() -> JSONResponse:
    return error_response(
        408,
        "body_too_slow",
        "The body did not arrive in time; please send it again.",
        {"Connection": "close"},
    )


def _failure(mounted: bool) -> JSONResponse:
    if mounted:
        return error_response(
            400, "invalid_request", "The chat could not read this request; open /chat instead."
        )
    return error_response(
        500, "internal_error", "Something went wrong on our side; please try again."
    )


def _once_then(first: Message, receive: Receive) -> Receive:
    """A receive channel that gives `first`, then whatever the client sends (a disconnect)."""
    pending = [first]

    async def channel() -> Message:
        return pending.pop() if pending else await receive()

    return channel
