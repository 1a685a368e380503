"""Counts and times for Prometheus: how much is asked and answered, never what or by whom."""

import time
from collections.abc import Callable, Iterable

from fastapi import FastAPI, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.networks import Network
from assistant.web.schema import AskRequest, ReplyOut
from assistant.web.visitors import visitor_of

Ask = Callable[[AskRequest], ReplyOut]

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})


class Metrics:
    """What one process counts.

    With `added_up`, where several processes write below `PROMETHEUS_MULTIPROC_DIR`, a reading is
    that of all of them.
    """

    def __init__(self, *, added_up: bool = False) -> None:
        self._registry = CollectorRegistry()
        self._read = CollectorRegistry() if added_up else self._registry
        if added_up:
            MultiProcessCollector(self._read)  # type: ignore[no-untyped-call]
        else:
            ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "hair_assistant_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "hair_assistant_request_seconds",
            "Seconds until an answer begins, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.in_progress = Gauge(
            "hair_assistant_requests_in_progress",
            "Requests being answered now.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.replies = Counter(
            "hair_assistant_replies",
            "Replies, by kind and reason.",
            ("kind", "reason"),
            registry=self._registry,
        )
        self.index_built = Gauge(
            "hair_assistant_index_built_timestamp_seconds",
            "When the index was built that is answered from; 0 where none is loaded.",
            registry=self._registry,
            multiprocess_mode="livemin",
        )

    def counted(self, ask: Ask) -> Ask:
        """`ask`, with every reply counted by its kind and reason."""

        def ask_and_count(request: AskRequest) -> ReplyOut:
            reply = ask(request)
            self.replies.labels(reply.kind, reply.reason or "").inc()
            self.index_built.set(reply.index.built_at.timestamp())
            return reply

        return ask_and_count

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self._read)


class Measured:
    """ASGI middleware that counts and times every request by the route that it took."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, mounted: str = "/chat") -> None:
        self._app = app
        self._metrics = metrics
        self._mounted = mounted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, started = scope["path"], time.perf_counter()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = self._route(scope, path)
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(route, method, str(message["status"])).inc()
                self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            await self._app(scope, receive, measured)

    def _route(self, scope: Scope, path: str) -> str:
        """The pattern of the route, never the path itself: a visitor can write anything there."""
        if path == self._mounted or path.startswith(f"{self._mounted}/"):
            return self._mounted
        return str(getattr(scope.get("route"), "path", "other"))


def mount_metrics(app: FastAPI, metrics: Metrics, *, readers: Iterable[Network]) -> FastAPI:
    """`app` with `/metrics`, which is not there for anybody outside the networks in `readers`.

    Nor for one whose request a proxy passed on, so that a reverse proxy does not give it away.
    """
    allowed = tuple(readers)

    @app.get("/metrics", include_in_schema=False)
    async def read(request: Request) -> Response:
        visitor = visitor_of(request.scope)
        if not visitor.direct or not visitor.is_in(allowed):
            raise HTTPException(404)
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return app
