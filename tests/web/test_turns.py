import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.disclaimer import IN_PART, LABELS, ONLY_MARKETING
from assistant.reply import Label
from assistant.web.labels import SOURCE_LABELS
from assistant.web.schema import AskRequest, HistoryTurn, LabelOut, ReplyOut
from assistant.web.terminal import as_text
from assistant.web.turns import render_turn, verbatim
from assistant.web.words import ENGLISH
from corpus.document import SourceType
from corpus.text import normalise
from tests.fakes import ANSWERS, disclaimer_after, reply_to
from tests.web.markup import Markup, parse

OF_EVERY_KIND = ("Is PRP new?", "I have a fever", "Should I stop?", "The weather?", "Cost?", " ")


def _reply(question: str, *history: HistoryTurn) -> ReplyOut:
    return ReplyOut.of(reply_to(AskRequest(question=question, history=list(history))))


def _turn(question: str, *history: HistoryTurn) -> Markup:
    return parse(render_turn(_reply(question, *history)))


@pytest.mark.parametrize("question", ANSWERS)
def test_each_quotation_stands_alone_in_its_element_as_it_is_in_the_document(question: str) -> None:
    quotes = [element.text for element in _turn(question).having("data-quote")]
    assert quotes == [statement.text for statement in _reply(question).statements]


@given(st.text())
def test_escaped_text_is_read_back_as_it_was(text: str) -> None:
    assert parse(f"<p>{verbatim(text)}</p>").tagged("p")[0].text == text


@given(st.text().map(normalise))
def test_a_question_opens_no_element_of_its_own(question: str) -> None:
    reply = _reply("cost?").model_copy(update={"question": question})
    markup = parse(render_turn(reply))
    plain = parse(render_turn(_reply("cost?")))
    tags = [element.tag for element in markup.elements if "data-searched" not in element.attributes]
    assert markup.having("data-question")[0].text == question
    assert set(tags) == {element.tag for element in plain.elements}


@pytest.mark.parametrize("question", OF_EVERY_KIND)
def test_every_reply_carries_the_question_and_the_disclaimer(question: str) -> None:
    markup = _turn(question)
    shown = [element.text for element in markup.having("data-disclaimer")]
    assert shown == [disclaimer_after(question)]
    assert [element.text for element in markup.having("data-question")] == [question]


def test_an_urgent_reply_is_an_alert_with_its_message_and_no_quotation() -> None:
    markup = _turn("My scalp is hot and I have a fever")
    alert = markup.where(lambda element: element.attributes.get("role") == "alert")
    assert [str(_reply("fever").message) in element.text for element in alert] == [True]
    assert not markup.having("data-quote")
    assert not markup.having("data-ask")


def test_a_redirect_says_its_message_before_the_general_statements() -> None:
    html = render_turn(_reply("Should I stop?"))
    assert 0 < html.index("data-message") < html.index("data-quote")


def test_an_abstention_offers_its_suggestions_as_buttons() -> None:
    reply = _reply("What does it cost?")
    buttons = _turn("What does it cost?").having("data-ask")
    assert [button.text for button in buttons] == reply.suggestions
    assert {button.tag for button in buttons} == {"button"}


def test_what_was_searched_is_told_only_where_it_differs_from_the_question() -> None:
    assert not _turn("Is PRP new?").having("data-searched")
    earlier = HistoryTurn(question="Is PRP new?", searched_as="Is PRP new?")
    searched = _turn("and for women?", earlier).having("data-searched")
    assert [element.text for element in searched] == ["Is PRP new? and for women?"]


def test_statements_are_grouped_by_document_under_its_title() -> None:
    titles = [element.text for element in _turn("prp").tagged("h3")]
    citations = [statement.citation.title for statement in _reply("prp").statements]
    assert titles == list(dict.fromkeys(citations))
    assert len(titles) < len(citations)


def test_a_citation_names_kind_section_page_date_references_and_place() -> None:
    html = render_turn(_reply("wash"))
    assert "Section: The first week" in html
    assert "Page 2" in html
    markup = _turn("trial")
    assert [element.text for element in markup.having("data-badge")] == ["Controlled trial"]
    assert [element.attributes["datetime"] for element in markup.tagged("time")] == ["2026-11-24"]
    links = [element.attributes["href"] for element in markup.tagged("a")]
    citation = _reply("trial").statements[0].citation
    assert links == [
        "/sources#controlled_trial",
        "https://doi.org/10.1002/sctm.19-0410",
        f"{citation.url}&sha256={citation.sha256[:16]}#quote",
    ]


def test_a_yes_or_no_stands_under_the_question_that_it_answers() -> None:
    html = render_turn(_answering_its_heading())
    assert "Section:" not in html
    assert 0 < html.index("The document asks: Do hats cause baldness?") < html.index("data-quote")


def _answering_its_heading() -> ReplyOut:
    reply = _reply("wash")
    statement = reply.statements[0]
    words = "No, hats do not."
    citation = statement.citation.model_copy(
        update={
            "section": "Do hats cause baldness?",
            "end": statement.citation.start + len(words),
        }
    )
    told = statement.model_copy(update={"text": words, "citation": citation})
    return reply.model_copy(update={"statements": [told]})


def test_an_address_that_is_not_of_the_web_becomes_no_link() -> None:
    links = [element.attributes["href"] or "" for element in _turn("prp").tagged("a")]
    assert links
    assert all(link.startswith(("https://", "/documents/", "/sources#")) for link in links)


def test_a_link_to_another_site_tells_it_nothing() -> None:
    for link in _turn("prp").tagged("a"):
        if (link.attributes["href"] or "").startswith("https:"):
            assert link.attributes["rel"] == "noopener noreferrer"


def test_a_badge_explains_itself_without_a_mouse() -> None:
    markup = _turn("trial")
    explanation = SOURCE_LABELS[SourceType.CONTROLLED_TRIAL].explanation
    assert explanation in markup.tagged("details")[0].text
    assert markup.tagged("summary")[0].attributes["title"] == explanation


@pytest.mark.parametrize("label", Label)
def test_a_label_is_read_before_its_quotation_and_is_copied_with_it(label: Label) -> None:
    reply = _reply("trial")
    labelled = reply.statements[0].model_copy(
        update={"labels": [LabelOut(code=label, text=LABELS[label])]}
    )
    reply = reply.model_copy(update={"statements": [labelled]})
    markup, terminal = parse(render_turn(reply)), as_text(reply)
    assert [e.text for e in markup.having("data-label")] == [LABELS[label]]
    assert [e.text for e in markup.having("data-quote")] == [labelled.text]
    assert LABELS[label] in str(markup.having("data-citation")[0].attributes["data-citation"])
    assert terminal.index(LABELS[label]) < terminal.index(labelled.text)


def test_above_an_answer_in_part_stands_that_it_is_one() -> None:
    reply = _reply("trial").model_copy(update={"message": IN_PART})
    shown = render_turn(reply)
    assert parse(shown).having("data-message")[0].text == IN_PART
    assert ENGLISH.headings[IN_PART] in shown
    assert ENGLISH.headings[ONLY_MARKETING] not in shown


def test_where_only_sellers_speak_the_fixed_words_stand_before_the_quotations() -> None:
    reply = _reply("trial").model_copy(update={"message": ONLY_MARKETING})
    assert parse(render_turn(reply)).having("data-message")[0].text == ONLY_MARKETING
    assert "in general" not in as_text(reply)
