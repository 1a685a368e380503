"""The chat in each of its states before axe-core."""

import pytest

from tests.e2e.accessibility import violations
from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

QUESTIONS = ("Is PRP new?", "Should I stop?", "I have a fever", "The weather?", "Cost?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_wrong_with_the_chat(visit: Visit, scheme: str, width: int) -> None:
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open_chat()
    assert violations(page.main_frame) == []
    for question in QUESTIONS:
        visit.ask(question)
    page.locator("[data-input]").fill("x" * 2001)
    assert violations(page.main_frame) == []
