import re
from dataclasses import asdict, fields
from datetime import date

from assistant import disclaimer
from assistant.web.schema import AskRequest, ReplyOut
from assistant.web.spanish import SPANISH
from assistant.web.turns import render_turn
from assistant.web.words import ENGLISH, Words
from corpus.document import SourceType
from tests.fakes import reply_to
from tests.web.markup import Markup, parse

# What a reply or a page may show beside quotations; GENERAL_STATEMENTS_FOLLOW is chrome.
WORDINGS = {
    disclaimer.DISCLAIMER,
    disclaimer.URGENT_DISCLAIMER,
    disclaimer.EMPTY_QUESTION,
    disclaimer.OFF_TOPIC,
    disclaimer.NO_EVIDENCE,
    disclaimer.NO_MORE,
    disclaimer.NOT_ENGLISH,
    disclaimer.PERSONAL_ADVICE,
    disclaimer.ONLY_MARKETING,
    disclaimer.IN_PART,
    *disclaimer.LABELS.values(),
    *disclaimer.URGENT.values(),
}


def _texts(words: Words) -> dict[str, str]:
    flat = {f.name: getattr(words, f.name) for f in fields(words)}
    script = {f"script.{name}": text for name, text in asdict(words.script).items()}
    headings = {f"headings.{name}": text for name, text in words.headings.items()}
    named = {**flat, **script, **headings}
    return {name: text for name, text in named.items() if isinstance(text, str)}


def _turn(question: str, words: Words) -> Markup:
    return parse(
        render_turn(ReplyOut.of(reply_to(AskRequest(question=question, history=[]))), words)
    )


def test_every_fixed_wording_has_its_spanish() -> None:
    assert set(SPANISH.fixed) == WORDINGS
    assert set(SPANISH.sources) == set(SourceType)


def test_both_languages_fill_in_the_same_places() -> None:
    english, spanish = _texts(ENGLISH), _texts(SPANISH)
    assert english.keys() == spanish.keys()
    for name, text in english.items():
        assert spanish[name].strip(), name
        assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", spanish[name]))


def test_a_wording_that_is_no_abstention_has_a_title_of_its_own() -> None:
    for words in (ENGLISH, SPANISH):
        general = words.heading_of(disclaimer.NO_EVIDENCE, "no_evidence")
        for wording in (disclaimer.NO_MORE, disclaimer.NOT_ENGLISH):
            assert words.heading_of(wording, "no_evidence") not in ("", general)
        assert words.heading_of("another wording", "no_evidence") == general


def test_the_telephone_numbers_are_the_same_in_both_languages() -> None:
    for wording in disclaimer.URGENT.values():
        numbers = re.findall(r"\d[\d -]*\d", wording)
        assert sorted(re.findall(r"\d[\d -]*\d", SPANISH.of(wording))) == sorted(numbers)
        assert numbers


def test_a_wording_that_is_not_fixed_stays_in_the_language_it_is_in() -> None:
    assert SPANISH.of("Something new.") == "Something new."
    assert SPANISH.language_of("Something new.") == "en"
    assert SPANISH.language_of(disclaimer.DISCLAIMER) == "es"


def test_a_date_reads_as_people_write_it() -> None:
    assert ENGLISH.day(date(2026, 11, 4)) == "4 November 2026"
    assert SPANISH.day(date(2026, 11, 4)) == "4 de noviembre de 2026"


def test_on_a_spanish_page_quotations_stay_and_say_their_language() -> None:
    english, spanish = _turn("prp", ENGLISH), _turn("prp", SPANISH)
    quotes = spanish.having("data-quote")
    assert [quote.text for quote in quotes] == [q.text for q in english.having("data-quote")]
    assert {quote.attributes["lang"] for quote in quotes} == {"en"}
    assert not [e for e in english.elements if "lang" in e.attributes]
    assert spanish.having("data-copy")[0].text == "Copiar"
    assert "lang" not in spanish.having("data-disclaimer")[0].attributes


def test_a_spanish_conversation_leads_to_spanish_pages() -> None:
    links = [link.attributes["href"] or "" for link in _turn("prp", SPANISH).tagged("a")]
    ours = [link for link in links if link.startswith("/")]
    assert ours
    assert all("lang=es" in link for link in ours)


def test_an_emergency_is_told_in_the_language_of_the_page() -> None:
    alert = _turn("I have a fever", SPANISH).having("data-message")[0]
    assert alert.text == SPANISH.of(disclaimer.URGENT["medical"]) != disclaimer.URGENT["medical"]
    assert "lang" not in alert.attributes
