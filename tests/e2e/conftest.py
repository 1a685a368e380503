"""The chat and the document pages, served over real HTTP to a real browser."""

import gc
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from assistant.web.api import create_api
from assistant.web.chat import mount_chat
from assistant.web.documents import render_document, static_folder
from assistant.web.labels import EXAMPLES
from assistant.web.widget import mount_widget
from corpus.document import Span
from tests.e2e.clinic import Clinic, Stay
from tests.fakes import DOCUMENTS, FakeAssistant

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Site:
    """A running server: where it is and the assistant behind it."""

    url: str
    assistant: FakeAssistant


@dataclass
class Visit:
    """One visitor's page, with every request it made and every complaint of its console."""

    page: Page
    site: Site
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open_chat(self) -> Page:
        self.page.goto(f"{self.site.url}/chat")
        self.page.locator("[data-input]").wait_for()
        # Gradio takes its own "Loading..." away only after it has shown the page.
        expect(self.page.locator(".loading")).to_have_count(0)
        return self.page

    def ask(self, question: str) -> None:
        """Type a question, send it with Enter, and wait for the reply to it."""
        turns = self.page.locator("[data-turn]")
        before = turns.count()
        self.page.locator("[data-input]").fill(question)
        self.page.keyboard.press("Enter")
        turns.nth(before).wait_for()


def create_site_app(assistant: FakeAssistant) -> FastAPI:
    app = FastAPI()
    app.mount("/static", StaticFiles(directory=static_folder))

    @app.get("/documents/{doc_id}")
    def show(doc_id: str, start: int | None = None, end: int | None = None) -> HTMLResponse:
        span = Span(start, end) if start is not None and end is not None else None
        return HTMLResponse(render_document(DOCUMENTS[doc_id], span))

    return mount_chat(app, assistant, examples=EXAMPLES)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in 30 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


@contextmanager
def without_leak_warnings() -> Iterator[None]:
    """Gradio leaves event loops open while it builds its locks (`gradio.utils.safe_get_lock`)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    assistant = FakeAssistant()
    with without_leak_warnings():
        app = create_site_app(assistant)
    with serving(app) as url:
        yield Site(url, assistant)
    with without_leak_warnings():
        del app


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One for each file: while it runs, so does an event loop, and other tests start their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, site: Site) -> Visit:
    visit = Visit(context.new_page(), site)
    context.on("request", lambda request: visit.requests.append(request))
    context.on(
        "console",
        lambda line: visit.complaints.append(line.text) if line.type == "error" else None,
    )
    context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
    return visit


@pytest.fixture(scope="session")
def clinic() -> Iterator[Clinic]:
    """Two servers, and the first may embed the widget of the second by one of its two names."""
    clinic = Clinic()
    with serving(clinic.app) as address:
        clinic.stranger = address
        clinic.url = address.replace("127.0.0.1", "localhost")
        api = create_api(clinic.assistant, DOCUMENTS, version="0")
        with serving(mount_widget(api, clinic.assistant, origins=[clinic.url])) as host:
            clinic.host = host
            yield clinic


@pytest.fixture
def stay(context: BrowserContext, clinic: Clinic) -> Stay:
    stay = Stay(context.new_page(), clinic)
    context.on("request", lambda request: stay.requests.append(request))
    context.on("console", stay.note)
    context.on("weberror", lambda error: stay.complaints.append(str(error.error)))
    return stay
