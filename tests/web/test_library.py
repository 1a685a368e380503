"""An index that is exchanged while questions are asked: nothing is lost, mixed or wrong."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

import pytest
from starlette.testclient import TestClient

from assistant.errors import NoIndexLoaded
from assistant.web.api import create_api
from assistant.web.library import Library, Loaded
from assistant.web.schema import AskRequest, ReplyOut
from corpus.document import Document
from index.errors import IndexDamaged, IndexMissing
from tests.fakes import document, heading, item, reply_to

QUESTION = AskRequest(question="Why?", history=[])


class Shelf:
    """Published indexes by name, as a data folder holds them; each has one document of its own."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.opened: list[str] = []
        self.while_opening: Callable[[], None] = lambda: None

    def newest(self) -> str:
        if self.name is None:
            raise IndexMissing("no index here; build one")
        return self.name

    def load(self) -> Loaded:
        name = self.newest()
        self.opened.append(name)
        self.while_opening()
        return _loaded(name)


def _document(name: str) -> Document:
    return document("only", f"The document of {name}", [heading("Why"), item(f"Says {name}. " * 9)])


def _loaded(name: str) -> Loaded:
    only = _document(name)

    def ask(request: AskRequest) -> ReplyOut:
        reply = ReplyOut.of(reply_to(request))
        return reply.model_copy(
            update={"index": reply.index.model_copy(update={"fingerprint": only.sha256})}
        )

    return Loaded(ask, {"only": only}, {"only.md": only.sha256})


def _library(shelf: Shelf) -> Library:
    return Library(shelf.newest, shelf.load)


def _fingerprint(library: Library) -> str:
    return library.ask(QUESTION).index.fingerprint


def _serves(library: Library, name: str) -> bool:
    return _fingerprint(library) == _document(name).sha256


@contextmanager
def _followed(library: Library, when_loaded: Callable[[], None] = lambda: None) -> Iterator[None]:
    stop = Event()
    thread = Thread(
        target=library.follow, args=(stop,), kwargs={"when_loaded": when_loaded, "every_s": 0.01}
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def _soon(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_before_an_index_is_loaded_there_is_nothing_to_answer_from() -> None:
    library = _library(Shelf())
    assert dict(library.documents) == {}
    with pytest.raises(NoIndexLoaded):
        library.ask(QUESTION)
    with pytest.raises(IndexMissing):
        library.refresh()


def test_only_another_index_is_loaded() -> None:
    shelf = Shelf("a")
    library = _library(shelf)
    assert [library.refresh() for _ in range(3)] == [True, False, False]
    shelf.name = "b"
    assert library.refresh()
    assert shelf.opened == ["a", "b"]
    assert _fingerprint(library) == _document("b").sha256
    assert library.documents["only"] == _document("b")
    assert library.sources["only.md"] == _document("b").sha256


def test_an_index_published_while_another_was_read_is_the_one_that_is_served() -> None:
    shelf = Shelf("a")

    def publish() -> None:
        shelf.name = "b"

    shelf.while_opening = publish
    library = _library(shelf)
    library.refresh()
    assert _fingerprint(library) == _document("b").sha256
    assert not library.refresh()


def test_what_was_taken_before_an_exchange_stays_whole() -> None:
    shelf = Shelf("a")
    library = _library(shelf)
    library.refresh()
    taken = library.documents.values()
    shelf.name = "b"
    library.refresh()
    assert list(taken) == [_document("a")]
    assert list(library.documents.values()) == [_document("b")]


def test_an_index_that_cannot_be_loaded_leaves_the_one_before_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf("a")
    library = _library(shelf)
    library.refresh()

    def fail() -> None:
        raise IndexDamaged("vectors.npy is damaged; build it again")

    shelf.while_opening = fail
    shelf.name = "b"
    with caplog.at_level(logging.INFO), _followed(library):
        _soon(lambda: len(shelf.opened) >= 4)
        assert _fingerprint(library) == _document("a").sha256
        shelf.while_opening = lambda: None
        _soon(partial(_serves, library, "b"))
    assert caplog.text.count("vectors.npy is damaged") == 1
    assert "a newer index is loaded: b" in caplog.text


def test_a_server_is_not_ready_until_an_index_appears() -> None:
    shelf = Shelf()
    library = _library(shelf)
    loaded = Event()
    with TestClient(create_api(library.ask, library.documents, version="1")) as client:
        for answer in (client.get("/api/ready"), client.post("/api/ask", json={"question": "?"})):
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "no_index"
            assert int(answer.headers["retry-after"]) > 0
        assert client.get("/api/health").status_code == 200
        assert client.get("/api/documents").json() == []
        with _followed(library, loaded.set):
            shelf.name = "a"
            assert loaded.wait(10)
        assert client.get("/api/ready").status_code == 200
        assert client.get("/api/documents/only").json()["sha256"] == _document("a").sha256


def test_an_index_exchanged_a_hundred_times_under_load_gives_no_wrong_answer() -> None:
    shelf = Shelf("0")
    library = _library(shelf)
    library.refresh()
    known = {_document(str(n)).sha256 for n in range(101)}
    exchanged = Event()

    def ask_until_the_end(client: TestClient) -> int:
        asked = 0
        while not exchanged.is_set():
            reply = client.post("/api/ask", json={"question": "Why?"})
            assert reply.status_code == 200
            assert reply.json()["index"]["fingerprint"] in known
            (listed,) = client.get("/api/documents").json()
            assert listed["title"].startswith("The document of ")
            read = client.get("/api/documents/only").json()
            # Text and hash are of one index, whichever it was.
            assert read["sha256"] in known
            assert hashlib.sha256(read["text"].encode()).hexdigest() == read["sha256"]
            asked += 3
        return asked

    with (
        TestClient(create_api(library.ask, library.documents, version="1")) as client,
        ThreadPoolExecutor(4) as visitors,
        _followed(library),
    ):
        asked = [visitors.submit(ask_until_the_end, client) for _ in range(4)]
        try:
            for n in range(1, 101):
                shelf.name = str(n)
                _soon(partial(_serves, library, str(n)))
        finally:
            exchanged.set()
        assert all(one.result(30) > 0 for one in asked)
    assert shelf.opened[-1] == "100"
    assert len(shelf.opened) >= 101
