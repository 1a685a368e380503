"""The source page in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, Visit
from tests.fakes import ANSWERS

pytestmark = pytest.mark.browser


def test_an_address_without_an_anchor_scrolls_to_the_quoted_words(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 300})
    document, span = ANSWERS["code"][0]
    page.goto(f"{visit.site.url}/documents/{document.doc_id}?start={span.start}&end={span.end}")
    expect(page.locator("#quote")).to_be_in_viewport()
    assert page.locator("#quote").evaluate("e => e.textContent") == span.of(document.text)
    assert visit.complaints == []


def test_the_page_works_without_javascript(site: Site, browser: Browser) -> None:
    document, span = ANSWERS["code"][0]
    viewport = {"width": 360, "height": 300}
    with browser.new_context(java_script_enabled=False, viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site.url}/documents/{document.doc_id}?start={span.start}&end={span.end}")
        page.get_by_role("link", name="Go to the quoted words").click()
        expect(page.locator("#quote")).to_be_in_viewport()
        page.locator("summary").first.click()
        expect(page.locator("details p").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_scrolls_sideways(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 640})
    for doc_id in ("rules", "nasty", "evidence"):
        visit.page.goto(f"{visit.site.url}/documents/{doc_id}")
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visit.page.evaluate(sideways) == 0


def test_both_colour_schemes_are_designed(visit: Visit) -> None:
    visit.page.goto(f"{visit.site.url}/documents/rules")
    background = "getComputedStyle(document.body).backgroundColor"
    visit.page.emulate_media(color_scheme="light")
    assert visit.page.evaluate(background) == "rgb(246, 247, 245)"
    visit.page.emulate_media(color_scheme="dark")
    assert visit.page.evaluate(background) == "rgb(14, 22, 24)"
