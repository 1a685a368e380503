"""What browsers are told, on every kind of answer, and which sites' scripts may ask."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.web.headers import QuestionsFromSites, SecurityHeaders
from assistant.web.networks import networks
from assistant.web.visitors import Visitors
from tests.web.asgi import request

CLINIC, OTHER = "https://www.clinic.example", "https://www.other.example"


def _own_policy(_: Request) -> Response:
    headers = {"Content-Security-Policy": "sandbox", "Cross-Origin-Resource-Policy": "cross-origin"}
    return PlainTextResponse("", headers=headers)


APP = Starlette(
    routes=[
        Route("/page", lambda _: HTMLResponse("<p>")),
        Route("/data", lambda _: JSONResponse({})),
        Route("/own", _own_policy),
        Route("/widget", lambda _: HTMLResponse("<p>")),
        Route("/chat/", lambda _: HTMLResponse("<p>")),
        Route("/chat/other", lambda _: HTMLResponse("<p>")),
        Route("/chat/data", lambda _: JSONResponse({})),
        Route("/api/ask", lambda _: JSONResponse({}), methods=["POST"]),
        Route("/api/turn", lambda _: PlainTextResponse("no", 422), methods=["POST"]),
    ]
)
PATHS = ["/page", "/data", "/own", "/widget", "/chat/", "/chat/data", "/nothing"]


def _get(path: str, *headers: tuple[str, str], client: str = "203.0.113.7") -> httpx.Headers:
    app = Visitors(SecurityHeaders(APP), trusted=networks(["10.0.0.1"]))
    return asyncio.run(request(app, path=path, headers=headers, client=client)).headers


def _policy(path: str) -> dict[str, str]:
    parts = [
        part.strip().partition(" ") for part in _get(path)["content-security-policy"].split(";")
    ]
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_bears_the_usual_headers(path: str) -> None:
    headers = _get(path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/page", "/data", "/nothing", "/chat/"])
def test_nobody_may_frame_what_is_not_the_widget(path: str) -> None:
    assert _policy(path)["frame-ancestors"] == "'none'"
    assert _get(path)["x-frame-options"] == "DENY"


def test_the_widget_says_itself_who_may_frame_it() -> None:
    assert "x-frame-options" not in _get("/widget")


def test_a_page_loads_our_own_files_and_what_is_no_page_loads_nothing() -> None:
    assert _policy("/page")["default-src"] == "'none'"
    assert _policy("/page")["script-src"] == "'self'"
    assert "script-src" not in _policy("/data")
    for path in ("/page", "/data", "/nothing", "/chat/other", "/chat/data"):
        assert not any("unsafe" in value or "*" in value for value in _policy(path).values())


def test_the_chat_may_do_what_gradio_needs_and_ask_nobody_else() -> None:
    policy = _policy("/chat/")
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == policy["base-uri"] == "'self'"
    assert not any("http" in value or "*" in value for value in policy.values())


def test_what_a_route_says_itself_stands() -> None:
    headers = _get("/own")
    assert headers["content-security-policy"] == "sandbox"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_only_who_came_by_https_is_told_to_come_back_by_it() -> None:
    https = ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.9")
    assert (
        "max-age=31536000" in _get("/page", *https, client="10.0.0.1")["strict-transport-security"]
    )
    assert "strict-transport-security" not in _get("/page", *https)
    assert "strict-transport-security" not in _get("/page")


@pytest.mark.parametrize("path", ["/api/ask", "/api/turn"])
def test_an_answer_is_kept_by_nobody(path: str) -> None:
    answer = asyncio.run(request(SecurityHeaders(APP), "POST", path))
    assert answer.headers["cache-control"] == "no-store"


def _asked_by(
    origin: str,
    *allowed: str,
    method: str = "POST",
    path: str = "/api/ask",
) -> httpx.Response:
    headers = [("Origin", origin)]
    if method == "OPTIONS":
        headers += [
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type"),
        ]
    return asyncio.run(
        request(QuestionsFromSites(APP, origins=allowed), method, path, headers=headers)
    )


@pytest.mark.parametrize("path", ["/api/ask", "/api/turn"])
def test_a_site_on_the_list_may_ask_and_reads_even_refusals(path: str) -> None:
    before = _asked_by(CLINIC, CLINIC, method="OPTIONS", path=path)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == CLINIC
    assert "POST" in before.headers["access-control-allow-methods"]
    answer = _asked_by(CLINIC, CLINIC, path=path)
    assert answer.headers["access-control-allow-origin"] == CLINIC
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert "access-control-allow-credentials" not in answer.headers
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    [
        OTHER,
        "null",
        CLINIC.replace("https", "http"),
        f"{CLINIC}.evil.example",
        f"{CLINIC}:8443",
        "",
    ],
)
def test_any_other_site_may_not(origin: str) -> None:
    before = _asked_by(origin, CLINIC, method="OPTIONS")
    assert before.status_code == 403
    assert before.json()["error"]["code"] == "origin_not_allowed"
    for answer in (before, _asked_by(origin, CLINIC)):
        assert "access-control-allow-origin" not in answer.headers


def test_by_default_no_site_may_and_elsewhere_none_ever() -> None:
    for answer in (
        _asked_by(CLINIC, method="OPTIONS"),
        _asked_by(CLINIC),
        _asked_by(CLINIC, CLINIC, method="GET", path="/page"),
        _asked_by(CLINIC, CLINIC, method="OPTIONS", path="/page"),
    ):
        assert "access-control-allow-origin" not in answer.headers
