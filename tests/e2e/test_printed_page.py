"""The page of a printed document in a real browser: picture, marks, file, and the way back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.accessibility import violations
from tests.e2e.printed_site import PrintedSite, printed_site
from tests.fakes import ANSWERS
from tests.printed import DOC_ID, MARKED

pytestmark = pytest.mark.browser

_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def leaflet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintedSite]:
    with printed_site(tmp_path_factory.mktemp("printed")) as site:
        yield site


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    found: list[str] = []
    context.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    context.on("weberror", lambda error: found.append(str(error.error)))
    return found


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    return context.new_page()


def test_the_picture_shows_with_its_marks_inside_it(
    page: Page, leaflet: PrintedSite, complaints: list[str]
) -> None:
    with page.expect_response("**/pages/1") as picture:
        page.goto(leaflet.quoting(MARKED))
    assert picture.value.status == 200
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(page.locator(".printed svg")).to_be_in_viewport()
    frame = page.locator(".printed image").bounding_box()
    assert frame is not None
    marks = page.locator(".printed rect")
    assert marks.count() == 2
    for mark in marks.all():
        box = mark.bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"] < box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"] < box["y"] + box["height"] <= frame["y"] + frame["height"]
    assert complaints == []


def test_a_picture_opens_in_full_size(page: Page, leaflet: PrintedSite) -> None:
    page.goto(leaflet.quoting(MARKED))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Full size").click()
    width = opened.value.locator("img").evaluate("image => image.naturalWidth")
    assert width > 1000


def test_the_file_is_downloaded_under_its_own_name(page: Page, leaflet: PrintedSite) -> None:
    page.goto(f"{leaflet.url}/documents/{DOC_ID}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the original file").click()
    printed = leaflet.printed.path
    assert Path(download.value.path()).read_bytes() == printed.read_bytes()
    assert re.sub(r'[":_]', "", download.value.suggested_filename) == printed.name.replace('"', "")


def test_closing_the_page_leads_back_to_the_conversation(page: Page, leaflet: PrintedSite) -> None:
    page.goto(f"{leaflet.url}/sources")
    page.evaluate(
        "address => { document.querySelector('.head p').innerHTML = "
        "'<a id=show target=_blank rel=noopener>Show</a>'; "
        "document.getElementById('show').href = address; }",
        leaflet.quoting(MARKED),
    )
    with page.context.expect_page() as opened:
        page.locator("#show").click()
    shown = opened.value
    shown.get_by_role("link", name="Go to the quoted words").click()
    with shown.expect_event("close"):
        shown.get_by_role("button", name="Back to the conversation").click()
    expect(page.locator("#show")).to_be_visible()


def test_a_page_that_followed_another_offers_no_closing(page: Page, leaflet: PrintedSite) -> None:
    page.goto(f"{leaflet.url}/sources")
    page.goto(leaflet.quoting(MARKED))
    expect(page.get_by_role("link", name="Open the chat")).to_be_visible()
    expect(page.locator("[data-close]")).to_be_hidden()


def test_the_whole_page_is_reached_by_keyboard(page: Page, leaflet: PrintedSite) -> None:
    page.goto(leaflet.quoting(MARKED))
    page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    for name in ("Open the chat", "Reference text", "Download the original file", "Full size"):
        assert any(name in text for text in reached), name
    page.get_by_role("link", name="See page 1 as printed").first.press("Enter")
    expect(page.locator("#printed-1")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_wrong(
    page: Page, leaflet: PrintedSite, scheme: str, width: int, complaints: list[str]
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 700})
    rules, span = ANSWERS["table"][0]
    addresses = (
        leaflet.quoting(MARKED),
        f"{leaflet.url}/documents/{DOC_ID}",
        f"{leaflet.url}/documents/{rules.doc_id}?start={span.start}&end={span.end}",
        f"{leaflet.url}/documents/nasty",
        f"{leaflet.url}/sources#press",
        f"{leaflet.url}/sources?lang=es",
        f"{leaflet.quoting(MARKED)}&lang=es",
        f"{leaflet.url}/documents/{rules.doc_id}?start=0&end=9&sha256=00000000",
    )
    for address in addresses:
        page.goto(address)
        for badge in page.locator("summary").all():
            badge.click()
        assert violations(page.main_frame) == [], address
        assert page.evaluate(_SIDEWAYS) == 0, address
    assert complaints == []


def test_the_quotation_and_its_page_are_printed_and_the_chrome_is_not(
    page: Page, leaflet: PrintedSite
) -> None:
    page.goto(leaflet.quoting(MARKED))
    page.emulate_media(media="print")
    for shown in ("#quote", ".printed svg", ".end"):
        assert page.locator(shown).is_visible(), shown
    for hidden in (".bar", ".pointer", ".original", ".printed a"):
        assert page.locator(hidden).is_hidden(), hidden
    # A printed badge cannot be opened.
    explanation = page.locator(".facts details > p").bounding_box()
    assert explanation is not None
    assert explanation["height"] > 10


def test_an_address_that_leads_to_nothing_is_told_to_a_person_as_a_page(
    page: Page, leaflet: PrintedSite
) -> None:
    for path in ("documents/gone", "nowhere", f"documents/{DOC_ID}?start=5&end=4"):
        answer = page.goto(f"{leaflet.url}/{path}")
        assert answer is not None
        assert answer.status in (404, 422)
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        assert violations(page.main_frame) == []
    page.goto(f"{leaflet.url}/documents/gone?lang=es")
    expect(page.get_by_role("heading", name="Aquí no hay nada")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256)])
def test_on_a_small_screen_the_bar_leaves_room_for_the_words(
    page: Page, leaflet: PrintedSite, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(leaflet.quoting(MARKED))
    page.evaluate("document.querySelector('[data-close]').hidden = false")
    bar = page.locator(".bar").evaluate("e => Math.max(0, e.getBoundingClientRect().bottom)")
    assert bar < height / 8
