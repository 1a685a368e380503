"""The disclaimer as a browser shows, copies and prints it, for every kind of reply."""

import io
import unicodedata

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from assistant.disclaimer import DISCLAIMER, URGENT_DISCLAIMER
from tests.e2e.clinic import Clinic
from tests.e2e.conftest import Visit
from tests.e2e.test_chat import IN_VIEW
from tests.fakes import disclaimer_after

pytestmark = pytest.mark.browser

KINDS = {
    "answer": "Is PRP new?",
    "abstention": "something else",
    "redirect": "Should I have it?",
    "urgent": "I have a fever",
}


@pytest.fixture(params=["chat", "widget"])
def page(request: pytest.FixtureRequest, visit: Visit, clinic: Clinic) -> Page:
    """The conversation page of the chat or of the widget, with one turn of each kind."""
    place = f"{visit.site.url}/chat" if request.param == "chat" else f"{clinic.host}/widget"
    visit.page.goto(place)
    visit.page.locator("[data-input]").wait_for()
    for question in KINDS.values():
        visit.ask(question)
    return visit.page


def test_every_turn_shows_it_and_the_page_never_loses_it(page: Page) -> None:
    for kind, question in KINDS.items():
        turn = page.locator(f'[data-turn][data-kind="{kind}"]')
        expect(turn.locator("[data-disclaimer]")).to_be_visible()
        expect(turn.locator("[data-disclaimer]")).to_have_text(disclaimer_after(question))
    standing = page.locator("[data-standing]")
    expect(standing).to_have_text(DISCLAIMER)
    assert standing.evaluate(IN_VIEW)


def test_every_copy_ends_with_it(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    for kind, question in KINDS.items():
        button = page.locator(f'[data-turn][data-kind="{kind}"] [data-copy]')
        button.click()
        expect(button).to_have_text("Copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.startswith(f"Question: {question}")
        assert text.endswith(disclaimer_after(question))


def test_on_paper_every_turn_has_it(page: Page) -> None:
    paper = pypdf.PdfReader(io.BytesIO(page.pdf()))
    # On paper "fi" is one letter.
    text = unicodedata.normalize("NFKC", " ".join(p.extract_text() for p in paper.pages))
    printed = " ".join(text.split())
    for question in KINDS.values():
        assert question in printed
    assert printed.count(DISCLAIMER) >= len(KINDS) - 1
    assert URGENT_DISCLAIMER in printed
