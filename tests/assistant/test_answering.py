"""The whole way from a question to a reply, over a real index of a few documents."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.answering import MAX_SUGGESTIONS, Assistant, Thresholds
from assistant.composing import MAX_LISTED, MAX_STATEMENTS
from assistant.conversation import Turn
from assistant.disclaimer import (
    DISCLAIMER,
    EMPTY_QUESTION,
    IN_PART,
    NO_EVIDENCE,
    NO_MORE,
    NOT_ENGLISH,
    OFF_TOPIC,
    PERSONAL_ADVICE,
    URGENT,
    URGENT_DISCLAIMER,
)
from assistant.querying import MAX_QUERY_CHARACTERS
from assistant.reply import Abstention, Answer, Label, Reason, Redirect, Reply, Timings, Urgent
from assistant.safety import SafetyGate
from assistant.vocabulary import Vocabulary
from assistant.web.schema import HistoryTurn
from corpus.document import SourceType
from corpus.loader import load_corpus
from index.builder import build_index
from index.storage import Index, open_index
from tests.small_corpus import SmallIndex, assistant_over

VOCABULARY = Vocabulary.shipped()
FEVER = "my scalp is hot, swollen and I have a fever since the injection"


@pytest.fixture(scope="module")
def index(small_index: SmallIndex) -> Index:
    return open_index(small_index.data)


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return assistant_over(index)


def _assert_verbatim(reply: Reply, index: Index) -> None:
    for number, statement in enumerate(reply.statements, start=1):
        document = index.documents[statement.citation.doc_id]
        assert statement.text == statement.citation.span.of(document.text)
        assert statement.citation.sha256 == document.sha256
        assert statement.citation.number == number
    assert len(reply.statements) <= MAX_LISTED


def test_an_answer_quotes_the_sentence_with_everything_that_a_citation_says(
    assistant: Assistant, index: Index
) -> None:
    reply = assistant.reply("Does PRP contain stem cells?")
    assert isinstance(reply, Answer)
    _assert_verbatim(reply, index)
    statement = reply.statements[0]
    assert statement.text == (
        "PRP is made from a patient's own blood and holds platelets, not stem cells."
    )
    citation = statement.citation
    assert (citation.doc_id, citation.title, citation.section) == (
        "prp",
        "What PRP is",
        "What is PRP?",
    )
    assert citation.page is None
    assert [reference.key for reference in citation.references] == ["gupta2019"]
    assert citation.source_type is SourceType.SYSTEMATIC_REVIEW
    assert citation.url == f"/documents/prp?start={citation.span.start}&end={citation.span.end}"
    assert reply.searched_as == reply.question == "Does PRP contain stem cells?"
    assert reply.index.fingerprint == index.fingerprint
    assert reply.disclaimer == DISCLAIMER
    assert reply.timings_ms.total >= reply.timings_ms.retrieve > 0


def test_urgent_words_get_the_fixed_message_and_nothing_else(assistant: Assistant) -> None:
    reply = assistant.reply(FEVER)
    assert isinstance(reply, Urgent)
    assert reply.message == URGENT["medical"]
    assert reply.disclaimer == URGENT_DISCLAIMER
    assert (reply.statements, reply.suggestions) == ((), ())
    assert reply.timings_ms.retrieve == 0


def test_an_earlier_subject_does_not_hide_an_emergency(assistant: Assistant) -> None:
    history = [Turn("What is PRP?", "What is PRP?")]
    assert isinstance(assistant.reply(FEVER, history), Urgent)


def test_a_personal_question_is_redirected_before_anything_is_quoted(
    assistant: Assistant, index: Index
) -> None:
    reply = assistant.reply("Should I have PRP for my hair loss?")
    assert isinstance(reply, Redirect)
    assert reply.message == PERSONAL_ADVICE
    _assert_verbatim(reply, index)


def test_a_first_question_that_names_nothing_is_no_other_subject(assistant: Assistant) -> None:
    reply = assistant.reply("who is a good candidate")
    assert reply.searched_as == "stem cell therapy for hair loss: who is a good candidate"
    assert reply.kind in ("answer", "abstention")
    assert getattr(reply, "reason", Reason.NO_EVIDENCE) is Reason.NO_EVIDENCE


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "?!", "\x07\x1b", "\u200b"])
def test_an_empty_question_is_told_so(assistant: Assistant, question: str) -> None:
    reply = assistant.reply(question)
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.message) == (Reason.EMPTY_QUESTION, EMPTY_QUESTION)
    assert reply.question == question
    assert reply.suggestions


def test_another_language_is_neither_searched_nor_guessed_at(
    assistant: Assistant, index: Index
) -> None:
    asked = "wie lange dauert eine Behandlung mit PRP in der Türkei"
    reply = assistant.reply(asked)
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.message) == (Reason.NO_EVIDENCE, NOT_ENGLISH)
    assert (reply.searched_as, reply.timings_ms.retrieve) == (asked, 0)
    urgent = assistant.reply("no puedo respirar después de la inyección de prp")
    assert isinstance(urgent, Urgent)


def test_names_that_no_document_holds_are_no_other_language(assistant: Assistant) -> None:
    reply = assistant.reply("harklinikken vs bosley hair")
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.message) == (Reason.NO_EVIDENCE, NO_EVIDENCE)


def test_what_may_be_about_another_subject_needs_a_surer_answer(index: Index) -> None:
    unsure = Thresholds(answer=0.0, support=0.0, in_doubt=1.0)
    over = assistant_over(index, unsure, gate=SafetyGate.shipped())
    assert isinstance(over.reply("Does PRP contain stem cells?"), Answer)
    doubtful = over.reply("which companies are new")
    assert isinstance(doubtful, Abstention)
    assert doubtful.reason is Reason.NO_EVIDENCE


def test_who_asks_for_personal_advice_gets_quotes_at_worse_odds(index: Index) -> None:
    personal, general = "Should I have PRP in my scalp?", "Does PRP contain stem cells?"
    for question, odds, is_quoted in ((personal, 1e9, True), (personal, 1.0, False)):
        thresholds = Thresholds(answer=0.9999, support=0.0, personal=odds)
        reply = assistant_over(index, thresholds, gate=SafetyGate.shipped()).reply(question)
        assert isinstance(reply, Redirect)
        assert bool(reply.statements) is is_quoted
    strict = assistant_over(index, Thresholds(0.9999, 0.0, personal=1e9))
    assert isinstance(strict.reply(general), Abstention)


def test_a_guess_that_it_is_off_topic_gives_way_to_a_sure_answer(index: Index) -> None:
    gate = SafetyGate.shipped()
    guessed, certain = "how do i check a doctor's licence", "What is the weather like today?"
    assert not gate.assess(guessed).is_certain
    assert gate.assess(certain).is_certain
    for question, off_topic, is_answered in (
        (guessed, 0.0, True),
        (guessed, 1.0, False),
        (certain, 0.0, False),
    ):
        thresholds = Thresholds(answer=0.0, support=0.0, in_doubt=0.0, off_topic=off_topic)
        reply = assistant_over(index, thresholds, gate=gate).reply(question)
        assert isinstance(reply, Answer) is is_answered
        assert is_answered or getattr(reply, "reason", None) is Reason.OFF_TOPIC


def test_a_question_about_something_else_is_off_topic(assistant: Assistant) -> None:
    reply = assistant.reply("What is the weather like today?")
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.message) == (Reason.OFF_TOPIC, OFF_TOPIC)


def test_what_the_documents_do_not_answer_is_not_answered(assistant: Assistant) -> None:
    reply = assistant.reply("How is scalp ringworm treated in horses?")
    assert isinstance(reply, Abstention)
    assert reply.reason is Reason.NO_EVIDENCE
    assert reply.message


def test_suggestions_are_other_questions_that_the_documents_answer(
    assistant: Assistant, index: Index
) -> None:
    asked = "what is prp"
    reply = assistant.reply(asked)
    headings = {
        section.path[-1]
        for document in index.documents.values()
        for section in document.sections
        if section.path
    }
    assert 0 < len(reply.suggestions) <= MAX_SUGGESTIONS
    assert set(reply.suggestions) <= headings - {"What is PRP?"}
    for suggestion in reply.suggestions:
        assert isinstance(assistant.reply(suggestion), Answer)


def test_a_follow_up_is_searched_as_a_question_of_its_own(assistant: Assistant) -> None:
    history = [Turn("What is PRP?", "What is PRP?")]
    reply = assistant.reply("how much does it cost?", history)
    assert isinstance(reply, Answer)
    assert reply.question == "how much does it cost?"
    assert "PRP" in reply.searched_as
    assert any("between $500 and $1,500" in statement.text for statement in reply.statements)


def test_more_leaves_out_what_was_quoted_until_nothing_is_left(
    assistant: Assistant, index: Index
) -> None:
    question = "Does PRP contain stem cells?"
    first = assistant.reply(question)
    history = [Turn(question, first.searched_as)]
    quoted = {s.text for s in first.statements}
    for _ in range(10):
        reply = assistant.reply("tell me more", history)
        _assert_verbatim(reply, index)
        assert reply.searched_as == question
        if isinstance(reply, Abstention):
            break
        answering = [s for s in reply.statements if Label.COUNTERWEIGHT not in s.labels]
        assert quoted.isdisjoint(s.text for s in answering)
        quoted |= {s.text for s in answering}
        history.append(Turn("tell me more", reply.searched_as))
    assert isinstance(reply, Abstention)
    assert (reply.reason, reply.message) == (Reason.NO_EVIDENCE, NO_MORE)


def test_more_of_what_was_not_answered_is_not_said_to_be_more(assistant: Assistant) -> None:
    question = "Does a laser hurt a horse?"
    first = assistant.reply(question)
    assert isinstance(first, Abstention)
    reply = assistant.reply("more", [Turn(question, first.searched_as)])
    assert isinstance(reply, Abstention)
    assert reply.message == first.message


@pytest.mark.parametrize("remark", ["more", "explain", "says who?", "exosomes?", "any risks?"])
def test_after_an_emergency_a_remark_is_still_of_it(assistant: Assistant, remark: str) -> None:
    reply = assistant.reply(remark, [Turn(FEVER, FEVER)])
    assert isinstance(reply, Urgent)


@pytest.mark.parametrize("phrase", sorted(VOCABULARY.more | VOCABULARY.doubts))
def test_no_stock_remark_is_off_topic(assistant: Assistant, phrase: str) -> None:
    question = "Does PRP contain stem cells?"
    reply = assistant.reply(phrase, [Turn(question, question)])
    assert not isinstance(reply, Abstention) or reply.reason is Reason.NO_EVIDENCE
    assert "PRP" in reply.searched_as


def test_markup_in_a_question_is_words_like_any_other(assistant: Assistant) -> None:
    question = "<script>alert(1)</script> Does PRP contain stem cells?"
    reply = assistant.reply(question)
    assert reply.question == reply.searched_as == question
    assert "What is PRP?" in reply.suggestions


def test_a_question_far_too_long_still_gets_a_reply(assistant: Assistant, index: Index) -> None:
    reply = assistant.reply("Does PRP contain stem cells? " * 345)
    _assert_verbatim(reply, index)


def test_no_threshold_is_reached_where_it_is_certainty(index: Index) -> None:
    strict = assistant_over(index, Thresholds(answer=1.0, support=1.0))
    reply = strict.reply("Does PRP contain stem cells?")
    assert isinstance(reply, Abstention)
    assert reply.reason is Reason.NO_EVIDENCE


def test_sentences_far_behind_the_best_are_not_quoted_beside_it(index: Index) -> None:
    question = "Are exosomes approved for hair loss?"
    alone = assistant_over(index, Thresholds(answer=0.0, support=0.0, relative=1.0))
    everything = assistant_over(index, Thresholds(answer=0.0, support=0.0, relative=0.0))
    assert len(alone.reply(question).statements) == 1
    assert len(everything.reply(question).statements) == MAX_STATEMENTS


def test_a_list_question_gets_the_list_of_the_section_that_answers(index: Index) -> None:
    assistant = assistant_over(index, Thresholds(answer=0.0, support=0.0, relative=1.0))
    reply = assistant.reply("Which treatments are approved for pattern hair loss?")
    listed = {
        "Minoxidil is approved for pattern hair loss in men and in women.",
        "Finasteride is approved for pattern hair loss in men only.",
    }
    assert listed <= {statement.text for statement in reply.statements}
    _assert_verbatim(reply, index)


def test_a_question_of_two_parts_is_answered_in_both(assistant: Assistant, index: Index) -> None:
    reply = assistant.reply("What does PRP cost and does it work?")
    cost, works = (
        "A PRP session costs between $500 and $1,500 at clinics in the United States.",
        "In a review of trials PRP raised hair density by about 25 hairs per square centimetre.",
    )
    quoted = " ".join(statement.text for statement in reply.statements)
    assert cost in quoted
    assert works.rstrip(".") in quoted
    _assert_verbatim(reply, index)


def test_the_parts_of_a_question_are_answered_in_their_order(
    assistant: Assistant, index: Index
) -> None:
    reply = assistant.reply("What does PRP cost and does it work?")
    assert reply.statements[0].text.startswith("A PRP session costs")
    other = assistant.reply("Does PRP work and what does it cost?")
    assert "hair density" in other.statements[0].text
    assert reply.message is None
    assert other.message is None


def test_where_one_of_two_things_has_no_answer_that_is_said(
    assistant: Assistant, index: Index
) -> None:
    reply = assistant.reply("What does PRP cost and can it be done in Iceland by a vet?")
    assert isinstance(reply, Answer)
    assert reply.message == IN_PART
    assert reply.statements[0].text.startswith("A PRP session costs")
    _assert_verbatim(reply, index)


def _without_what_differs(reply: Reply) -> Reply:
    return replace(reply, reply_id="", timings_ms=Timings(0))


def test_many_at_once_get_the_replies_that_each_gets_alone(assistant: Assistant) -> None:
    questions = ["Does PRP contain stem cells?", "Are exosomes approved?", FEVER, "", "cost?"] * 6
    alone = [_without_what_differs(assistant.reply(question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(assistant.reply, questions))
    assert [_without_what_differs(reply) for reply in replies] == alone
    assert len({reply.reply_id for reply in replies}) == len(questions)


def test_no_word_of_a_question_or_its_history_is_logged(
    assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for words in (
            "Does vinegarish PRP contain stem cells?",
            "Should I take vinegarish pills?",
            f"vinegarish: {FEVER}",
            "vinegarish",
            "Wie wird der Haarausfall vinegarish behandelt?",
        ):
            assistant.reply(words)
            assistant.reply("and for women?", [Turn(words, words)])
    assert "vinegarish" not in caplog.text


WORDS = st.one_of(
    st.sampled_from(["PRP", "it", "and", "exosomes", "for women", "how much", "minoxidil", "?"]),
    st.text(max_size=30),
)
QUESTIONS = st.lists(WORDS, max_size=8).map(" ".join)


@given(QUESTIONS)
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_gets_one_of_the_four_replies(
    assistant: Assistant, index: Index, question: str
) -> None:
    reply = assistant.reply(question)
    assert isinstance(reply, Answer | Abstention | Redirect | Urgent)
    assert reply.question == question
    _assert_verbatim(reply, index)


@given(st.lists(QUESTIONS | st.sampled_from(["and " + "x" * 1990, "it " * 660]), max_size=3))
@example(["and " + "x" * 1990, "for women" * 200, "and " + "x" * 1990])
@example(["PRP 0\0", "and how long"])
@settings(max_examples=8, deadline=None)
def test_what_was_searched_can_always_be_sent_along_with_the_next_question(
    assistant: Assistant, questions: list[str]
) -> None:
    history = [Turn("Does PRP work?", "Does PRP work for hair loss? " * 60)]
    for question in questions:
        reply = assistant.reply(question, history)
        assert len(reply.searched_as) <= MAX_QUERY_CHARACTERS
        if "\0" not in question:
            HistoryTurn(question=question, searched_as=reply.searched_as)
        history.append(Turn(question, reply.searched_as))


SENTENCES = st.one_of(
    st.sampled_from(
        [
            "PRP holds platelets, not stem cells.",
            "However, 12.5% of 40 patients bled <b>a lot</b> & stopped.",
            "Dr. Kim's e\u0301tude (n = 31) found 👩🏽‍⚕️ nothing!",
            "\u200fالعلاج بالخلايا غير معتمد.",
            "It\u00a0lasts  for\tmonths; soft\u00adhyphens do not.",
            "毛发移植需要数小时。",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60),
)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)
FOLDERS = st.lists(
    st.tuples(st.sampled_from(["md", "txt"]), st.lists(PARAGRAPHS, min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
)


@contextmanager
def _built(files: Sequence[tuple[str, list[str]]], models: Path) -> Iterator[Index]:
    """An index of `files` (suffix, paragraphs), with the embedder that was exported before."""
    with TemporaryDirectory() as name:
        corpus, data = Path(name) / "documents", Path(name) / "data"
        corpus.mkdir()
        shutil.copytree(models, data / "models", copy_function=_linked)
        (corpus / "always.md").write_text("PRP is made of blood.\n", "utf-8")
        for number, (suffix, paragraphs) in enumerate(files):
            path = corpus / f"document-{number}.{suffix}"
            path.write_text("\n\n".join(paragraphs), "utf-8")
        build_index(corpus, data)
        index = open_index(data)
        assert set(index.documents.values()) <= set(load_corpus(corpus).documents)
        yield index


def _linked(source: str, target: str) -> None:
    Path(target).symlink_to(source)


@given(FOLDERS, st.data())
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_statement_is_the_words_at_its_span_whatever_the_documents_hold(
    small_index: SmallIndex, files: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    with _built(files, small_index.data / "models") as index:
        assistant = assistant_over(index, Thresholds(answer=0.0, support=0.0, relative=0.0))
        texts = [document.text for document in index.documents.values()]
        asked = data.draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3), label="asked")
        for text in ("What is PRP made of?", *asked):
            _assert_verbatim(assistant.reply(text[:2000]), index)
        assert assistant.reply("What is PRP made of?").statements
