"""The page on which the words of the badges are explained."""

from html.parser import HTMLParser

import pytest
import textstat
from fastapi.testclient import TestClient

from assistant.web.api import create_api
from assistant.web.sources_page import ENGLISH_SOURCES, SPANISH_SOURCES, SourcesPage, render_sources
from assistant.web.spanish import SPANISH
from assistant.web.turns import render_badge
from assistant.web.words import ENGLISH, Words
from corpus.document import SourceType
from tests.fakes import DOCUMENTS, FakeAssistant
from tests.web.markup import parse

CLIENT = TestClient(create_api(FakeAssistant(), DOCUMENTS, version="1"))
PAGES = pytest.mark.parametrize(
    "page", [ENGLISH_SOURCES, SPANISH_SOURCES], ids=lambda page: page.page.words.language
)


@PAGES
def test_every_kind_is_explained_under_its_own_name_strongest_first(page: SourcesPage) -> None:
    sections = parse(render_sources(page)).tagged("section")
    assert [section.attributes["id"] for section in sections] == [kind.value for kind in SourceType]
    for kind, section in zip(SourceType, sections, strict=True):
        label = page.page.words.sources[kind]
        assert section.text == label.badge + label.explanation + page.advice[kind]


@pytest.mark.parametrize("kind", SourceType)
@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=lambda words: words.language)
def test_every_badge_leads_to_its_explanation(kind: SourceType, words: Words) -> None:
    link = parse(render_badge(kind, words)).tagged("a")[0].attributes["href"] or ""
    path, anchor = link.split("#")
    markup = parse(CLIENT.get(path).text)
    assert markup.tagged("html")[0].attributes["lang"] == words.language
    (section,) = markup.where(lambda element: element.attributes.get("id") == anchor)
    assert words.sources[kind].badge in section.text


def test_an_unknown_language_is_refused() -> None:
    reply = CLIENT.get("/sources", params={"lang": "xx"})
    assert reply.status_code == 422
    assert reply.json()["error"]["code"] == "invalid_request"


def test_the_words_are_plain() -> None:
    """At most the eighth year of school (Flesch-Kincaid), and no kind above the eleventh."""
    texts = [
        f"{ENGLISH.sources[kind].explanation} {ENGLISH_SOURCES.advice[kind]}" for kind in SourceType
    ]
    assert textstat.flesch_kincaid_grade(" ".join(texts)) <= 8
    for text in texts:
        assert textstat.flesch_kincaid_grade(text) <= 11, text


@PAGES
def test_the_page_names_nothing_that_would_run_or_load_from_elsewhere(page: SourcesPage) -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                assert not name.startswith("on")
                assert name != "style"
                if name in ("src", "href"):
                    assert (value or "").startswith(("/", "#"))

    Reader().feed(render_sources(page))
