"""How much one visitor, and all of them together, may ask in a span of time."""

import math
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.boundary import error_response
from assistant.web.bounds import Limits, rates
from assistant.web.visitors import visitor_of

_QUESTION_PATHS = ("/api/ask", "/api/turn")


def is_question(scope: Scope, *, mounted: str = "/chat") -> bool:
    """Whether a request asks for an answer, and so for much work; so does any call of the chat."""
    path: str = scope["path"]
    asks = path in _QUESTION_PATHS or path.startswith(f"{mounted}/")
    return bool(scope["type"] == "http" and scope["method"] == "POST" and asks)


class Limited:
    """ASGI middleware: over a limit the answer is 429, with `Retry-After` in seconds.

    A visitor is an IPv4 address or an IPv6 network of 64 bits. Requests made on this machine
    itself, without a proxy, are its operator's and are not limited. Counts are kept in the memory
    of this process, for two windows at most.

    Not the moving window of `limits`, which keeps a key for every address that it ever saw (5.8).
    """

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self.counts = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = rates(limits.requests_per_visitor)
        self._questions = rates(limits.questions_per_visitor)
        self._total = rates(limits.questions_in_total)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = visitor_of(scope) if scope["type"] == "http" else None
        refused = None
        if visitor is not None and not visitor.is_operator:
            refused = self._refused(visitor.key, question=is_question(scope))
        if refused is None:
            await self._app(scope, receive, send)
            return
        code, message, seconds = refused
        refusal = error_response(
            429,
            code,
            f"{message}; try again in {seconds} seconds.",
            {"Retry-After": str(seconds)},
        )
        await refusal(scope, receive, send)

    def _refused(self, key: str, *, question: bool) -> tuple[str, str, int] | None:
        """The code, the message and the seconds to wait; None where there is room."""
        wait = self._wait(self._requests, "requests", key)
        if wait is not None:
            return "too_many_requests", "Too many requests came from your address", wait
        if not question:
            return None
        wait = self._wait(self._questions, "questions", key)
        if wait is not None:
            return "too_many_questions", "Too many questions came from your address", wait
        wait = self._wait(self._total, "total")
        return None if wait is None else ("busy", "Too many people are asking right now", wait)

    def _wait(self, limits: tuple[RateLimitItem, ...], *key: str) -> int | None:
        """Counts one; the seconds to wait where that is over a limit."""
        for limit in limits:
            if not self.counts.hit(limit, *key):
                stats = self.counts.get_window_stats(limit, *key)
                return max(1, math.ceil(stats.reset_time - time.time()))
        return None
