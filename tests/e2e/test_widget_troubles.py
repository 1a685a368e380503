"""What the widget says when a question gets no answer, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from assistant.web.widget import STARTERS
from assistant.web.words import ENGLISH
from tests.e2e.clinic import Stay

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        ({"status": 503, "body": "{}"}, "server", ENGLISH.script.server),
        ({"status": 500, "body": "<html>"}, "server", ENGLISH.script.server),
        ({"status": 502, "body": ""}, "server", ENGLISH.script.server),
        ({"status": 200, "body": "not JSON"}, "server", ENGLISH.script.unreached),
        (None, "server", ENGLISH.script.unreached),
    ],
    ids=["503", "500", "502", "garbled", "no connection"],
)
def test_a_server_that_is_down_is_told_and_a_click_asks_again(
    stay: Stay, answer: dict[str, Any] | None, kind: str, message: str
) -> None:
    stay.open()
    stay.page.route(
        re.compile("/api/turn"),
        lambda route: route.fulfill(**answer) if answer else route.abort(),
    )
    stay.send("Is PRP new?")
    expect(stay.inside.get_by_role("alert")).to_have_text(message)
    expect(stay.inside.locator("[data-trouble]")).to_have_attribute("data-trouble", kind)
    expect(stay.inside.locator(f'[data-icon="{kind}"]')).to_be_visible()
    expect(stay.input).to_have_value("Is PRP new?")
    expect(stay.inside.locator("[data-turn]")).to_have_count(0)
    stay.page.unroute_all()
    stay.inside.get_by_role("button", name="Try again").click()
    expect(stay.inside.locator("[data-question]")).to_have_text("Is PRP new?")
    expect(stay.inside.locator("[data-problem-line]")).to_be_empty()
    expect(stay.input).to_have_value("")


def test_too_many_questions_are_told_with_the_time_to_wait(stay: Stay) -> None:
    stay.open()
    stay.page.route(
        re.compile("/api/turn"),
        lambda route: route.fulfill(status=429, headers={"Retry-After": "2"}, body="{}"),
    )
    stay.send("Is PRP new?")
    alert = stay.inside.get_by_role("alert")
    expect(alert).to_contain_text("you can ask it again in 2 seconds")
    retry = stay.inside.locator("[data-retry]")
    expect(retry).to_have_attribute("aria-disabled", "true")
    stay.page.unroute_all()
    expect(alert).to_have_text(ENGLISH.script.limited_over)
    expect(retry).not_to_have_attribute("aria-disabled", "true")
    retry.click()
    expect(stay.inside.locator("[data-question]")).to_have_text("Is PRP new?")


def test_offline_is_told_and_what_was_typed_is_asked_when_the_connection_is_back(
    stay: Stay, context: BrowserContext
) -> None:
    stay.open()
    context.set_offline(True)
    expect(stay.inside.get_by_role("alert")).to_have_text(ENGLISH.script.offline)
    expect(stay.inside.locator("[data-retry]")).to_be_hidden()
    stay.send("Is PRP new?")
    expect(stay.inside.locator("[data-retry]")).to_be_visible()
    expect(stay.input).to_have_value("Is PRP new?")
    context.set_offline(False)
    expect(stay.inside.get_by_role("alert")).to_have_text(ENGLISH.script.online_again)
    stay.inside.locator("[data-retry]").click()
    expect(stay.inside.locator("[data-question]")).to_have_text("Is PRP new?")


def test_what_is_typed_while_an_answer_fails_is_kept_beside_the_question_that_failed(
    stay: Stay,
) -> None:
    stay.open()
    held: list[Any] = []
    stay.page.route(re.compile("/api/turn"), lambda route: held.append(route))
    stay.inside.locator("[data-starters] [data-ask]").first.click()
    stay.inside.locator(".pending").wait_for()
    stay.input.fill("something else")
    held[0].abort()
    expect(stay.inside.get_by_role("alert")).to_have_text(ENGLISH.script.unreached)
    expect(stay.input).to_have_value("something else")
    stay.page.unroute_all()
    stay.inside.locator("[data-retry]").click()
    expect(stay.inside.locator("[data-question]")).to_have_text(STARTERS[0])
    expect(stay.input).to_have_value("something else")


@pytest.mark.parametrize("typed", ["  ", "x" * 2001, "😀" * 2001], ids=lambda t: str(len(t)))
def test_what_cannot_be_asked_is_explained_and_stays_typed(stay: Stay, typed: str) -> None:
    stay.open()
    asked = len(stay.clinic.assistant.requests)
    stay.send(typed)
    message = "Please type a question" if not typed.strip() else "2,001 characters; at most 2,000"
    expect(stay.inside.locator("[data-problem-line]")).to_contain_text(message)
    expect(stay.input).to_have_value(typed)
    assert len(stay.clinic.assistant.requests) == asked
