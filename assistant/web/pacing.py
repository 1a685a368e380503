"""How many questions are answered at once, and how long any request may take."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.boundary import error_response
from assistant.web.bounds import Pace
from assistant.web.limits import is_question

logger = logging.getLogger(__name__)

_SOON_S = "2"


class Paced:
    """ASGI middleware behind the boundary, which has the whole body already.

    A question beyond `waiting` is refused with 429 `busy`. What has not begun to answer in time
    is answered with 503 `timed_out`; work in a thread cannot be stopped, so it runs to its end,
    unheard, and its place is taken until then.
    """

    def __init__(self, app: ASGIApp, *, pace: Pace) -> None:
        self._app = app
        self._pace = pace
        self._places = asyncio.Semaphore(pace.at_once)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = _Begun(send)
        work = asyncio.create_task(self._work(scope, receive, begun))
        begun_or_done = asyncio.create_task(begun.event.wait())
        try:
            await asyncio.wait(
                {work, begun_or_done},
                timeout=self._pace.seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if work.done() or begun.event.is_set():
                await work
            else:
                begun.heard = False
                work.add_done_callback(_forget)
                await _timed_out()(scope, receive, send)
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            begun_or_done.cancel()

    async def _work(self, scope: Scope, receive: Receive, begun: "_Begun") -> None:
        if not is_question(scope):
            await self._app(scope, receive, begun)
            return
        if self._places.locked() and self._waiting >= self._pace.waiting:
            await _busy()(scope, receive, begun)
            return
        with self._queued():
            await self._places.acquire()
        begun.at_start = self._places.release
        try:
            if begun.heard:
                await self._app(scope, receive, begun)
        finally:
            begun.leave()

    @contextmanager
    def _queued(self) -> Iterator[None]:
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


class _Begun:
    """A send channel that tells when the answer begins, and is silent when nobody listens."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.event = asyncio.Event()
        self.heard = True
        self.at_start = _nothing

    def leave(self) -> None:
        """Gives the place back, once."""
        at_start, self.at_start = self.at_start, _nothing
        at_start()

    async def __call__(self, message: Message) -> None:
        if not self.heard:
            return
        self.event.set()
        self.leave()
        await self._send(message)


def _nothing() -> None:
    return None


def _forget(work: "asyncio.Task[None]") -> None:
    """Looks at how work that nobody waits for ended, so that asyncio does not print its words."""
    if not work.cancelled() and (error := work.exception()) is not None:
        logger.error("unexpected %s in a request that had timed out", type(error).__name__)


def _busy() -> ASGIApp:
    return error_response(
        429,
        "busy",
        f"Too many people are asking right now; try again in {_SOON_S} seconds.",
        {"Retry-After": _SOON_S},
    )


def _timed_out() -> ASGIApp:
    return error_response(
        503,
        "timed_out",
        f"This took too long on our side; please try again in {_SOON_S} seconds.",
        {"Retry-After": _SOON_S},
    )
