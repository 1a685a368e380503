"""No log and no standard error holds a word of what is asked, on any surface, at any level."""

import json
import logging
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

import app
from assistant.audit.recorder import recording
from assistant.conversation import Turn
from assistant.logs import DiscreetFormatter
from assistant.web.api import CHAT_PATH, create_api
from assistant.web.chat import mount_chat
from assistant.web.labels import EXAMPLES
from assistant.web.schema import AskRequest, ReplyOut
from assistant.web.widget import mount_widget
from index.storage import open_index
from tests.e2e.conftest import without_leak_warnings
from tests.fakes import BROKEN
from tests.small_corpus import SmallIndex, assistant_over

# A word that no document, no example and no library holds.
WORD = "vinegarish"
OURS = ("app", "assistant", "corpus", "index")
HISTORY = [{"question": f"Is {WORD} PRP new?", "searched_as": f"is {WORD} prp new"}]
BODIES: list[dict[str, Any]] = [
    {"question": f"Does {WORD} PRP contain stem cells?"},
    {"question": f"and for {WORD} women?", "history": HISTORY},
    {"question": f"Should I have {WORD} PRP?"},
    {"question": f"my {WORD} scalp is hot, swollen and I have a fever since the injection"},
    {"question": f"the {WORD} weather"},
    {"question": f"{BROKEN} {WORD}"},
    {"question": f"{WORD} " * 300},
    {"question": f"{WORD}\0"},
    {"question": [WORD]},
    {"question": "PRP?", "history": [WORD]},
    {"question": "PRP?", WORD: WORD},
]


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Keeps every record of every logger."""
    caplog.set_level(logging.DEBUG)
    for name in (*OURS, "uvicorn", "uvicorn.error", "gradio", "mcp", "httpx"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def _assert_discreet(records: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    for record in records.records:
        assert WORD not in DiscreetFormatter().format(record)
        if record.name.split(".")[0] in OURS:
            assert WORD not in record.getMessage()
    output, errors = capfd.readouterr()
    assert WORD not in output
    assert WORD not in errors


@pytest.fixture
def url(small_index: SmallIndex, tmp_path: Path) -> Iterator[str]:
    """The whole site over a real index, which records redacted text."""
    assistant = assistant_over(open_index(small_index.data))

    def answer(request: AskRequest) -> ReplyOut:
        if BROKEN in request.question:
            raise RuntimeError(request.question)
        history = [Turn(turn.question, turn.searched_as) for turn in request.history]
        return ReplyOut.of(assistant.reply(request.question, history))

    with recording(answer, tmp_path, keep="text", days=30, basis=dict) as ask:
        with without_leak_warnings():
            api = mount_widget(create_api(ask, {}, version="0"), ask)
            site = mount_chat(api, ask, examples=EXAMPLES, path=CHAT_PATH)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            server = uvicorn.Server(
                uvicorn.Config(site, log_config=None, access_log=False, ws="none")
            )
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()
            deadline = time.monotonic() + 60
            while not server.started:
                assert time.monotonic() < deadline, "the server did not start in 60 s"
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
            server.should_exit = server.force_exit = True
            thread.join(10)
    with without_leak_warnings():
        del api, site


def _send(url: str, body: object) -> tuple[int, str]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _through_routes(url: str) -> list[str]:
    answers = [
        _send(f"{url}{path}", body)[1]
        for path in ("/api/ask", "/api/turn", "/api/turn?lang=es")
        for body in [*BODIES, f'{{"question": "{WORD}'.encode(), WORD]
    ]
    _send(f"{url}/api/{WORD}", {})
    _send(f"{url}/api/ask?question={WORD}", {})
    return answers


def _through_the_endpoint(url: str) -> list[str]:
    answers = []
    for body in BODIES:
        api = f"{url}{CHAT_PATH}/gradio_api/call/ask"
        status, told = _send(api, {"data": [body["question"], body.get("history")]})
        if status == 200:
            event = json.loads(told)["event_id"]
            with urllib.request.urlopen(f"{api}/{event}", timeout=60) as response:
                answers.append(response.read().decode())
    return answers


def _through_the_chat(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}{CHAT_PATH}/config", timeout=60) as response:
        components = json.load(response)["components"]
    number = next(c["id"] for c in components if c["type"] == "html")
    call = {"session_hash": "a", "component_id": number, "fn_name": "answer"}
    path = f"{url}{CHAT_PATH}/gradio_api/component_server/"
    return [_send(path, {**call, "data": body})[1] for body in BODIES]


def _through_mcp(url: str) -> list[str]:
    async def talk() -> list[str]:
        async with (
            streamable_http_client(f"{url}{CHAT_PATH}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            return [str(await session.call_tool("ask", body)) for body in BODIES]

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, talk).result()


@pytest.mark.parametrize(
    "surface",
    [_through_routes, _through_the_endpoint, _through_the_chat, _through_mcp],
    ids=["routes", "endpoint", "chat", "mcp"],
)
def test_no_surface_logs_a_word_of_a_question(
    url: str,
    records: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    surface: Callable[[str], list[str]],
) -> None:
    answers = surface(url)
    assert sum("stem cells" in answer for answer in answers) >= 1, "the surface was not reached"
    assert any(record.name.startswith("assistant.web") for record in records.records)
    _assert_discreet(records, capfd)


@pytest.mark.parametrize("keep", ["hashes", "text"])
def test_the_command_line_logs_no_word_of_a_question(
    small_index: SmallIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    records: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    keep: str,
) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_AUDIT", keep)
    data = tmp_path / "data"
    data.mkdir()
    for name in ("index", "models"):
        (data / name).symlink_to(small_index.data / name)
    question = f"Does {WORD} PRP contain stem cells?"
    assert app.main(["ask", question, "--json", "--data", str(data)]) == 0
    output, errors = capfd.readouterr()
    assert WORD not in errors
    reply_id = json.loads(output)["reply_id"]
    again = ["replay", reply_id, "--data", str(data), "--json"]
    assert app.main([*again, "--question", question]) == 0
    assert WORD not in capfd.readouterr().err
    for wrong in (["--question", WORD], ["--question", question, "--history", f'["{WORD}"]']):
        assert app.main([*again, *wrong]) == 2
    assert app.main(["ask", f"{WORD} " * 300]) == 2
    _assert_discreet(records, capfd)
