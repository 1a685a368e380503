import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Turn, referred_to, self_contained, times_answered, with_subject
from assistant.vocabulary import Vocabulary

VOCABULARY = Vocabulary.shipped()


def _searched(*questions: str) -> str:
    """What is searched for the last of several questions asked one after another."""
    history: list[Turn] = []
    query = ""
    for question in questions:
        query = self_contained(question, history, VOCABULARY)
        history.append(Turn(question, query))
    return query


@pytest.mark.parametrize(
    ("questions", "query"),
    [
        (("What is PRP", "price?"), "PRP: price?"),
        (("Does PRP work for hair?", "and for women?"), "Does PRP work for hair for women?"),
        (("Does PRP work for men?", "and women?"), "Does PRP work for women?"),
        (("Does PRP help men with AGA?", "and in women"), "Does PRP help women with AGA"),
        (("Does PRP work in men with AGA?", "and in women?"), "Does PRP work in women with AGA"),
        (("Is FUE done on straight hair?", "and on afro hair?"), "Is FUE done on afro hair?"),
        (("Does PRP work in older men?", "and in women?"), "Does PRP work in women?"),
        (
            ("Does finasteride work for men in their 20s?", "what about in women?"),
            "Does finasteride work in women?",
        ),
        (("What are exosomes?", "how much is that"), "how much is exosomes"),
        (("What is PRP", "does it contain stem cells"), "does PRP contain stem cells"),
        (("Does PRP hurt?", "what about exosomes?"), "Does exosomes hurt?"),
        (("explain propecia", "should i use it"), "should i use finasteride"),
        (("conditioned medium trials", "book me a taxi", "which one had women only"),
         "conditioned medium trials: which one had women only"),
        (("are stem cells legal in America", "those exosome things?", "and in Japan"),
         "are exosomes legal in Japan"),
        (("what happened in mexico", "how many people", "was it a scalp treatment"),
         "what happened in mexico: was it a scalp treatment"),
        (("jabs tomorrow", "what should I write down?"),
         "jabs tomorrow: what should I write down?"),
        (("signs of infection after fue", "how often does that happen?", "who treats that"),
         "signs of infection after fue: who treats that"),
        (("lichen planopilaris meaning", "can they transplant there"),
         "lichen planopilaris meaning: can they transplant there"),
        (("is topical or oral minoxidil approved", "which gives more body hair"),
         "is topical or oral minoxidil approved: which gives more body hair"),
        (("Do I need a driver after PRP?", "is it sore", "and how long for"),
         "Do I need a driver after PRP: how long for"),
        (("does prp work?", "does it help with baldness"),
         "does PRP help with baldness"),
        (("does prp work?", "is it safe to use with minoxidil"),
         "is PRP safe to use with minoxidil"),
        (("does prp work?", "is it ok to take while pregnant"),
         "is PRP ok to take while pregnant"),
        (("does prp work?", "and for baldness?"), "does prp work for baldness?"),
        (("what makes hair thin", "stress?"), "what makes hair thin: stress?"),
        (("what are exosomes", "is it true that they regrow hair"),
         "is it true that exosomes regrow hair"),
        (("what is svf", "how do they get it"), "how do they get SVF"),
        (("does prp work?", "and for alopecia areata?"), "does prp work for alopecia areata?"),
        (("does prp work?", "and for alopecia areata?", "and for beards?"),
         "does prp work for beards?"),
        (("does prp work?", "sorry i meant prf"), "does PRF work?"),
        (("does prp work?", "no i mean for beards"), "does prp work for beards"),
        # The aspect or pronoun of what was asked about, and not the whole question again.
        (("is prp legal in the uk", "how much?", "and in turkey"), "PRP in turkey: how much"),
        (("what are the side effects of minoxidil", "do they go away"),
         "do the side effects of minoxidil go away"),
        (("when do you see results from prp", "are they permanent"),
         "are the results from prp permanent"),
        (("is the 2018 prp review positive", "any trial that failed?", "why do they disagree"),
         "why do the trials of PRP disagree"),
        (("does prp hurt", "can they numb it?"), "PRP: can they numb it?"),
        (("will prp grow hair", "will it grow back"), "will prp grow hair: will it grow back"),
        (("stem cell clinic gave my mate an infection", "who do i report it to"),
         "stem cell clinic gave my mate an infection: who do i report it to"),
        (("prp vs minoxidil", "which is cheaper", "whats the difference"),
         "PRP and minoxidil: whats the difference"),
        (("this trial vs the Korean study", "second one, thickness?", "how many were in it"),
         "the Korean study: how many were in it"),
        (("what does litfulo cost", "side effects", "what about olumiant"),
         "baricitinib (Olumiant): side effects"),
        (("what is telogen effluvium", "how long does it last"),
         "how long does telogen effluvium last"),
        (("biotin any good", "can i take it with minox"), "can i take biotin with minox"),
        (("what is telogen effluvium", "does prp help with it"),
         "does prp help with telogen effluvium"),
        (("swelling after jabs", "mine came with pus"), "swelling after jabs: mine came with pus"),
        (("can teenagers get prp", "at what age then"), "can teenagers get prp: at what age then"),
        (("does a transplant hurt", "can i drink after"),
         "does a transplant hurt: can i drink after"),
        # Another subject, condition, place or group.
        (("prp side effects", "exosomes?", "fin"), "finasteride side effects"),
        (("does prp work", "alopecia areata?"), "does prp work for alopecia areata?"),
        (("alopecia areata cure?", "does prp help"), "does prp help for alopecia areata"),
        (("is svf allowed in america", "what about europe"), "is svf allowed in europe"),
        (("can women take finasteride", "why not", "what about after menopause"),
         "can women take finasteride after menopause"),
        (("does rosemary oil work", "compared to minoxidil?"),
         "does rosemary oil work compared to minoxidil?"),
        (("how does pp405 work", "i meant topical fin"), "how does topical fin work"),
        (("what drugs do men use", "female patients then"), "what drugs do female patients use"),
        # Put right.
        (("prp cost uk", "not prp, exosomes"), "exosomes cost uk"),
        (("do exosomes work", "no, i asked about humans"), "do exosomes work for humans"),
        (("is prf better", "than prp i mean"), "is prf better than prp"),
        (("side effects of exosomes", "actually nevermind, how much is it"),
         "how much is exosomes"),
        # What it rests on.
        (("does prp work", "says who?"), "does prp work: what is the evidence"),
        (("does prp work", "says who?", "are you sure??"), "does prp work: what is the evidence"),
        (("does prp hurt", "hmm. how do you know that"), "does prp hurt: what is the evidence"),
        (("svf trials", "whats the source"), "svf trials: what is the evidence"),
    ],
)  # fmt: skip
def test_a_follow_up_is_given_the_subject_before_it(questions: tuple[str, ...], query: str) -> None:
    assert _searched(*questions) == query


@pytest.mark.parametrize(
    ("questions", "query"),
    [
        (("What is PRP?", "Is minoxidil safe?"), "Is minoxidil safe?"),
        (("PRP aftercare", "new subject: LPP meaning"), "LPP meaning"),
        (("exosomes price", "ok leave that. who runs the repair day"), "who runs the repair day"),
        (("What is PRP?", "thanks"), "thanks"),
    ],
)  # fmt: skip
def test_a_change_of_subject_carries_nothing_over(questions: tuple[str, ...], query: str) -> None:
    assert _searched(*questions) == query


@pytest.mark.parametrize(
    "question",
    [
        "Is it ok to use minoxidil while pregnant?",
        "is it safe to dye my hair after a transplant?",
        "does it hurt to get a hair transplant?",
        "is it safe to use minoxidil and finasteride together?",
        "is it legal to sell exosomes?",
        "is it true that minoxidil works",
        "is it normal that minoxidil makes me shed",
        "is it possible to lose hair from stress?",
        "what is alopecia?",
        "what is the norwood scale?",
        "what is dht",
        "what causes dandruff?",
        "why do men go bald?",
    ],
)
def test_a_question_that_is_complete_carries_nothing_over(question: str) -> None:
    assert _searched("does prp work?", question) == question


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("Is finasteride safe?", "and for me?", "Is finasteride safe for me?"),
        (
            "my girlfriend is pregnant and touched finasteride",
            "in the first trimester",
            "my girlfriend is pregnant and touched finasteride in the first trimester",
        ),
    ],
)
def test_the_gate_is_told_what_a_modifier_belongs_to(
    before: str, question: str, meant: str
) -> None:
    assert with_subject(question, [Turn(before, before)], VOCABULARY) == meant


@pytest.mark.parametrize(
    ("before", "query"),
    [
        ("How much does PRP cost? Thank you.", "How much does PRP cost: how long for"),
        ("Does Dr. Smith do PRP?", "Does Dr. Smith do PRP: how long for"),
    ],
)
def test_a_follow_up_is_read_after_the_sentence_with_the_subject(before: str, query: str) -> None:
    asked = self_contained("how long for", [Turn(before, before)], VOCABULARY)
    assert asked == query


def test_the_gate_is_told_of_the_subject_alone() -> None:
    before = [Turn("explain propecia", "explain propecia")]
    before.append(Turn("should i use it", "should i use finasteride"))
    query = self_contained("who uses those", before, VOCABULARY)
    assert query == "should i use finasteride: who uses those"
    meant = with_subject("who uses those", before, VOCABULARY)
    assert meant == "who uses finasteride"


def test_conditions_are_subjects() -> None:
    assert {subject.term for subject in VOCABULARY.subjects} >= VOCABULARY.conditions


@given(st.text(max_size=200))
def test_without_history_a_question_is_searched_as_asked(question: str) -> None:
    stripped = VOCABULARY.without_switch(" ".join(question.split()))
    expected = stripped or " ".join(question.split())
    assert self_contained(question, (), VOCABULARY) == expected


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=100))
def test_no_history_whatever_breaks_a_question(question: str, before: str, searched: str) -> None:
    query = self_contained(question, [Turn(before, searched)], VOCABULARY)
    assert bool(query) >= bool(question.strip())


@pytest.mark.parametrize(
    "question",
    ["more", "Tell me more!", "and what else?", "ok go on", "explain please", "tell me a bit more"],
)
def test_more_is_the_question_before_and_how_often_it_was_answered(question: str) -> None:
    history = [Turn("does prp work", "does prp work")]
    assert self_contained(question, history, VOCABULARY) == "does prp work"
    assert times_answered(question, history, VOCABULARY) == 1
    again = [*history, Turn(question, "does prp work")]
    assert self_contained(question, again, VOCABULARY) == "does prp work"
    assert times_answered(question, again, VOCABULARY) == 2


@pytest.mark.parametrize("question", ["more pain?", "is there more risk for women", "cost"])
def test_what_asks_something_does_not_ask_for_more_of_the_same(question: str) -> None:
    history = [Turn("does prp work", "does prp work")]
    assert times_answered(question, history, VOCABULARY) == 0
    assert times_answered("more", (), VOCABULARY) == 0


@pytest.mark.parametrize("word", ["sorry ", "no ", "no, ", "and ", "ok, ", "not a, ", "it with "])
def test_a_message_that_repeats_itself_is_read_in_no_time(word: str) -> None:
    started = time.perf_counter()
    self_contained(word * 600, [Turn("does prp work", "does prp work")], VOCABULARY)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    "question",
    ["is that common?", "would honey help?", "surely it's just the sun, right?", "bad sleep haha"],
)
def test_what_names_nothing_may_be_about_what_was_asked_before(question: str) -> None:
    history = [Turn(text, text) for text in ("What is PRP?", "his arm went limp after PRP", "ok")]
    asked = referred_to(question, history, VOCABULARY)
    assert asked == ("ok", "his arm went limp after PRP")


@pytest.mark.parametrize(
    "question",
    [
        "How much does a hair transplant cost?",
        "and is minoxidil sold without a prescription?",
        "another question: price?",
    ],
)
def test_a_question_that_is_complete_is_about_nothing_before(question: str) -> None:
    assert referred_to(question, [Turn("his arm went limp", "")], VOCABULARY) == ()


def test_that_before_a_clause_points_at_nothing() -> None:
    alone = "is it normal for people that the scalp is red after 3 days"
    assert _searched("How much does a hair transplant cost?", alone) == alone
