"""Another site that embeds the widget: an origin of its own, with pages that each test writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import ConsoleMessage, Frame, FrameLocator, Locator, Page, Request

from tests.fakes import FakeAssistant

# How much the page has moved under the reader since it was loaded (CLS, which leaves out what
# answers a click or a key).
SHIFT = """() => new Promise(resolve => {
  new PerformanceObserver(list => resolve(list.getEntries()
    .filter(e => !e.hadRecentInput).reduce((s, e) => s + e.value, 0)))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(0), 400);
})"""
ENGLISH_PAGE = 'lang="en"'
BODY = "<h1>A clinic</h1><p>Opening hours</p>"


class Clinic:
    """A site at `url` that may embed the widget of `host`, and a page of it for every test.

    At `stranger` the same pages are served from an origin that may not embed it.
    """

    def __init__(self) -> None:
        self.url = self.stranger = self.host = ""
        self.assistant = FakeAssistant()
        self.app = FastAPI()
        self._pages: list[HTMLResponse] = []
        self.app.get("/{number}")(self._show)

    def _show(self, number: int) -> HTMLResponse:
        return self._pages[number]

    def script(self, options: str = "") -> str:
        """The one line that brings the widget."""
        return f'<script async src="{self.host}/widget.js" {options}></script>'

    def page(
        self,
        body: str,
        *,
        head: str = "",
        root: str = ENGLISH_PAGE,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """The path of a new page with this body."""
        html = (
            f'<!doctype html><html {root}><head><meta charset="utf-8"><title>A clinic</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,">{head}</head><body>{body}</body></html>'
        )
        self._pages.append(HTMLResponse(html, headers=headers))
        return f"/{len(self._pages) - 1}"


@dataclass
class Stay:
    """One visitor on the clinic's site, with what the browser asked for and complained of."""

    page: Page
    clinic: Clinic
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(line.text)

    def visit(
        self, options: str = "", *, body: str = BODY, head: str = "", root: str = ENGLISH_PAGE
    ) -> None:
        """Open a page that has the widget's line with these options at its end."""
        path = self.clinic.page(body + self.clinic.script(options), head=head, root=root)
        self.page.goto(self.clinic.url + path)

    def open(
        self, options: str = "", *, body: str = BODY, head: str = "", root: str = ENGLISH_PAGE
    ) -> None:
        """Visit, open the widget by a click and wait until it can be used."""
        self.visit(options, body=body, head=head, root=root)
        self.launcher.click()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.page.locator(".panel:not(.waiting)").wait_for()

    @property
    def launcher(self) -> Locator:
        return self.page.locator(".launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".panel")

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def frame(self) -> Frame:
        """The widget's frame, where a test runs a script of its own."""
        return next(frame for frame in self.page.frames if "/widget" in frame.url)

    @property
    def input(self) -> Locator:
        return self.inside.locator("[data-input]")

    def send(self, question: str) -> None:
        """Type a question and send it with Enter."""
        self.input.fill(question)
        self.input.press("Enter")

    def ask(self, question: str) -> None:
        """Send a question and wait for the reply to it."""
        turns = self.inside.locator("[data-turn]")
        before = turns.count()
        self.send(question)
        turns.nth(before).wait_for()
