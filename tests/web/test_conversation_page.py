import json

import pytest

from assistant.disclaimer import DISCLAIMER
from assistant.web.conversation_page import render_conversation, render_widget
from assistant.web.labels import EXAMPLES
from assistant.web.spanish import SPANISH
from assistant.web.words import ENGLISH, Words
from tests.web.markup import parse


def test_the_opening_offers_every_example_by_topic() -> None:
    markup = parse(render_conversation(EXAMPLES))
    asked = [button.text for button in markup.having("data-ask")]
    assert asked == [question for questions in EXAMPLES.values() for question in questions]
    assert [element.text for element in markup.having("data-standing")] == [DISCLAIMER]


def test_the_opening_holds_nothing_that_gradios_template_would_evaluate() -> None:
    page = render_conversation({"${x} {{y}}": ["`${alert(1)}` {{z}}?"]})
    assert parse(page).having("data-ask")[0].text == "`${alert(1)}` {{z}}?"


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=lambda words: words.language)
def test_the_widget_greets_offers_its_starters_and_always_disclaims(words: Words) -> None:
    markup = parse(render_widget(['"Why" <b>?'], words))
    assert [element.text for element in markup.having("data-ask")] == ['"Why" <b>?']
    assert [element.text for element in markup.having("data-standing")] == [words.of(DISCLAIMER)]
    assert words.no_doctor in markup.having("data-opening")[0].text
    assert words.privacy in markup.having("data-opening")[0].text


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=lambda words: words.language)
def test_the_words_of_the_script_are_read_back_from_their_attribute(words: Words) -> None:
    (root,) = parse(render_widget([], words)).having("data-words")
    assert json.loads(root.attributes["data-words"] or "") == words.for_script()


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=lambda words: words.language)
def test_every_button_has_a_name_and_every_field_a_label(words: Words) -> None:
    for html in (render_widget(["Why?"], words), render_conversation(EXAMPLES)):
        markup = parse(html)
        for button in markup.tagged("button"):
            assert button.text.strip() or button.attributes["aria-label"]
        labels = [label.attributes["for"] for label in markup.tagged("label")]
        assert labels == [field.attributes["id"] for field in markup.tagged("textarea")]
