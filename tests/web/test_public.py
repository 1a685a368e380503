"""Everything in front of the routes together, as a visitor from outside meets it."""

import asyncio

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.web.api import create_api
from assistant.web.bounds import Limits
from assistant.web.metrics import Metrics, mount_metrics
from assistant.web.networks import networks
from assistant.web.public import face_public
from assistant.web.widget import mount_widget
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.web.asgi import request

CLINIC = "https://www.clinic.example"
PROXY = "10.0.0.1"
ASKED = {"question": "Why?"}


@pytest.fixture
def site() -> ASGIApp:
    metrics = Metrics()
    api = create_api(metrics.counted(FakeAssistant()), DOCUMENTS, version="1")
    mount_widget(api, FakeAssistant(), origins=[CLINIC])
    mount_metrics(api, metrics, readers=networks(["127.0.0.1"]))
    return face_public(
        api,
        origins=[CLINIC],
        trusted_proxies=networks([PROXY]),
        limits=Limits("2/hour", "5/hour", ""),
        metrics=metrics,
    )


async def _ask(site: ASGIApp, visitor: str, path: str = "/api/turn") -> httpx.Response:
    headers = [("X-Forwarded-For", visitor), ("Origin", CLINIC)]
    return await request(site, "POST", path, client=PROXY, headers=headers, json=ASKED)


def test_a_refused_visitor_gets_our_error_the_headers_and_the_time_to_wait(site: ASGIApp) -> None:
    async def ask_thrice() -> list[httpx.Response]:
        return [await _ask(site, "198.51.100.9") for _ in range(3)]

    *answered, refused = asyncio.run(ask_thrice())
    assert {one.status_code for one in answered} == {200}
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_questions"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["access-control-allow-origin"] == CLINIC
    assert refused.headers["x-frame-options"] == "DENY"
    assert refused.headers["cache-control"] == "no-store"


def test_visitors_behind_one_proxy_do_not_share_a_limit(site: ASGIApp) -> None:
    async def ask_as_two() -> list[httpx.Response]:
        return [await _ask(site, f"198.51.100.{n % 2}", "/api/ask") for n in range(4)]

    assert {one.status_code for one in asyncio.run(ask_as_two())} == {200}


def test_long_answers_are_packed_and_short_ones_are_not(site: ASGIApp) -> None:
    long = asyncio.run(request(site, path="/documents/rules"))
    short = asyncio.run(request(site, path="/api/health"))
    assert long.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in long.headers["vary"]
    assert "content-encoding" not in short.headers


def test_what_is_refused_before_it_reaches_a_route_is_measured(site: ASGIApp) -> None:
    async def ask_and_read() -> str:
        for _ in range(3):
            await _ask(site, "198.51.100.9")
        return (await request(site, path="/metrics", client="127.0.0.1")).text

    text = asyncio.run(ask_and_read())
    assert 'method="POST",route="other",status="429"} 1.0' in text
    assert 'method="POST",route="/api/turn",status="200"} 2.0' in text


@pytest.mark.parametrize("path", ["/widget", "/widget.js", "/demo", "/sources"])
def test_every_page_of_ours_has_a_policy_without_exceptions(site: ASGIApp, path: str) -> None:
    policy = asyncio.run(request(site, path=path)).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
