"""The one boundary, over small applications that do what routes should not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from assistant.web.boundary import Boundary, error_response

WORDS = "does my scalp smell of vinegar"


def _routes(app: FastAPI) -> FastAPI:
    @app.post("/echo")
    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(await request.body())

    @app.get("/raises")
    def raises() -> None:
        raise RuntimeError(WORDS)

    @app.get("/fails")
    def fails() -> PlainTextResponse:
        return PlainTextResponse(WORDS, 500)

    @app.get("/busy")
    def busy() -> PlainTextResponse:
        return PlainTextResponse("later", 503)

    @app.get("/breaks-off")
    def breaks_off() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "begun"
            raise RuntimeError(WORDS)

        return StreamingResponse(parts())

    return app


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = _routes(FastAPI())
    app.add_middleware(Boundary, most_bytes=1000, mounted="/chat")
    app.mount("/chat", _routes(FastAPI()))
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/echo", "/chat/echo"])
def test_a_body_arrives_whole_up_to_the_limit(client: TestClient, path: str) -> None:
    parts = (b"a" * 100 for _ in range(10))
    assert client.post(path, content=parts).content == b"a" * 1000


@pytest.mark.parametrize("path", ["/echo", "/chat/echo"])
@pytest.mark.parametrize("size", [1001, 15_000, 100_000])
def test_a_longer_body_is_refused_on_every_path(client: TestClient, path: str, size: int) -> None:
    for body in (b"a" * size, (b"a" * 100 for _ in range(size // 100 + 1))):
        response = client.post(path, content=body)
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "body_too_large"


def test_an_exception_is_answered_and_logged_by_its_type_alone(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.get("/raises")
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    assert "unexpected RuntimeError on /raises" in caplog.text
    assert WORDS not in response.text + caplog.text


@pytest.mark.parametrize("path", ["/chat/raises", "/chat/fails"])
def test_a_mounted_application_that_fails_has_met_a_malformed_request(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.get(path)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"
    assert WORDS not in response.text + caplog.text


def test_other_replies_of_a_mounted_application_pass(client: TestClient) -> None:
    assert client.get("/chat/busy").status_code == 503
    assert client.get("/chat/nothing").status_code == 404


def test_what_was_begun_is_not_begun_again(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/breaks-off")
    assert (response.status_code, response.text) == (200, "begun")
    assert WORDS not in caplog.text


def test_half_a_surrogate_pair_in_a_message_does_not_break_the_answer() -> None:
    response = error_response(422, "code", "found \ud800 here")
    assert response.body == b'{"error":{"code":"code","message":"found ? here"}}'


def test_a_body_that_does_not_arrive_in_time_is_refused() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("nothing has arrived that could be answered")

    async def drip_forever() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"a", "more_body": True}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    boundary = Boundary(app, most_bytes=1000, mounted="/chat", most_seconds=0.1)
    scope = {"type": "http", "method": "POST", "path": "/echo", "headers": []}
    asyncio.run(boundary(scope, drip_forever, send))
    assert sent[0]["status"] == 408
    assert b"body_too_slow" in sent[1]["body"]
