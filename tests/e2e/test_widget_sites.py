"""The widget on sites as they are: hostile styles, strict policies, plugins, forged messages."""

import pytest
from playwright.sync_api import expect

from assistant.web.widget import STARTERS
from assistant.web.words import ENGLISH
from tests.e2e.clinic import BODY, Clinic, Stay

pytestmark = pytest.mark.browser

RELIEF = """element => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {width: box.width, height: box.height, right: innerWidth - box.right,
    bottom: innerHeight - box.bottom, opacity: style.opacity, colour: style.color,
    size: style.fontSize, direction: style.direction, transform: style.textTransform};
}"""


HOSTILE = """<style>
* { all: unset !important; display: none !important }
html { display: block !important; font: 60px fantasy !important }
body { display: block !important; direction: rtl !important; opacity: .4 !important;
  transform: rotate(3deg) !important;
  filter: blur(3px); zoom: 1.4 }
div, button, iframe, [aria-haspopup] { position: static !important; opacity: 0 !important;
  visibility: hidden !important; pointer-events: none !important; transform: scale(9) !important;
  width: 1px !important; height: 1px !important; color: red !important; --accent: red !important }
* { text-transform: uppercase !important; letter-spacing: 1em !important }
</style>"""


def test_a_hostile_style_sheet_does_not_reach_it(stay: Stay) -> None:
    stay.visit()
    quiet = stay.launcher.evaluate(RELIEF)
    stay.visit(
        head=HOSTILE, body=BODY + '<header style="position:fixed;z-index:2147483647">H</header>'
    )
    assert stay.launcher.evaluate(RELIEF) == quiet
    stay.launcher.click()
    stay.wait_until_ready()
    stay.ask("Is PRP new?")
    expect(stay.inside.locator("[data-quote]").first).to_be_in_viewport()
    assert stay.panel.evaluate("e => getComputedStyle(e).opacity") == "1"


def test_under_a_strict_policy_two_directives_are_enough(stay: Stay, clinic: Clinic) -> None:
    policy = (
        f"default-src 'none'; img-src data:; script-src {clinic.host}/widget.js; "
        f"frame-src {clinic.host}; require-trusted-types-for 'script'"
    )
    path = clinic.page(
        BODY + clinic.script('data-accent="#a05"'), headers={"Content-Security-Policy": policy}
    )
    stay.page.goto(clinic.url + path)
    stay.launcher.click()
    stay.wait_until_ready()
    assert stay.launcher.evaluate("e => getComputedStyle(e).position") == "fixed"
    stay.ask("Is PRP new?")
    assert stay.complaints == []


def test_the_line_brought_twice_makes_one_launcher_and_an_inline_one_beside_it_its_own(
    stay: Stay, clinic: Clinic
) -> None:
    body = BODY + clinic.script() + clinic.script("data-inline") + clinic.script("data-inline")
    stay.visit(body=body)
    expect(stay.page.locator("iframe")).to_have_count(2)
    expect(stay.launcher).to_have_count(1)
    stay.launcher.click()
    expect(stay.page.locator(".panel:not(.waiting)")).to_have_count(3)
    for number in range(3):
        frame = stay.page.frame_locator(f"iframe >> nth={number}")
        frame.locator("[data-input]").fill(f"trial {number}")
        frame.locator("[data-input]").press("Enter")
        expect(frame.locator("[data-question]")).to_have_text([f"trial {number}"])
    left = clinic.script('data-position="left"')
    stay.visit(body=BODY + left)
    expect(stay.launcher).to_have_count(2)


@pytest.mark.parametrize(
    "line",
    [
        '<script type="module" src="{host}/widget.js?ver=6.5" data-label="Hair?"></script>',
        '<script defer src="{host}/widget.js?ver=6.5" data-label="Hair?"></script>',
        """<div class="wp-block-html" style="transform:scale(1);overflow:hidden;height:9px">
        <p><script async src="{host}/widget.js" data-label="Hair?"></script></p></div>""",
        """<script type="text/plain" id="late" data-src="{host}/widget.js"
        data-label="Hair?"></script>
        <script>setTimeout(() => {{ const late = document.getElementById("late");
        const line = document.createElement("script"); line.src = late.dataset.src;
        line.dataset.label = late.dataset.label; late.replaceWith(line); }}, 50)</script>""",
    ],
    ids=["module", "deferred", "in a block", "delayed by a plugin"],
)
def test_it_finds_its_line_however_a_site_brings_it(stay: Stay, clinic: Clinic, line: str) -> None:
    stay.page.goto(clinic.url + clinic.page(BODY + line.format(host=clinic.host)))
    expect(stay.launcher).to_have_accessible_name("Hair?")
    box = stay.launcher.bounding_box()
    assert box is not None
    assert (box["y"] + box["height"], box["x"] + box["width"]) == (780, 1260)
    stay.launcher.click()
    stay.wait_until_ready()


def test_a_site_that_may_not_embed_it_gets_a_way_out_instead(stay: Stay, clinic: Clinic) -> None:
    stay.page.goto(clinic.stranger + clinic.page(BODY + clinic.script()))
    stay.launcher.click()
    expect(stay.panel.get_by_role("status")).to_have_text("Loading…")
    expect(stay.panel.get_by_role("status")).to_have_text("The assistant could not be loaded here.")
    link = stay.panel.get_by_role("link", name="Open it in a new tab")
    assert (link.get_attribute("href") or "").startswith(f"{clinic.host}/widget?lang=en")
    assert any("frame-ancestors" in complaint for complaint in stay.complaints)
    stay.panel.get_by_role("button", name="Try again").click()
    expect(stay.panel.get_by_role("status")).to_have_text("Loading…")
    stay.page.keyboard.press("Escape")
    expect(stay.panel).to_be_hidden()
    expect(stay.launcher).to_be_focused()


FORGED = '{name: "verbatim-answers", version: 1, type: "%s", greeting: "Forged"}'


def test_a_message_from_another_window_is_not_heard(stay: Stay, clinic: Clinic) -> None:
    forger = clinic.page(
        "<script>addEventListener('message', e => {"
        f"parent.postMessage({FORGED % 'close'}, '*');"
        f"for (let i = 0; i < parent.length; i++) parent[i].postMessage({FORGED % 'options'}, '*');"
        "parent.postMessage('sent', '*') })</script>"
    )
    stay.open(body=f'{BODY}<iframe id="forger" src="{forger}"></iframe>')
    sent = stay.page.evaluate(
        """() => new Promise(resolve => {
          addEventListener("message", e => e.data === "sent" && setTimeout(resolve, 200, true));
          document.querySelector("#forger").contentWindow.postMessage("go", "*");
        })"""
    )
    stay.page.evaluate(f"postMessage({FORGED % 'close'}, '*')")
    assert sent
    expect(stay.panel).to_be_visible()
    expect(stay.page.frame_locator(".panel iframe").locator("h1")).to_have_text(ENGLISH.greeting)


@pytest.mark.parametrize(
    "message",
    [
        '{name: "verbatim-answers", version: 2, type: "options", greeting: "Other"}',
        '{name: "another", version: 1, type: "options", greeting: "Other"}',
        '{name: "verbatim-answers", version: 1, type: "options", greeting: {}, starters: [{}],'
        ' accent: {light: "red}*{display:none", dark: "#000000"}}',
        "null",
        '"options"',
    ],
)
def test_a_message_of_another_version_or_shape_changes_nothing(stay: Stay, message: str) -> None:
    stay.open()
    stay.page.evaluate(
        f"""() => {{ const root = [...document.documentElement.children].at(-1).shadowRoot;
        root.querySelector("iframe").contentWindow.postMessage({message}, "*") }}"""
    )
    stay.ask("Is PRP new?")
    stay.inside.locator("[data-new]").click()
    expect(stay.inside.locator("h1")).to_have_text(ENGLISH.greeting)
    assert stay.inside.locator("[data-starters] li").count() == len(STARTERS)
    expect(stay.inside.locator("h1")).to_be_visible()
    assert stay.complaints == []
