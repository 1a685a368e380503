"""The widget in each of its states before axe-core, and as a screen reader is told of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assistant.disclaimer import DISCLAIMER, URGENT
from tests.e2e.accessibility import violations
from tests.e2e.clinic import Clinic, Stay

pytestmark = pytest.mark.browser

SITE = "<main><h1>A clinic</h1><p>Opening hours</p></main>"


def _asked(question: str) -> Callable[[Stay], None]:
    return lambda stay: stay.ask(question)


def _failed(status: int, **headers: str) -> Callable[[Stay], None]:
    def fail(stay: Stay) -> None:
        stay.page.route(
            re.compile("/api/turn"),
            lambda route: route.fulfill(status=status, headers=headers, body="{}"),
        )
        stay.send("Is PRP new?")
        stay.inside.locator("[data-retry]").wait_for()

    return fail


def _offline(stay: Stay) -> None:
    stay.ask("Is PRP new?")
    stay.page.context.set_offline(True)
    stay.send("Is PRP old?")
    stay.inside.locator("[data-retry]").wait_for()


def _waiting(stay: Stay) -> None:
    stay.page.route(re.compile("/api/turn"), lambda route: None)
    stay.send("Is PRP new?")
    stay.inside.locator(".pending").wait_for()


def _explained(stay: Stay) -> None:
    stay.ask("Is PRP new?")
    for badge in stay.inside.locator("summary").all():
        badge.click()


STATES: dict[str, Callable[[Stay], None]] = {
    "opening": lambda stay: None,
    "answer": _asked("Is PRP new?"),
    "badges opened": _explained,
    "a page of a PDF": _asked("wash"),
    "abstention": _asked("What does it cost?"),
    "off topic": _asked("The weather?"),
    "redirect": _asked("Should I stop?"),
    "urgent": _asked("I have a fever"),
    "waiting": _waiting,
    "too long": lambda stay: stay.send("x" * 2001),
    "rate-limited": _failed(429, **{"Retry-After": "60"}),
    "server down": _failed(503),
    "offline": _offline,
}


def test_axe_sees_what_is_wrong(stay: Stay) -> None:
    stay.open(body='<img src="data:,"><button></button><p style="color:#ccc">Pale</p>')
    stay.frame.evaluate("() => document.querySelector('[data-send]').ariaLabel = ''")
    found = [line.split()[0] for line in violations(stay.page.main_frame)]
    assert {"button-name", "color-contrast", "image-alt"} <= set(found)
    assert [line.split()[0] for line in violations(stay.frame)] == ["button-name"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_wrong_with_the_conversation(stay: Stay, state: str, scheme: str) -> None:
    stay.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stay.page.set_viewport_size({"width": 390, "height": 844})
    stay.open(body=SITE)
    STATES[state](stay)
    assert violations(stay.frame) == []


@pytest.mark.parametrize(
    "options", ['data-lang="es"', 'data-accent="#ffd400"', 'data-theme="dark"']
)
def test_axe_finds_nothing_wrong_with_it_as_a_site_wants_it(stay: Stay, options: str) -> None:
    stay.open(options, body=SITE)
    for question in ("Is PRP new?", "Should I stop?", "I have a fever"):
        stay.ask(question)
    assert violations(stay.frame) == []
    assert violations(stay.page.main_frame) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_wrong_with_the_launcher_and_the_panel(
    stay: Stay, scheme: str, width: int
) -> None:
    stay.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stay.page.set_viewport_size({"width": width, "height": 800})
    stay.visit(body=SITE)
    stay.launcher.wait_for()
    assert violations(stay.page.main_frame) == []
    stay.launcher.click()
    stay.wait_until_ready()
    assert violations(stay.page.main_frame) == []


def test_axe_finds_nothing_wrong_with_the_way_out_of_a_panel_that_stays_empty(
    stay: Stay, clinic: Clinic
) -> None:
    stay.page.goto(clinic.stranger + clinic.page(SITE + clinic.script()))
    stay.launcher.click()
    stay.panel.get_by_role("link").wait_for()
    assert violations(stay.page.main_frame) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_demo(stay: Stay, scheme: str) -> None:
    stay.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stay.page.goto(f"{stay.clinic.host}/demo")
    stay.launcher.wait_for()
    assert violations(stay.page.main_frame) == []


def test_a_screen_reader_is_told_who_asked_what_is_quoted_and_from_where(stay: Stay) -> None:
    stay.open()
    stay.ask("trial")
    expect(stay.inside.get_by_role("log")).to_match_aria_snapshot(
        """
        - log "Conversation":
          - article:
            - 'heading "You asked: trial" [level=2]'
            - heading "What trials of stem-cell products for hair have found" [level=3]
            - text: Reviewed
            - time: 24 November 2026
            - figure:
              - blockquote:
                - text: "Quotation 1:"
                - paragraph: /A trial from South Korea treated 38 people .* without it\\./
        """
    )
    show = "Show in the document (quotation 1, opens a new tab)"
    expect(stay.inside.get_by_role("link", name=show)).to_be_visible()
    expect(stay.inside.get_by_role("list", name="Sources")).to_contain_text("Tak et al. 2020")


def test_a_screen_reader_is_told_of_the_field_its_disclaimer_and_an_emergency(stay: Stay) -> None:
    stay.open()
    field = stay.inside.get_by_role("textbox", name="Your question")
    expect(field).to_have_accessible_description(DISCLAIMER)
    stay.send("x" * 2001)
    expect(field).to_have_accessible_description(re.compile(f"at most 2,000.*{DISCLAIMER}"))
    expect(field).to_have_attribute("aria-invalid", "true")
    stay.ask("I have a fever")
    alert = stay.inside.get_by_role("alert").filter(has_text=URGENT["medical"])
    expect(alert.get_by_role("heading", name="Get help now")).to_be_visible()
