"""`python app.py serve` as a process of its own, asked over real HTTP and told to stop."""

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.small_corpus import SmallIndex

ROOT = Path(__file__).parent.parent.parent
START_S = 90
STOP_S = 15
# No reply or message holds this word, so where it stands a question was written down.
MARK = "vinegarish"


@dataclass
class Server:
    """A running `app.py serve` with everything that it wrote."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """The status and body of the reply; header names are given with underscores."""
        connection = self.connect()
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(self, path: str, body: object) -> tuple[int, Any]:
        status, content = self.request(
            "POST",
            path,
            json.dumps(body).encode(),
            Content_Type="application/json",
            Accept="application/json, text/event-stream",
        )
        return status, content

    def ask(self, question: str, **fields: object) -> dict[str, Any]:
        status, content = self.post("/api/ask", {"question": question, **fields})
        assert status == 200
        reply: dict[str, Any] = json.loads(content)
        return reply

    def get(self, path: str) -> Any:
        status, content = self.request("GET", path)
        assert status == 200
        return json.loads(content)

    def written(self) -> str:
        return self.log.read_text("utf-8")

    def stopped_by(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_S)


@contextmanager
def serving(log: Path, *options: str) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "app.py", "serve", "--port", str(port), *options]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT)
    server = Server(process, port, log)
    try:
        deadline = time.monotonic() + START_S
        while "Ready: " not in server.written():
            assert process.poll() is None, server.written()
            assert time.monotonic() < deadline, server.written()
            time.sleep(0.05)
        yield server
    finally:
        process.kill()
        process.wait(STOP_S)


@pytest.fixture(scope="module")
def server(small_index: SmallIndex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("serve") / "log"
    with serving(log, *small_index.options) as server:
        yield server


def test_it_is_alive_and_ready_where_it_says_so(server: Server) -> None:
    assert f"Ready: http://127.0.0.1:{server.port}  (stop with Ctrl+C)\n" in server.written()
    assert server.get("/api/health") == {"status": "ok"}
    assert server.get("/api/ready") == {"status": "ready"}


@pytest.mark.parametrize(
    "question",
    [
        "Does PRP contain stem cells?",
        "Are exosomes approved for hair loss?",
        "Which treatments are approved?",
        "How much does a PRP session cost?",
        "Should I have PRP for hair loss?",
    ],
)
def test_every_statement_is_the_words_of_the_document_that_is_served(
    server: Server, question: str
) -> None:
    reply = server.ask(question)
    assert reply["statements"] or reply["kind"] == "redirect"
    for statement in reply["statements"]:
        citation = statement["citation"]
        document = server.get(f"/api/documents/{citation['doc_id']}")
        assert statement["text"] == document["text"][citation["start"] : citation["end"]]
        assert citation["sha256"] == document["sha256"]
        status, page = server.request("GET", citation["url"])
        assert status == 200
        assert b'<mark id="quote"' in page


def test_the_way_in_leads_to_the_chat(server: Server) -> None:
    connection = server.connect()
    connection.request("GET", "/")
    response = connection.getresponse()
    assert (response.status, response.getheader("location")) == (307, "/chat")
    connection.close()
    status, page = server.request("GET", "/chat/")
    assert status == 200
    assert b"<html" in page


def _libraries(server: Server) -> str:
    """What the process has mapped into its memory."""
    maps = Path(f"/proc/{server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("SKIPPED, NOT PASSED: this system does not list a process's libraries")
    return maps.read_text("utf-8")


def test_it_runs_without_torch(server: Server) -> None:
    server.ask("Does PRP contain stem cells?")
    assert "onnxruntime" in _libraries(server)
    assert "libtorch" not in _libraries(server)


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_a_huge_body_is_refused_although_it_is_still_being_sent(
    server: Server, connection: str
) -> None:
    headers = {"Content_Type": "application/json", "Connection": connection}
    status, content = server.request("POST", "/api/ask", b"0" * 15_000_000, **headers)
    assert status == 413
    assert json.loads(content)["error"]["code"] == "body_too_large"


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /api/health HTTP/new\r\nHost: a\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["tls", "version", "path", "length", "chunk"],
)
def test_what_is_no_http_is_refused(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        answer = connection.recv(100)
    assert answer.startswith(b"HTTP/1.1 4")


CHAT_PATHS = [
    "/chat/gradio_api/call/ask",
    "/chat/gradio_api/call/v2/ask",
    "/chat/gradio_api/run/ask",
    "/chat/gradio_api/api/ask",
    "/chat/gradio_api/queue/join",
    "/chat/gradio_api/component_server",
    "/chat/gradio_api/upload",
    "/chat/gradio_api/cancel",
    "/chat/gradio_api/reset",
    "/chat/gradio_api/stream/x",
    "/chat/gradio_api/vibe-edit/",
    "/chat/gradio_api/mcp/",
    "/chat/login",
]
SMALL_JSON = st.recursive(
    st.none() | st.integers(-2, 99) | st.sampled_from([MARK, f"{MARK}\ud800", "", "answer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=5,
)
MCP_CALL = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "id": st.just(1)},
    optional={
        "method": st.sampled_from(["tools/call", "tools/list", "initialize", MARK]),
        "params": st.fixed_dictionaries(
            {"name": st.sampled_from(["ask", MARK])}, optional={"arguments": SMALL_JSON}
        )
        | SMALL_JSON,
    },
)
CHAT_CALL = st.fixed_dictionaries(
    {"data": SMALL_JSON},
    optional={
        "fn_index": st.integers(-1, 3),
        "fn_name": st.sampled_from(["answer", MARK]),
        "component_id": st.integers(0, 4),
        "session_hash": st.just("a"),
        "event_id": SMALL_JSON,
        "trigger_id": SMALL_JSON,
        "question": SMALL_JSON,
        "history": SMALL_JSON,
    },
)


@given(st.sampled_from(CHAT_PATHS), CHAT_CALL | MCP_CALL | SMALL_JSON)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_call_of_the_chat_produces_a_mistake(server: Server, path: str, body: object) -> None:
    status, _ = server.post(path, body)
    assert status < 500


@pytest.mark.parametrize("path", CHAT_PATHS)
@pytest.mark.parametrize("body", [b"", b"{", b"[" * 50_000, b"\xff\xfe", b"0" * 2_000_000])
def test_no_bytes_sent_to_the_chat_produce_a_mistake(
    server: Server, path: str, body: bytes
) -> None:
    for content_type in ("application/json", "multipart/form-data; boundary=x"):
        status, _ = server.request("POST", path, body, Content_Type=content_type)
        assert status < 500


def _call_chat(server: Server, *data: object) -> str:
    """The events that Gradio's API answers a call with."""
    status, content = server.post("/chat/gradio_api/call/ask", {"data": list(data)})
    assert status == 200
    event_id = json.loads(content)["event_id"]
    status, events = server.request("GET", f"/chat/gradio_api/call/ask/{event_id}")
    assert status == 200
    return events.decode()


def test_no_surface_writes_a_word_of_a_question_down(server: Server) -> None:
    for words in (
        MARK,
        f"Does {MARK} PRP contain stem cells?",
        f"Should I take {MARK}?",
        f"{MARK}: my scalp is hot, swollen and I have a fever since the injection",
        f"<script>{MARK}</script>\x1b[31m\x07",
    ):
        server.ask(words)
        server.ask("and for women?", history=[{"question": words, "searched_as": words}])
        assert "event: complete" in _call_chat(server, words, [])
        for data in ([words, [words]], [words, words], [words], [[words]], [words] * 5, []):
            _call_chat(server, *data)
        for body in ({"question": [words]}, {words: 1}, [words], words):
            assert server.post("/api/ask", body)[0] == 422
        for params in (
            {"name": "ask", "arguments": {"question": words}},
            {"name": "ask", "arguments": words},
            {"name": words, "arguments": {"question": words}},
            words,
        ):
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            server.post("/chat/gradio_api/mcp/", call)
        server.request("GET", "/documents/" + words.encode().hex() + f"?start={MARK}&end={MARK}")
    assert server.get("/api/health") == {"status": "ok"}
    assert MARK not in server.written()
    assert "Traceback" not in server.written()


def test_a_first_start_builds_the_index_elsewhere_and_ctrl_c_stops_it_in_order(
    small_index: SmallIndex, tmp_path: Path
) -> None:
    corpus = tmp_path / "documents"
    shutil.copytree(small_index.corpus, corpus)
    (corpus / "sheet.xlsx").write_bytes(b"PK")
    options = ["--corpus", str(corpus), "--data", str(tmp_path / "data")]
    with serving(tmp_path / "log", *options) as server:
        assert "Building the index" in server.written()
        assert "4 added" in server.written()
        assert "Refused sheet.xlsx" in server.written()
        assert server.ask("Does PRP contain stem cells?")["kind"] == "answer"
        assert "libtorch" not in _libraries(server)
        assert server.stopped_by(signal.SIGINT) == 0
        assert "Traceback" not in server.written()


def test_sigterm_stops_it_in_order_although_a_browser_holds_a_connection(server: Server) -> None:
    held = server.connect()
    held.request("GET", "/chat/gradio_api/heartbeat/visitor")
    assert held.getresponse().status == 200
    before = server.written()
    assert server.stopped_by(signal.SIGTERM) == 0
    held.close()
    assert server.written() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
