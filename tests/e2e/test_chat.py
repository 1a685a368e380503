"""The conversation in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.disclaimer import DISCLAIMER, URGENT, URGENT_DISCLAIMER
from assistant.web.labels import EXAMPLES
from tests.e2e.conftest import Visit
from tests.fakes import ANSWERS, BROKEN, DOCUMENTS, NASTY_QUOTES, TOO_EARLY

pytestmark = pytest.mark.browser

IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
    && element.contains(top);
}"""
SCROLLED = "to => document.querySelector('[data-page]').scrollTo(0, to)"


def _code_points(page: Page, selector: str) -> list[list[int]]:
    """The text of every match as the browser holds it, in code points."""
    points: list[list[int]] = page.locator(selector).evaluate_all(
        "elements => elements.map(e => Array.from(e.textContent, c => c.codePointAt(0)))"
    )
    return points


def test_every_quotation_is_shown_code_point_for_code_point(visit: Visit) -> None:
    page = visit.open_chat()
    for question in ANSWERS:
        visit.ask(question)
    expected = [span.of(document.text) for quotes in ANSWERS.values() for document, span in quotes]
    assert _code_points(page, "[data-quote]") == [[ord(c) for c in text] for text in expected]
    assert set(NASTY_QUOTES) < set(expected)
    spaces = page.locator("[data-quote]").evaluate_all(
        "elements => elements.map(e => getComputedStyle(e).whiteSpaceCollapse)"
    )
    assert set(spaces) == {"preserve"}
    assert visit.complaints == []


def test_a_selected_quotation_is_copied_by_the_browser_as_it_stands(visit: Visit) -> None:
    page = visit.open_chat()
    visit.ask("nasty words")
    shown = page.locator("[data-quote]").evaluate_all("elements => elements.map(e => e.innerText)")
    assert shown == list(NASTY_QUOTES[:4])


@pytest.mark.parametrize("question", ["wash", "list", "table", "nasty blocks"])
def test_a_click_opens_the_document_with_the_same_words_marked(
    visit: Visit, context: BrowserContext, question: str
) -> None:
    page = visit.open_chat()
    visit.ask(question)
    with context.expect_page() as opened:
        page.locator("[data-show]").click()
    source = opened.value
    source.locator("#quote").wait_for()
    marked = "".join(source.locator("mark").evaluate_all("all => all.map(e => e.textContent)"))
    document, span = ANSWERS[question][0]
    assert marked == span.of(document.text) == page.locator("[data-quote]").text_content()
    expect(source.locator("#quote")).to_be_in_viewport()
    assert visit.complaints == []


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_disclaimer_cannot_be_scrolled_away_and_nothing_scrolls_sideways(
    visit: Visit, width: int, height: int, scheme: str
) -> None:
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = visit.open_chat()
    visit.ask("prp")
    visit.ask("nasty letters")
    standing = page.locator("[data-standing]")
    expect(standing).to_have_text(DISCLAIMER)
    for place in (0, 300, 100_000):
        page.evaluate(SCROLLED, place)
        assert standing.evaluate(IN_VIEW)
        assert page.locator("[data-send]").evaluate(IN_VIEW)
    assert page.locator("[data-turn] [data-disclaimer]").all_text_contents() == [DISCLAIMER] * 2
    widths = page.evaluate(
        "[document.documentElement, document.querySelector('[data-page]')]"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )
    assert widths == [0, 0]
    dark = page.locator(".chat").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (dark == "rgb(14, 22, 24)") is (scheme == "dark")


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.open_chat()
    keyboard = page.keyboard
    expect(page.locator("[data-input]")).to_be_focused()
    keyboard.type("prp")
    keyboard.press("Shift+Enter")
    keyboard.type("in two lines")
    expect(page.locator("[data-input]")).to_have_value("prp\nin two lines")
    keyboard.press("Enter")
    page.locator("[data-turn]").wait_for()
    expect(page.locator("[data-question]")).to_have_text("prp\nin two lines")
    expect(page.locator("[data-input]")).to_be_focused()
    expect(page.locator("[data-input]")).to_have_value("")
    reached = []
    page.locator("[data-new]").focus()
    for _ in range(30):
        keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.cloneNode().outerHTML"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        field = page.evaluate("document.activeElement.matches('[data-input]')")
        assert field or outline != "none"
        if field:
            break
    for part in ("<summary", "doi.org", "data-show", "data-ask", "data-copy", "data-input"):
        assert any(part in place for place in reached), part
    page.locator("summary").first.focus()
    keyboard.press("Enter")
    expect(page.locator("details p").first).to_be_visible()
    page.locator("[data-turn] [data-ask]").focus()
    keyboard.press("Enter")
    page.locator("[data-turn]").nth(1).wait_for()
    expect(page.locator("[data-input]")).to_be_focused()


def test_an_example_and_a_suggestion_are_asked_by_a_click(visit: Visit) -> None:
    page = visit.open_chat()
    example = next(q for questions in EXAMPLES.values() for q in questions if "PRP" in q)
    page.get_by_role("button", name=example).click()
    page.locator("[data-turn]").wait_for()
    expect(page.locator("[data-question]")).to_have_text(example)
    expect(page.locator("[data-opening]")).to_be_hidden()
    page.locator("[data-turn] [data-ask]").click()
    page.locator("[data-turn]").nth(1).wait_for()
    expect(page.locator("[data-question]").nth(1)).to_have_text("What has a trial found?")


def test_copying_takes_question_quotations_citations_and_disclaimer(
    visit: Visit, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open_chat()
    visit.ask("Is PRP new?")
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Question: Is PRP new?")
    for document, span in ANSWERS["prp"]:
        assert f"“{span.of(document.text)}”" in text
        assert f"{visit.site.url}/documents/{document.doc_id}?start={span.start}" in text
    assert (
        "Review of studies · What trials of stem-cell products for hair have found · "
        "What is PRP? · reviewed 24 November 2026"
    ) in text
    assert "Tak et al. 2020, https://doi.org/10.1002/sctm.19-0410" in text
    assert text.endswith(DISCLAIMER)
    visit.ask("wash")
    page.locator("[data-copy]").nth(1).click()
    expect(page.locator("[data-copy]").nth(1)).to_have_text("Copied")
    assert "· page 2" in page.evaluate("navigator.clipboard.readText()")


def test_a_follow_up_builds_on_this_conversation_until_a_new_one_begins(visit: Visit) -> None:
    page = visit.open_chat()
    visit.ask("Is PRP new?")
    visit.ask("and for women?")
    expect(page.locator("[data-searched]")).to_have_text("Is PRP new? and for women?")
    history = visit.site.assistant.requests[-1].history
    assert [turn.question for turn in history] == ["Is PRP new?"]
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-turn]")).to_have_count(0)
    expect(page.locator("[data-opening]")).to_be_visible()
    visit.ask("and for women?")
    assert visit.site.assistant.requests[-1].history == []
    expect(page.locator("[data-searched]")).to_have_count(0)


def test_two_visitors_share_nothing(visit: Visit, browser: Browser) -> None:
    visit.open_chat()
    visit.ask("Is PRP new?")
    with browser.new_context() as other_context:
        other = Visit(other_context.new_page(), visit.site)
        other.open_chat()
        other.ask("and for women?")
    assert visit.site.assistant.requests[-1].history == []


def test_urgent_words_are_an_alert_without_quotations(visit: Visit) -> None:
    page = visit.open_chat()
    visit.ask("I have a fever since the injection")
    alert = page.locator("[data-turn]").get_by_role("alert")
    expect(alert).to_contain_text(URGENT["medical"])
    expect(page.locator("[data-quote]")).to_have_count(0)
    expect(page.locator("[data-turn] [data-disclaimer]")).to_have_text(URGENT_DISCLAIMER)
    assert page.locator("[data-log]").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 2001, "😀" * 2001], ids=lambda t: str(len(t)))
def test_what_cannot_be_asked_is_explained_and_stays_typed(visit: Visit, typed: str) -> None:
    page = visit.open_chat()
    asked = len(visit.site.assistant.requests)
    page.locator("[data-input]").fill(typed)
    page.keyboard.press("Enter")
    message = "Please type a question" if not typed.strip() else "2,001 characters; at most 2,000"
    expect(page.locator("[data-problem-line]")).to_contain_text(message)
    expect(page.locator("[data-input]")).to_have_value(typed)
    assert len(visit.site.assistant.requests) == asked


def test_exactly_2000_characters_are_asked(visit: Visit) -> None:
    page = visit.open_chat()
    visit.ask("😀" * 2000)
    assert visit.site.assistant.requests[-1].question == "😀" * 2000
    expect(page.locator("[data-problem-line]")).to_be_empty()


def test_a_mistake_on_the_server_is_told_and_nothing_typed_is_lost(
    visit: Visit, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    page = visit.open_chat()
    question = f"{BROKEN} <script>alert(1)</script>"
    page.locator("[data-input]").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem-line]")).to_contain_text("Something went wrong on our side")
    expect(page.locator("[data-input]")).to_have_value(question)
    expect(page.locator("[data-turn]")).to_have_count(0)
    logged = caplog.text + "".join(capfd.readouterr())
    assert "RuntimeError" in logged
    assert BROKEN not in logged
    visit.ask("Is PRP new?")
    assert visit.complaints == []


def test_before_there_is_an_index_it_is_told_that_this_passes(visit: Visit) -> None:
    page = visit.open_chat()
    page.locator("[data-input]").fill(TOO_EARLY)
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem-line]")).to_contain_text("please try again in a minute")
    expect(page.locator("[data-input]")).to_have_value(TOO_EARLY)
    expect(page.locator("[data-turn]")).to_have_count(0)


def test_a_lost_connection_is_told_and_nothing_typed_is_lost(visit: Visit) -> None:
    page = visit.open_chat()
    visit.ask("Is PRP old?")
    page.route(re.compile("gradio_api"), lambda route: route.abort())
    page.locator("[data-input]").fill("Is PRP new?")
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem-line]")).to_contain_text("check your connection")
    expect(page.locator("[data-input]")).to_have_value("Is PRP new?")
    page.unroute_all()
    visit.ask("and for women?")
    expect(page.locator("[data-searched]")).to_have_text("Is PRP old? and for women?")


def test_a_question_is_shown_as_typed_and_never_run(visit: Visit) -> None:
    page = visit.open_chat()
    question = '<img src=x onerror="window.hit=1"> *b* $x$  two ${1+1} {{y}} `z` \u202e\u0301 \x7f'
    visit.ask(question)
    assert _code_points(page, "[data-question]") == [[ord(c) for c in question]]
    assert page.evaluate("window.hit") is None
    assert page.locator("[data-turn] img").count() == 0


def test_nothing_leaves_for_others_and_nothing_is_kept_in_the_browser(
    visit: Visit, context: BrowserContext
) -> None:
    page = visit.open_chat()
    visit.ask("Is PRP secretly new?")
    page.goto(visit.site.url + "/documents/rules?start=0&end=10")
    page.goto(visit.site.url + "/chat")
    page.locator("[data-input]").wait_for()
    assert all(request.url.startswith((visit.site.url, "data:")) for request in visit.requests)
    kept = page.evaluate(
        "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, "
        "(await indexedDB.databases()).map(d => d.name), document.cookie])"
    )
    assert "secretly" not in kept
    assert kept == '[{},{},[],""]'
    assert not any("secretly" in request.url for request in visit.requests)
    assert visit.complaints == []


def test_the_page_has_a_name_a_language_and_no_trace_of_the_toolkit(visit: Visit) -> None:
    page = visit.open_chat()
    assert page.title() == "Stem-cell therapy for hair loss: answers in quotations"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "Gradio" not in page.locator("body").inner_text()
    assert page.get_by_role("main").get_by_role("heading", level=1).count() == 1
    assert set(DOCUMENTS) == {"evidence", "rules", "handout", "clinic", "nasty"}


def test_half_a_surrogate_pair_is_asked_as_a_replacement_character(visit: Visit) -> None:
    page = visit.open_chat()
    page.locator("[data-input]").evaluate("e => { e.value = 'PRP \\ud800?'; e.focus(); }")
    page.keyboard.press("Enter")
    expect(page.locator("[data-question]")).to_have_text("PRP \ufffd?")
    expect(page.locator("[data-input]")).to_have_value("")


def test_a_long_conversation_sends_no_more_turns_than_are_read(visit: Visit) -> None:
    visit.open_chat()
    for number in range(22):
        visit.ask(f"trial {number}")
    history = visit.site.assistant.requests[-1].history
    assert [turn.question for turn in history] == [f"trial {number}" for number in range(1, 21)]


@pytest.mark.parametrize(("width", "indent"), [(360, 0), (1280, 36)])
def test_what_stands_above_a_quotation_is_in_line_with_it(
    visit: Visit, width: int, indent: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open_chat()
    visit.ask("prp")
    page.locator("[data-statement]").first.evaluate(
        """figure => figure.querySelector("blockquote").insertAdjacentHTML("beforebegin",
          '<ul class="labels"><li>For balance</li></ul><p class="asked-there">It asks</p>')"""
    )
    lefts = page.locator("[data-statement]").first.evaluate(
        """figure => [".number", ".labels", ".asked-there", "blockquote", "figcaption"]
          .map(part => figure.querySelector(part).getBoundingClientRect().left)"""
    )
    assert [round(left - lefts[0]) for left in lefts[1:]] == [indent] * 4
