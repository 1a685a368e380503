"""What a site may choose about the widget, in a real browser."""

import pytest
from playwright.sync_api import expect

from assistant.disclaimer import DISCLAIMER, URGENT
from assistant.web.spanish import SPANISH
from assistant.web.words import ENGLISH
from tests.e2e.clinic import BODY, SHIFT, Clinic, Stay

pytestmark = pytest.mark.browser


def test_the_site_may_choose_words_and_starters(stay: Stay) -> None:
    stay.open(
        'data-label="Hair?" data-greeting="<b>Hello</b>" data-starters="What is PRP? | Cost?"'
    )
    expect(stay.launcher).to_have_accessible_name("Hair?")
    expect(stay.inside.get_by_role("heading", level=1)).to_have_text("<b>Hello</b>")
    starters = stay.inside.locator("[data-starters] [data-ask]")
    assert starters.all_text_contents() == ["What is PRP?", "Cost?"]
    assert starters.first.get_attribute("lang") == "en"
    starters.nth(1).click()
    expect(stay.inside.locator("[data-question]")).to_have_text("Cost?")


def test_words_of_ours_name_their_language_and_those_of_a_site_take_their_own_direction(
    stay: Stay,
) -> None:
    stay.visit(root='lang="fr"')
    expect(stay.launcher.locator("span")).to_have_attribute("lang", "en")
    expect(stay.panel).to_have_attribute("lang", "en")
    stay.visit('data-label="שאלות על נשירה?"', root='lang="he" dir="rtl"')
    label = stay.launcher.locator("span")
    assert label.get_attribute("lang") is None
    assert label.evaluate("element => getComputedStyle(element).direction") == "rtl"


@pytest.mark.parametrize(
    ("root", "options", "language"),
    [
        ('lang="en"', "", "en"),
        ('lang="es-MX"', "", "es"),
        ('lang="fr"', 'data-lang="es"', "es"),
        ('lang="es"', 'data-lang="en"', "en"),
    ],
)
def test_the_chrome_speaks_the_language_of_the_option_or_of_the_page(
    stay: Stay, root: str, options: str, language: str
) -> None:
    stay.open(options, root=root)
    words = {"en": ENGLISH, "es": SPANISH}[language]
    assert stay.frame.evaluate("document.documentElement.lang") == language
    expect(stay.inside.get_by_role("heading", level=1)).to_have_text(words.greeting)
    expect(stay.inside.locator("[data-standing]")).to_have_text(words.of(DISCLAIMER))
    stay.ask("I have a fever")
    expect(stay.inside.locator("[data-message]")).to_have_text(words.of(URGENT["medical"]))


@pytest.mark.parametrize(
    ("root", "options", "side"),
    [
        ('lang="en"', "", "right"),
        ('lang="en"', 'data-position="left"', "left"),
        ('lang="ar" dir="rtl"', "", "left"),
        ('lang="ar" dir="rtl"', 'data-position="bottom-right"', "right"),
    ],
)
def test_the_launcher_stands_where_it_is_told_or_where_the_page_ends_its_lines(
    stay: Stay, root: str, options: str, side: str
) -> None:
    stay.open(options, root=root)
    for part in (stay.launcher, stay.panel):
        box = part.evaluate(
            "e => { const b = e.getBoundingClientRect();"
            "return {left: b.left, right: document.documentElement.clientWidth - b.right} }"
        )
        assert box[side] == 20
        assert part.evaluate("e => getComputedStyle(e).direction") == "ltr"


CONTRASTS = """() => {
  const pixel = document.createElement("canvas").getContext("2d");
  const light = name => {
    pixel.fillStyle = "#000";
    pixel.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    pixel.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    pixel.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  return ["--paper", "--surface", "--sunken", "--teal-wash"].map(s => ratio("--teal", s))
    .concat(ratio("--on-teal", "--teal"), ratio("--on-teal", "--teal-deep"),
      ratio("--ink", "--teal-wash"));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "accent", ["#ffd400", "#fff", "#000", "#123456", "hotpink", "hsl(90 90% 60%)"]
)
def test_an_accent_is_corrected_until_its_words_can_be_read(
    stay: Stay, accent: str, scheme: str
) -> None:
    stay.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stay.open(f'data-accent="{accent}"')
    assert min(stay.frame.evaluate(CONTRASTS)) >= 4.5
    colours = stay.launcher.evaluate("e => [getComputedStyle(e).backgroundColor]")
    inside = stay.inside.locator("[data-send]").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colours == [inside]
    assert inside not in ("rgb(11, 101, 102)", "rgb(124, 204, 196)")


def test_an_accent_that_is_no_colour_changes_nothing(stay: Stay) -> None:
    stay.open('data-accent="red;} * {display:none"')
    colour = stay.inside.locator("[data-send]").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(11, 101, 102)"
    expect(stay.launcher).to_be_visible()


@pytest.mark.parametrize(("theme", "scheme"), [("light", "dark"), ("dark", "light")])
def test_a_theme_stands_above_the_setting_of_the_visitor(
    stay: Stay, theme: str, scheme: str
) -> None:
    stay.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    stay.open(f'data-theme="{theme}" data-accent="#a05"')
    ground = stay.inside.locator(".chat").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (ground == "rgb(14, 22, 24)") is (theme == "dark")
    assert min(stay.frame.evaluate(CONTRASTS)) >= 4.5


def test_it_can_open_by_itself_without_taking_the_focus(stay: Stay) -> None:
    stay.visit("data-open", body='<input autofocus aria-label="Name">')
    stay.wait_until_ready()
    expect(stay.panel).to_be_visible()
    assert stay.page.evaluate("document.activeElement.tagName") == "INPUT"
    stay.page.set_viewport_size({"width": 390, "height": 800})
    stay.page.reload()
    expect(stay.launcher).to_be_visible()
    expect(stay.panel).to_be_hidden()


def test_it_can_stand_inline_in_an_element_that_was_given_room(stay: Stay) -> None:
    room = '<div id="answers" style="height:620px;width:700px"></div><p id="below">Below</p>'
    stay.visit('data-inline="#answers"', body=BODY + room)
    stay.wait_until_ready()
    expect(stay.launcher).to_have_count(0)
    assert stay.page.evaluate(SHIFT) == 0
    box = stay.page.locator("#answers iframe").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (698, 618)
    assert stay.page.evaluate("document.activeElement.tagName") == "BODY"
    expect(stay.inside.get_by_role("button", name="Close")).to_have_count(0)
    stay.ask("Is PRP new?")
    stay.page.keyboard.press("Escape")
    expect(stay.inside.locator("[data-quote]").first).to_be_visible()


def test_inline_without_an_element_it_stands_where_its_line_is(stay: Stay, clinic: Clinic) -> None:
    path = clinic.page(f"<p>Above</p>{clinic.script('data-inline')}<p id=below>Below</p>")
    stay.page.goto(clinic.url + path)
    stay.wait_until_ready()
    order = stay.page.evaluate("[...document.body.children].map(e => e.tagName).join(' ')")
    assert order == "P SCRIPT DIV P"
