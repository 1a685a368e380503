"""What Prometheus reads: counts by route and kind, nothing that a visitor wrote."""

import asyncio

import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from assistant.web.api import create_api
from assistant.web.metrics import Measured, Metrics, mount_metrics
from assistant.web.networks import networks
from assistant.web.visitors import Visitors
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.web.asgi import request

WORDS = "vinegarish"
OPERATOR, PROXY = "127.0.0.1", "10.0.0.1"


def _site(*readers: str) -> ASGIApp:
    metrics = Metrics()
    api = create_api(metrics.counted(FakeAssistant()), DOCUMENTS, version="1")
    mount_metrics(api, metrics, readers=networks(readers or [OPERATOR]))
    return Visitors(Measured(api, metrics=metrics), trusted=networks([PROXY]))


def _read_after(*visits: tuple[str, str, object]) -> str:
    async def visit_and_read() -> str:
        site = _site()
        for method, path, body in visits:
            await request(site, method, path, json=body)
        answer = await request(site, path="/metrics", client=OPERATOR)
        assert answer.status_code == 200
        return answer.text

    return asyncio.run(visit_and_read())


def test_requests_are_counted_by_the_pattern_of_their_route() -> None:
    text = _read_after(
        ("GET", "/documents/rules", None),
        ("GET", "/documents/evidence", None),
        ("GET", "/documents/nothing", None),
        ("POST", "/api/ask", {"question": ["no text"]}),
    )
    for line in (
        'requests_total{method="GET",route="/documents/{doc_id}",status="200"} 2.0',
        'requests_total{method="GET",route="/documents/{doc_id}",status="404"} 1.0',
        'requests_total{method="POST",route="/api/ask",status="422"} 1.0',
        'request_seconds_count{route="/documents/{doc_id}"} 3.0',
    ):
        assert f"hair_assistant_{line}" in text


def test_replies_are_counted_by_kind_and_reason() -> None:
    ask = ("POST", "/api/ask", {"question": "weather"})
    text = _read_after(ask, ask)
    assert 'hair_assistant_replies_total{kind="abstention",reason="off_topic"} 2.0' in text
    assert "hair_assistant_index_built_timestamp_seconds" in text
    assert "process_resident_memory_bytes" in text


def test_nothing_that_a_visitor_wrote_is_in_them() -> None:
    text = _read_after(
        ("POST", "/api/ask", {"question": f"Does {WORDS} help?"}),
        ("GET", f"/{WORDS}?{WORDS}={WORDS}", None),
        ("GET", f"/documents/{WORDS}", None),
        ("GET", f"/chat/{WORDS}", None),
        (WORDS.upper(), "/api/ask", None),
    )
    assert WORDS not in text.lower()
    assert 'method="other"' in text
    assert 'route="other",status="404"' in text


@pytest.mark.parametrize(
    ("client", "headers", "readers", "status"),
    [
        (OPERATOR, [], [], 200),
        ("203.0.113.7", [], [], 404),
        (OPERATOR, [("X-Forwarded-For", OPERATOR)], [], 404),
        (PROXY, [("X-Forwarded-For", OPERATOR)], [OPERATOR], 404),
        ("10.1.2.3", [], ["10.0.0.0/8"], 200),
        ("10.1.2.3", [("Via", "1.1 proxy")], ["10.0.0.0/8"], 404),
        (OPERATOR, [], ["10.0.0.0/8"], 404),
    ],
)
def test_they_are_there_only_for_those_who_may_read_them(
    client: str, headers: list[tuple[str, str]], readers: list[str], status: int
) -> None:
    answer = asyncio.run(request(_site(*readers), path="/metrics", client=client, headers=headers))
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["error"]["code"] == "not_found"


def test_a_mistake_of_a_route_is_counted_too() -> None:
    app = FastAPI()

    @app.get("/gone")
    def gone() -> None:
        raise HTTPException(410)

    metrics = Metrics()
    asyncio.run(request(Measured(app, metrics=metrics), path="/gone"))
    assert b'route="/gone",status="410"} 1.0' in metrics.text()
