"""Every route and every way in which a request can be wrong, without a network."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.web.api import MAX_BODY_BYTES, create_api
from assistant.web.schema import AskRequest, ErrorOut, ReplyOut
from tests.fakes import BROKEN, DOCUMENTS, FakeAssistant, reply_to
from tests.web.test_schema import KINDS, REPLY_KEYS

ROUTES = [
    "/api/ask",
    "/api/health",
    "/api/ready",
    "/api/documents",
    "/api/documents/rules",
    "/documents/rules",
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_api(FakeAssistant(), DOCUMENTS, version="1")) as client:
        yield client


@pytest.fixture(scope="module")
def without_index() -> Iterator[TestClient]:
    with TestClient(create_api(None, {}, version="1")) as client:
        yield client


def _post(client: TestClient, body: bytes, content_type: str = "application/json") -> Any:
    return client.post("/api/ask", content=body, headers={"Content-Type": content_type})


def _assert_refused(response: Any, status: int | None = None, code: str | None = None) -> str:
    assert 400 <= response.status_code < 500
    assert status in (None, response.status_code)
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    error = ErrorOut.model_validate(body).error
    assert code in (None, error.code)
    assert error.message
    return error.message


@pytest.mark.parametrize(("question", "expected"), KINDS.items())
def test_a_question_gets_the_reply_object(
    client: TestClient, question: str, expected: tuple[str, str | None]
) -> None:
    response = client.post("/api/ask", json={"question": question})
    assert response.status_code == 200
    reply = response.json()
    assert list(reply) == REPLY_KEYS
    assert (reply["kind"], reply["reason"]) == expected
    assert reply["question"] == question


def test_the_history_comes_along(client: TestClient) -> None:
    history = [{"question": "Is PRP new?", "searched_as": "Is PRP new?"}]
    response = client.post("/api/ask", json={"question": "and for women?", "history": history})
    assert response.json()["searched_as"] == "Is PRP new? and for women?"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_request"),
        (b"{", 422, "invalid_json"),
        (b'{"question": vinegar}', 422, "invalid_json"),
        (b'{"question": "vinegar"', 422, "invalid_json"),
        (b'{"question": "vinegar\x07"}', 422, "invalid_json"),
        (b'{"question": "\xff"}', 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b"1" * 5000, 400, "invalid_json"),
        (b"null", 422, "invalid_request"),
        (b"[]", 422, "invalid_request"),
        (b'"vinegar"', 422, "invalid_request"),
        (b"NaN", 422, "invalid_request"),
        (b"{}", 422, "invalid_request"),
        (b'{"question": 1e999}', 422, "invalid_request"),
        (b'{"question": null}', 422, "invalid_request"),
        (b'{"question": "vinegar\\ud800"}', 422, "invalid_request"),
        (b'{"question": "vinegar\\u0000"}', 422, "invalid_request"),
        (b'{"\\udfff": "vinegar"}', 422, "invalid_request"),
        (b'{"question": "a", "history": "vinegar"}', 422, "invalid_request"),
        (b'{"question": "a", "history": [{"question": "\\ud800"}]}', 422, "invalid_request"),
        (b'{"question": "a", "language": "en"}', 422, "invalid_request"),
        (json.dumps({"question": "x" * 2001}).encode(), 422, "question_too_long"),
        (json.dumps({"question": "vinegar" * 1429}).encode(), 422, "question_too_long"),
        (
            json.dumps({"question": "a", "history": [{"question": "a"}] * 21}).encode(),
            422,
            "invalid_request",
        ),
    ],
    ids=lambda value: str(value[:40]) if isinstance(value, bytes) else str(value),
)
def test_a_malformed_question_is_refused_without_its_words(
    client: TestClient, caplog: pytest.LogCaptureFixture, body: bytes, status: int, code: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = _post(client, body)
    _assert_refused(response, status, code)
    assert "vinegar" not in response.text + caplog.text


def test_the_message_says_what_was_found_and_what_to_do(client: TestClient) -> None:
    long = _assert_refused(_post(client, json.dumps({"question": "x" * 10_000}).encode()))
    assert long == "The question has 10,000 characters, at most 2,000 are read; shorten it."
    form = _post(client, b"question=PRP", "application/x-www-form-urlencoded")
    assert "Content-Type: application/json" in _assert_refused(form, 422, "invalid_request")
    assert "at character 13" in _assert_refused(_post(client, b'{"question": PRP}'), 422)


def test_exactly_2000_characters_are_asked(client: TestClient) -> None:
    assert client.post("/api/ask", json={"question": "👩" * 2000}).status_code == 200


def test_the_largest_request_that_is_well_formed_fits_the_limit_on_bodies(
    client: TestClient,
) -> None:
    turn = {"question": "👩" * 2000, "searched_as": "👩" * 2000}
    body = json.dumps({"question": "👩" * 2000, "history": [turn] * 20}).encode()
    assert len(body) > 900_000
    assert _post(client, body).status_code == 200


def test_a_huge_body_is_refused(client: TestClient) -> None:
    question = json.dumps({"question": "a", "history": " " * (MAX_BODY_BYTES + 1)}).encode()
    _assert_refused(_post(client, question), 413, "body_too_large")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_wrong_method_is_refused_with_the_right_one(
    client: TestClient, method: str, path: str
) -> None:
    right = "POST" if path == "/api/ask" else "GET"
    if method == right:
        return
    response = client.request(method, path)
    _assert_refused(response, 405, "method_not_allowed")
    assert right in response.headers["allow"]


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/nothing", "/static/nothing.js"])
def test_an_unknown_path_is_not_found(client: TestClient, path: str) -> None:
    _assert_refused(client.get(path), 404, "not_found")


def test_health_and_readiness(client: TestClient, without_index: TestClient) -> None:
    assert client.get("/api/health").json() == {"status": "ok"}
    assert client.get("/api/ready").json() == {"status": "ready"}
    assert without_index.get("/api/health").status_code == 200
    for response in (
        without_index.get("/api/ready"),
        without_index.post("/api/ask", json={"question": "PRP?"}),
    ):
        assert response.status_code == 503
        error = ErrorOut.model_validate(response.json()).error
        assert error.code == "no_index"
        assert "python app.py index" in error.message
    assert without_index.get("/api/documents").json() == []


def test_health_is_told_at_once_while_every_thread_is_busy_answering() -> None:
    release, started = Event(), Event()

    def slow(request: AskRequest) -> ReplyOut:
        started.set()
        assert release.wait(20)
        return ReplyOut.of(reply_to(request))

    with (
        TestClient(create_api(slow, DOCUMENTS, version="1")) as client,
        ThreadPoolExecutor(62) as pool,
    ):
        asked = [pool.submit(client.post, "/api/ask", json={"question": "a"}) for _ in range(60)]
        assert started.wait(20)
        try:
            health = pool.submit(client.get, "/api/health").result(10)
            ready = pool.submit(client.get, "/api/ready").result(10)
        finally:
            release.set()
        assert (health.status_code, ready.status_code) == (200, 200)
        assert {task.result(20).status_code for task in asked} == {200}


def test_documents_are_listed_in_the_order_of_their_ids(client: TestClient) -> None:
    listed = client.get("/api/documents").json()
    assert [document["doc_id"] for document in listed] == sorted(DOCUMENTS)
    handout = next(document for document in listed if document["doc_id"] == "handout")
    assert handout["pages"] == 3
    for document in listed:
        assert client.get(document["url"]).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("doc_id", DOCUMENTS)
def test_a_document_comes_with_the_text_that_spans_point_into(
    client: TestClient, doc_id: str
) -> None:
    response = client.get(f"/api/documents/{doc_id}")
    assert response.json()["text"] == DOCUMENTS[doc_id].text
    assert response.json()["sha256"] == DOCUMENTS[doc_id].sha256


@pytest.mark.parametrize(
    "doc_id", ["nothing", "RULES", "%00", "%ff", "..%2frules", "<script>", "x" * 5000, "%F0%9F"]
)
def test_an_unknown_document_is_not_found(client: TestClient, doc_id: str) -> None:
    for path in (f"/api/documents/{doc_id}", f"/documents/{doc_id}"):
        message = _assert_refused(client.get(path), 404)
        assert "script" not in message


def test_a_span_is_marked_up_to_the_last_character(client: TestClient) -> None:
    length = len(DOCUMENTS["rules"].text)
    response = client.get("/documents/rules", params={"start": 0, "end": length})
    assert response.status_code == 200
    assert "<mark" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "start=0&end=999999",
        "start=5&end=5",
        "start=9&end=5",
        "start=5",
        "end=5",
        "start=-1&end=5",
        "start=0&end=0",
        "start=a&end=5",
        "start=1.5&end=5",
        "start=&end=5",
        "start=NaN&end=5",
        "start=%00&end=5",
        "start=%ff&end=5",
        f"start=0&end={'9' * 5000}",
        "start=0&end=99999999999999999999",
        "start[]=0&end=<script>",
    ],
    ids=lambda query: query[:30],
)
def test_what_is_no_span_of_the_text_is_refused(client: TestClient, query: str) -> None:
    _assert_refused(client.get(f"/documents/rules?{query}"), 422)


def test_the_way_in_leads_to_the_chat(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, "/chat")


def test_a_mistake_of_ours_is_told_without_a_word_of_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.post("/api/ask", json={"question": BROKEN})
    assert response.status_code == 500
    assert ErrorOut.model_validate(response.json()).error.code == "internal_error"
    assert "RuntimeError on /api/ask" in caplog.text
    assert BROKEN not in response.text + caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("question", [*KINDS, "and vinegar", "\x1b[31mPRP\x07"])
def test_no_word_of_a_question_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture, question: str
) -> None:
    asked = f"{question} vinegarish"
    with caplog.at_level(logging.DEBUG):
        client.post(
            "/api/ask", json={"question": asked, "history": [{"question": "vinegarish PRP"}]}
        )
    assert "vinegarish" not in caplog.text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=[]), max_size=5)
            | st.sampled_from(["question", "history", "searched_as"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
REQUESTS = JSON | st.fixed_dictionaries(
    {"question": JSON | st.text()},
    optional={
        "history": st.lists(
            st.fixed_dictionaries({"question": st.text() | JSON}, optional={"searched_as": JSON}),
            max_size=22,
        )
        | JSON
    },
)


@given(REQUESTS)
@example({"question": "\ud800"})
@example({"question": "a", "\ud800": 1})
@settings(max_examples=150, deadline=None)
def test_no_json_produces_anything_but_a_reply_or_a_refusal(
    client: TestClient, body: object
) -> None:
    response = _post(client, json.dumps(body).encode())
    if response.status_code == 200:
        assert list(response.json()) == REPLY_KEYS
        assert response.json()["question"] == body["question"]  # type: ignore[index]
    else:
        _assert_refused(response)


@given(st.binary(max_size=200), st.sampled_from(["application/json", "text/plain", "", "x/y;z="]))
@settings(max_examples=60, deadline=None)
def test_no_bytes_produce_anything_but_a_refusal(
    client: TestClient, body: bytes, content_type: str
) -> None:
    _assert_refused(_post(client, body, content_type))


PATHS = st.lists(
    st.sampled_from(["api", "documents", "rules", "..", "static", "%00", "%2f", "chat", "ask"])
    | st.text(max_size=8).map(lambda text: "".join(f"%{byte:02x}" for byte in text.encode())),
    max_size=5,
).map(lambda parts: "/" + "/".join(parts).lstrip("/"))


@given(PATHS, st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]), st.binary(max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_address_produces_a_mistake(
    client: TestClient, path: str, method: str, body: bytes
) -> None:
    response = client.request(method, path, content=body, follow_redirects=False)
    assert response.status_code < 500
