"""What a person sees who gets no page, and that programs and scripts get the one form."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from assistant.web.api import create_api
from assistant.web.boundary import error_response
from assistant.web.bounds import Limits
from assistant.web.metrics import Metrics
from assistant.web.page_words import PAGE_WORDS
from assistant.web.public import face_public
from assistant.web.trouble_pages import TroublePages
from assistant.web.widget import mount_widget
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.web.asgi import request

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
UNLIMITED = Limits("", "", "")
ENGLISH, SPANISH = PAGE_WORDS["en"], PAGE_WORDS["es"]
STATUSES = {
    404: ENGLISH.absent,
    405: ENGLISH.absent,
    409: ENGLISH.absent,
    410: ENGLISH.absent,
    422: ENGLISH.absent,
    429: ENGLISH.wait,
    500: ENGLISH.broken,
    503: ENGLISH.not_ready,
}


def _in_trouble(status: int) -> ASGIApp:
    headers = {"Retry-After": "37"} if status == 429 else {}
    return TroublePages(error_response(status, "code", "<words>", headers))


def _site(*, limits: Limits = UNLIMITED, loaded: bool = True) -> ASGIApp:
    ask = FakeAssistant() if loaded else None
    api = mount_widget(create_api(ask, DOCUMENTS if loaded else {}, version="1"), ask)
    return face_public(api, origins=(), trusted_proxies=(), limits=limits, metrics=Metrics())


def _get(
    app: ASGIApp, path: str = "/documents/x", *, method: str = "GET", **headers: str
) -> httpx.Response:
    told = {"accept": BROWSER, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return asyncio.run(request(app, method, path, headers=told.items()))


@pytest.mark.parametrize(("status", "title"), STATUSES.items())
def test_a_person_gets_a_page_that_says_what_to_do(status: int, title: str) -> None:
    answer = _get(_in_trouble(status))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert f"<h1>{title}</h1>" in answer.text
    assert "words" not in answer.text
    assert ('href=""' in answer.text) == (status in (429, 500, 503))


def test_the_seconds_to_wait_are_told_to_the_person_and_to_the_browser() -> None:
    answer = _get(_in_trouble(429), "/sources?lang=es")
    assert answer.headers["retry-after"] == "37"
    assert SPANISH.wait_why.format(37) in answer.text


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("?lang=es", "en", "es"),
        ("?lang=en", "es", "en"),
        ("?lang=fr", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "fr-FR, en;q=0.3, es;q=0.7", "es"),
        ("", "es;q=0, en", "en"),
        ("", "es;q=x", "en"),
        ("", "*", "en"),
    ],
)
def test_the_page_speaks_the_language_of_the_address_else_of_the_browser(
    query: str, accepted: str, language: str
) -> None:
    answer = _get(_in_trouble(404), f"/documents/x{query}", accept_language=accepted)
    assert f'<html lang="{language}">' in answer.text


def test_programs_and_scripts_get_the_one_form() -> None:
    for answer in (
        _get(_in_trouble(404), accept="*/*"),
        _get(_in_trouble(404), accept="application/json"),
        _get(_in_trouble(404), "/api/documents/x"),
        _get(_in_trouble(404), method="POST"),
    ):
        assert answer.json()["error"]["message"] == "<words>"


def test_what_is_no_error_of_ours_is_left_alone() -> None:
    app = Starlette(
        routes=[
            Route("/data", lambda _: JSONResponse({"a": 1})),
            Route("/own", lambda _: PlainTextResponse("mine", 404)),
        ]
    )
    assert _get(TroublePages(app), "/data").json() == {"a": 1}
    assert _get(TroublePages(app), "/own").text == "mine"


@pytest.mark.parametrize("path", ["/documents/rules", "/chat", "/sources", "/widget", "/nowhere"])
def test_over_a_limit_every_page_is_told_as_a_page(path: str) -> None:
    async def open_often() -> httpx.Response:
        site = _site(limits=Limits("", "", "1/hour"))
        accept = [("Accept", BROWSER)]
        return [await request(site, path=path, headers=accept) for _ in range(2)][-1]

    answer = asyncio.run(open_often())
    assert answer.status_code == 429
    assert ENGLISH.wait in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src")


def test_while_nothing_is_loaded_no_document_is_said_to_be_gone() -> None:
    site = _site(loaded=False)
    page = _get(site, "/documents/rules", accept_language="es")
    assert page.status_code == 503
    assert SPANISH.not_ready in page.text
    for path in ("/documents/rules", "/documents/rules/pages/1", "/api/documents/rules"):
        answer = _get(site, path, accept="*/*")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_index")


@pytest.mark.parametrize("path", ["/documents/rules", "/widget.js", "/api/health", "/nowhere"])
def test_a_head_request_is_told_what_a_get_is(path: str) -> None:
    site = _site()
    asked, got = _get(site, path, method="HEAD"), _get(site, path)
    assert asked.status_code == got.status_code
    assert dict(asked.headers) == dict(got.headers)
