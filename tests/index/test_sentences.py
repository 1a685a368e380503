"""Sentence ends: hard ones by example, and what holds of every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import split_sentences

HARD_ENDS = [
    ["Tak et al. 38 adults took part.", "It worked."],
    ["It costs approx. $5 a day.", "Ask first."],
    ["Some, e.g. 3 hairs, fell out.", "Others grew."],
    ["At most 3 ml, i.e. 0.3 per site.", "That is all."],
    ["The answer is no.", "The trial failed."],
    ["Was it approved?", "No.", "It was not."],
    ["Use no. 5 needles.", "Then stop."],
    ["See Fig. 3 for the count.", "It rose."],
    ["Costs rose (see ref. 12).", "They fell."],
    ["The vol. 9 paper, pp. 839-849, says so.", "It does."],
    ["It has max. 5 sites.", "Fine."],
    ["Wait 10 min.", "Then wash your hair."],
    ["Hair density rose (p < 0.05).", "The rest did not."],
    ["It rose by 28.1% in 16 weeks.", "It fell later."],
    ["Dr. Smith of St. Mary's said so.", "He left."],
    ["J. Smith and A. B. Jones wrote it.", "We read it."],
    ["The U.S. Food and Drug Administration warned.", "Clinics went on."],
    ["He moved to Irvine, CA.", "The clinic closed."],
    ["PRP vs. placebo was tested.", "It won."],
    ['"It works."', "She smiled."],
    ['He said "Stop." and left.', "She stayed."],
    ["What?!", "No way.", "OK."],
    ["The study ran for 6 months... then it stopped."],
    ["Visit www.fda.gov.", "It helps."],
    ["The 👩🏽‍⚕️ doctor smiled.", "Her 🧬 test was done."],
    ["1. Wash your hair.", "2. Dry it."],
    ["a) Wash your hair.", "Then dry it."],
    ["Is it safe?", "it is not known.", "Ask."],
]


@pytest.mark.parametrize("sentences", HARD_ENDS, ids=lambda sentences: sentences[0])
def test_a_hard_sentence_end_is_found(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [span.of(text) for span in split_sentences(text)] == sentences


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("de", "Das kostet z. B. 5 Euro. Fragen Sie.", 2),
        ("de-AT", "Es wirkt. Es ist neu.", 2),
        ("ar", "هل العلاج معتمد؟ لا نعرف.", 2),
        ("hi", "यह नया है। यह महँगा है।", 2),
        ("ja", "これは新しい。高い。", 2),
        ("", "It works. It is new.", 2),
        ("no such language", "It works. It is new.", 2),
    ],
)
def test_other_languages_are_split_by_their_own_rules_or_by_those_of_english(
    language: str, text: str, sentences: int
) -> None:
    assert len(split_sentences(text, language)) == sentences


@pytest.mark.parametrize("text", ["", " ", "\n\n\t", "\u2003"])
def test_space_alone_holds_no_sentence(text: str) -> None:
    assert split_sentences(text) == ()


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="aBé.!?。؟…'\"”)(1[], \n\t\r\x1c\u2028😀👩🏽\u200d\u0308"),
    st.lists(
        st.sampled_from(["No.", "et al.", "e.g.", "1.", "(p", "Hair", "grew.", "\n\n", "it", "A."])
    ).map(" ".join),
)


@given(TEXTS, st.sampled_from(["en", "de", "ar", "ja", "zz", ""]))
def test_sentences_are_in_order_trimmed_and_together_hold_all_that_is_not_space(
    text: str, language: str
) -> None:
    position = 0
    for span in split_sentences(text, language):
        assert not text[position : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        position = span.end
    assert not text[position:].strip()


@given(TEXTS)
def test_splitting_a_sentence_again_does_not_move_its_borders(text: str) -> None:
    for span in split_sentences(text):
        words = span.of(text)
        pieces = split_sentences(words)
        assert (pieces[0].start, pieces[-1].end) == (0, len(words))
