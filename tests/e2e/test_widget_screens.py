"""The widget on small, magnified and touched screens."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.clinic import BODY, Clinic, Stay

pytestmark = pytest.mark.browser


def test_on_a_small_screen_it_fills_the_view_and_the_page_behind_rests(stay: Stay) -> None:
    stay.page.set_viewport_size({"width": 390, "height": 800})
    stay.open(body=BODY + '<div style="height:3000px"></div>')
    assert stay.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 800}
    expect(stay.page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    state = "[document.body.inert, document.documentElement.style.overflow]"
    assert stay.page.evaluate(state) == [True, "hidden"]
    stay.page.set_viewport_size({"width": 1000, "height": 800})
    expect(stay.page.get_by_role("dialog")).to_have_attribute("aria-modal", "false")
    assert stay.page.evaluate(state) == [False, ""]
    stay.page.set_viewport_size({"width": 390, "height": 800})
    expect(stay.page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    stay.inside.get_by_role("button", name="Close").click()
    assert stay.page.evaluate(state) == [False, ""]
    expect(stay.launcher).to_be_focused()


def test_an_on_screen_keyboard_does_not_cover_the_question(stay: Stay) -> None:
    stay.page.set_viewport_size({"width": 390, "height": 800})
    stay.open()
    shrink = """([top, height, scale]) => {
      for (const [name, value] of Object.entries({offsetTop: top, height, scale}))
        Object.defineProperty(visualViewport, name, {value, configurable: true});
      visualViewport.dispatchEvent(new Event("resize"));
    }"""
    stay.page.evaluate(shrink, [60, 420, 1])
    assert stay.panel.bounding_box() == {"x": 0, "y": 60, "width": 390, "height": 420}
    stay.page.evaluate(shrink, [0, 300, 2.5])
    assert stay.panel.bounding_box() == {"x": 0, "y": 60, "width": 390, "height": 420}


def test_touch_opens_no_keyboard_over_the_greeting_or_an_answer(
    browser: Browser, clinic: Clinic
) -> None:
    with browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    ) as context:
        stay = Stay(context.new_page(), clinic)
        stay.visit()
        stay.launcher.tap()
        stay.wait_until_ready()
        focused = "document.activeElement.tagName"
        stay.inside.locator("h1:focus").wait_for()
        stay.inside.locator("[data-starters] [data-ask]").first.tap()
        stay.inside.locator(".question:focus").wait_for()
        assert stay.frame.evaluate(focused) == "H2"


def test_at_400_percent_no_button_covers_what_went_wrong(stay: Stay) -> None:
    stay.page.set_viewport_size({"width": 320, "height": 256})
    stay.open('data-lang="es"')
    stay.ask("prp")
    stay.page.route(re.compile("/api/turn"), lambda route: route.abort())
    stay.send("Is PRP new?")
    stay.inside.locator("[data-retry]").wait_for()
    tools = stay.inside.get_by_role("button", name="Cerrar").bounding_box()
    trouble = stay.inside.locator(".trouble").bounding_box()
    assert tools is not None
    assert trouble is not None
    assert tools["y"] + tools["height"] <= trouble["y"]
    expect(stay.inside.locator("[data-standing]")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (768, 1024)])
def test_nothing_scrolls_sideways_and_the_disclaimer_stays_in_view(
    stay: Stay, width: int, height: int
) -> None:
    stay.page.set_viewport_size({"width": width, "height": height})
    stay.open()
    spacing = (
        "* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        "word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    for question in ("prp", "nasty letters", "Should I stop?"):
        stay.ask(question)
    for style in ("", spacing):
        stay.frame.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
            "document.adoptedStyleSheets = [s] }",
            style,
        )
        widths = stay.frame.evaluate(
            "[document.documentElement, document.querySelector('[data-page]')]"
            ".map(e => e.scrollWidth - e.clientWidth)"
        )
        assert widths == [0, 0]
        for name in ("standing", "send"):
            shown: Any = stay.inside.locator(f"[data-{name}]")
            assert shown.evaluate(
                "e => { const b = e.getBoundingClientRect();"
                "return b.top >= 0 && b.top < innerHeight && b.right <= innerWidth }"
            )
