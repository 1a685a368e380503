"""The widget on somebody else's site, in a real browser: opening, asking, closing."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from assistant.disclaimer import DISCLAIMER, URGENT
from assistant.web.widget import STARTERS
from tests.e2e.clinic import BODY, SHIFT, Stay
from tests.fakes import ANSWERS

pytestmark = pytest.mark.browser

# A browser that keeps other sites' frames from storing things refuses to be asked.
STORED = """async () => {
  const held = [() => Object.keys(localStorage), () => Object.keys(sessionStorage),
    async () => (await indexedDB.databases()).map(d => d.name), async () => await caches.keys(),
    () => document.cookie];
  const found = await Promise.all(held.map(async look => { try { return await look() }
    catch (error) { return /^(Security|Unknown)Error$/.test(error.name) ? [] : [error.name] } }));
  return found.flat().join("");
}"""


def test_an_open_launcher_asks_for_nothing_and_keeps_its_name(stay: Stay) -> None:
    """Pressing it closes the conversation: the words "Ask a question" would mislead."""
    stay.visit()
    closed = stay.launcher.bounding_box()
    stay.launcher.click()
    opened = stay.launcher.bounding_box()
    assert closed is not None
    assert opened is not None
    assert opened["width"] == opened["height"] == closed["height"]
    assert opened["x"] + opened["width"] == closed["x"] + closed["width"]
    expect(stay.launcher).to_have_accessible_name("Ask a question")
    assert stay.launcher.get_attribute("aria-expanded") == "true"


def test_until_it_is_opened_the_widget_is_one_request_and_one_button(stay: Stay) -> None:
    stay.visit()
    expect(stay.launcher).to_be_visible()
    expect(stay.launcher).to_have_accessible_name("Ask a question")
    assert stay.launcher.get_attribute("aria-haspopup") == "dialog"
    assert stay.launcher.get_attribute("aria-expanded") == "false"
    assert stay.page.locator("iframe").count() == 0
    ours = [request.url for request in stay.requests if request.url.startswith(stay.clinic.host)]
    assert ours == [f"{stay.clinic.host}/widget.js"]
    assert stay.complaints == []


def test_the_launcher_moves_nothing_and_leaves_no_global(stay: Stay) -> None:
    stay.page.goto(stay.clinic.url + stay.clinic.page(BODY))
    before = set(stay.page.evaluate("Object.getOwnPropertyNames(window)"))
    stay.visit()
    stay.launcher.wait_for()
    assert set(stay.page.evaluate("Object.getOwnPropertyNames(window)")) == before
    assert stay.page.evaluate(SHIFT) == 0


def test_it_opens_in_a_sandboxed_frame_with_a_title_and_the_focus_goes_in(stay: Stay) -> None:
    stay.open()
    frame = stay.page.locator("iframe")
    assert frame.get_attribute("title") == "Questions and answers"
    sandbox = set((frame.get_attribute("sandbox") or "").split())
    assert "allow-scripts" in sandbox
    assert not {"allow-top-navigation", "allow-downloads", "allow-pointer-lock"} & sandbox
    expect(stay.launcher).to_have_attribute("aria-expanded", "true")
    expect(stay.page.get_by_role("dialog", name="Questions and answers")).to_be_visible()
    expect(stay.input).to_be_focused()
    expect(stay.inside.locator("[data-standing]")).to_have_text(DISCLAIMER)
    assert stay.complaints == []


def test_escape_closes_it_the_focus_comes_back_and_the_conversation_stays(stay: Stay) -> None:
    stay.open()
    stay.ask("Is PRP new?")
    stay.input.fill("half a thou")
    stay.page.keyboard.press("Escape")
    expect(stay.panel).to_be_hidden()
    expect(stay.launcher).to_be_focused()
    expect(stay.launcher).to_have_attribute("aria-expanded", "false")
    stay.page.keyboard.press("Enter")
    expect(stay.input).to_be_focused()
    expect(stay.input).to_have_value("half a thou")
    expect(stay.inside.locator("[data-turn]")).to_have_count(1)
    stay.inside.get_by_role("button", name="Close").click()
    expect(stay.panel).to_be_hidden()
    expect(stay.launcher).to_be_focused()


def test_every_quotation_is_shown_code_point_for_code_point(stay: Stay) -> None:
    stay.open()
    for question in ANSWERS:
        stay.ask(question)
    shown = stay.inside.locator("[data-quote]").evaluate_all(
        "elements => elements.map(e => Array.from(e.textContent, c => c.codePointAt(0)))"
    )
    expected = [span.of(document.text) for quotes in ANSWERS.values() for document, span in quotes]
    assert shown == [[ord(c) for c in text] for text in expected]


def test_the_keyboard_is_enough(stay: Stay, context: BrowserContext) -> None:
    stay.visit()
    stay.launcher.wait_for()
    keyboard = stay.page.keyboard
    keyboard.press("Tab")
    expect(stay.launcher).to_be_focused()
    keyboard.press("Enter")
    expect(stay.input).to_be_focused()
    keyboard.type("Is PRP new?")
    keyboard.press("Enter")
    stay.inside.locator("[data-turn]").wait_for()
    expect(stay.input).to_be_focused()
    reached = []
    for _ in range(40):
        keyboard.press("Shift+Tab")
        reached.append(stay.frame.evaluate("document.activeElement.cloneNode().outerHTML"))
        if "data-print" in reached[-1]:
            break
    for part in ("<summary", "doi.org", "data-show", "data-ask", "data-copy", "data-new"):
        assert any(part in place for place in reached), part
    stay.inside.locator("[data-show]").first.focus()
    with context.expect_page() as opened:
        keyboard.press("Enter")
    document, span = ANSWERS["prp"][0]
    opened.value.locator("#quote").wait_for()
    assert opened.value.locator("mark").first.text_content() == span.of(document.text)
    opened.value.close()
    keyboard.press("Escape")
    expect(stay.launcher).to_be_focused()


def test_a_starter_a_suggestion_and_a_follow_up_make_one_conversation(stay: Stay) -> None:
    stay.open()
    starters = stay.inside.locator("[data-starters] [data-ask]")
    assert starters.all_text_contents() == list(STARTERS)
    starters.first.click()
    stay.inside.locator("[data-turn]").wait_for()
    stay.inside.locator("[data-turn] [data-ask]").first.click()
    stay.inside.locator("[data-turn]").nth(1).wait_for()
    stay.ask("and for women?")
    history = stay.clinic.assistant.requests[-1].history
    assert [turn.question for turn in history] == [STARTERS[0], "What has a trial found?"]
    stay.inside.get_by_role("button", name="New conversation").click()
    expect(stay.inside.locator("[data-turn]")).to_have_count(0)
    expect(stay.inside.locator("[data-greeting]")).to_be_visible()
    stay.ask("and for women?")
    assert stay.clinic.assistant.requests[-1].history == []


def test_urgent_and_redirect_are_announced_and_look_like_nothing_else(stay: Stay) -> None:
    stay.open()
    looks = {}
    for kind, question in (
        ("urgent", "I have a fever"),
        ("redirect", "Should I stop?"),
        ("abstention", "What does it cost?"),
    ):
        stay.ask(question)
        notice = stay.inside.locator(f'[data-kind="{kind}"] .notice')
        looks[kind] = notice.evaluate(
            "e => { const s = getComputedStyle(e); return s.backgroundColor + s.borderLeftWidth }"
        )
    assert len(set(looks.values())) == 3
    alerts = stay.inside.locator("[data-turn]").get_by_role("alert")
    expect(alerts).to_have_count(1)
    expect(alerts).to_contain_text(URGENT["medical"])
    log = stay.inside.get_by_role("log")
    assert log.get_attribute("aria-live") == "polite"
    assert log.get_by_role("article").count() == 3


def test_a_turn_enters_the_log_in_one_piece(stay: Stay) -> None:
    stay.open()
    stay.frame.evaluate(
        """() => { window.added = []; new MutationObserver(list => {
          for (const { addedNodes } of list) for (const node of addedNodes)
            if (!node.ariaHidden) window.added.push(node.querySelectorAll("[data-quote]").length);
        }).observe(document.querySelector("[data-log]"), {childList: true, subtree: true}) }"""
    )
    stay.ask("Is PRP new?")
    assert stay.frame.evaluate("window.added") == [len(ANSWERS["prp"])]


def test_copying_takes_question_quotations_citations_and_disclaimer(
    stay: Stay, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    stay.open()
    stay.ask("Is PRP new?")
    stay.inside.locator("[data-copy]").click()
    expect(stay.inside.locator("[data-copy]")).to_have_text("Copied")
    text = stay.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Question: Is PRP new?")
    for document, span in ANSWERS["prp"]:
        assert f"“{span.of(document.text)}”" in text
        assert f"{stay.clinic.host}/documents/{document.doc_id}?start={span.start}" in text
    assert "Tak et al. 2020, https://doi.org/10.1002/sctm.19-0410" in text
    assert text.endswith(DISCLAIMER)


@pytest.mark.parametrize("way", ["button", "keys"])
def test_the_conversation_is_printed_and_not_the_page_around_it(stay: Stay, way: str) -> None:
    stay.open()
    stay.ask("Is PRP new?")
    stay.frame.evaluate("() => { window.printed = 0; window.print = () => { window.printed++ } }")
    if way == "button":
        stay.inside.get_by_role("button", name="Print this conversation").click()
    else:
        stay.page.keyboard.press("Control+p")
    assert stay.frame.evaluate("window.printed") == 1
    stay.page.emulate_media(media="print")
    expect(stay.launcher).to_be_hidden()
    expect(stay.panel).to_be_hidden()


def test_on_paper_every_quotation_has_its_source_and_every_link_its_address(stay: Stay) -> None:
    page = stay.page
    page.goto(f"{stay.clinic.host}/widget")
    page.locator("[data-input]").fill("Is PRP new?")
    page.keyboard.press("Enter")
    page.evaluate("() => { window.print = () => {} }")
    page.get_by_role("button", name="Print this conversation").click()
    page.emulate_media(media="print", color_scheme="dark")
    for document, span in ANSWERS["prp"]:
        quote = page.locator("[data-quote]").get_by_text(span.of(document.text), exact=True)
        expect(quote).to_be_visible()
        assert quote.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    expect(page.locator("[data-disclaimer]")).to_be_visible()
    printed = page.locator("[data-printed]")
    expect(printed).to_contain_text(stay.clinic.host[len("http://") :])
    expect(printed).to_contain_text(re.compile(r"Printed on \d{1,2} [A-Z][a-z]+ \d{4} from"))
    for gone in ("[data-form]", ".bar", "[data-copy]"):
        expect(page.locator(gone)).to_be_hidden()
    after = "e => getComputedStyle(e, '::after').content"
    assert "https://doi.org/" in page.locator(".references a").first.evaluate(after)
    place = page.locator("[data-show]").first.evaluate(after)
    assert f"{stay.clinic.host}/documents/evidence?start=" in place


def test_nothing_is_stored_and_nothing_goes_to_a_third_party(stay: Stay) -> None:
    stay.open()
    stay.ask("Is PRP secretly new?")
    stay.page.reload()
    stay.launcher.click()
    stay.wait_until_ready()
    expect(stay.inside.locator("[data-turn]")).to_have_count(0)
    for frame in (stay.page.main_frame, stay.frame):
        assert frame.evaluate(STORED) == ""
    ours = (stay.clinic.url, stay.clinic.host, "data:")
    assert all(request.url.startswith(ours) for request in stay.requests)
    told = [f"{request.url} {request.headers}" for request in stay.requests]
    assert not any("secretly" in line for line in told)
    framed = [r for r in stay.requests if r.url.startswith(f"{stay.clinic.host}/widget?")]
    assert framed
    assert not any("referer" in request.headers for request in framed)
    assert stay.complaints == []


def test_the_demo_page_shows_the_widget_in_an_ordinary_site(stay: Stay) -> None:
    stay.page.goto(f"{stay.clinic.host}/demo")
    stay.page.get_by_role("button", name="Questions about hair loss?").click()
    stay.wait_until_ready()
    stay.ask("Is PRP new?")
    expect(stay.inside.locator("[data-quote]").first).to_be_visible()
    assert stay.page.evaluate(SHIFT) == 0
    assert stay.complaints == []
