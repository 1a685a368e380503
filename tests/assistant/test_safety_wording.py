import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.safety.frames import Frames, FrameTable
from assistant.safety.reading import MOST_PARTS, PART_WORDS, parts_of
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

SPELLING = read_table("spelling.yaml", SpellingTable)
WORDING = Wording(SPELLING)
FRAMES = Frames(read_table("frames.yaml", FrameTable))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("I can’t breathe!", "i can not breathe!"),
        ("cant BREATHE", "can not breathe"),
        ("it’s  soooo hot\nhelp", "it is soo hot . help"),
        ("ﬁnasteride", "finasteride"),
        ("temp 39\x00", "temperature 39"),
    ],
)
def test_a_message_is_made_plain(written: str, plain: str) -> None:
    assert WORDING.plain(written) == plain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("swolen", "swollen"),
        ("infectin", "infection"),
        ("minoxidl", "minoxidil"),
        ("thoat", "throat"),
        ("would", "would"),
        ("scale", "scale"),
        ("table", "table"),
        ("fever", "fever"),
    ],
)
def test_misspelt_words_are_put_right_and_others_left(written: str, meant: str) -> None:
    assert WORDING.corrected(written) == meant


@pytest.mark.parametrize(("written", "meant"), [*SPELLING.phrases.items(), *SPELLING.words.items()])
def test_what_the_table_puts_right_is_put_right_alone_and_in_a_message(
    written: str, meant: str
) -> None:
    for around in ("{}", "well, {} then"):
        assert WORDING.corrected(WORDING.plain(around.format(written))) == around.format(meant)


@pytest.mark.parametrize("word", sorted(SPELLING.known))
def test_a_known_word_is_left_and_corrected_to(word: str) -> None:
    assert WORDING.corrected(word) == word
    assert WORDING.corrected(f"{word[:3]}q{word[3:]}") == word


@pytest.mark.parametrize("word", sorted(SPELLING.never))
def test_a_word_that_only_looks_misspelt_is_left_because_the_table_says_so(word: str) -> None:
    without = SPELLING.model_copy(update={"never": SPELLING.never - {word}})
    assert WORDING.corrected(word) == word
    assert Wording(without).corrected(word) != word


def test_a_spelling_has_one_place_in_the_table() -> None:
    spellings = [*SPELLING.phrases, *SPELLING.words, *SPELLING.known]
    assert len(set(spellings)) == len(spellings)


@given(st.text(max_size=300))
def test_plain_text_stays_as_it_is_when_made_plain_again(message: str) -> None:
    plain = WORDING.plain(message)
    assert "  " not in plain
    assert "\n" not in plain
    assert WORDING.plain(plain) == plain


@given(st.text(alphabet="abc not no, .;!? but and if", max_size=200))
def test_sentences_cover_the_words_in_order_and_clauses_lie_within(text: str) -> None:
    sentences = FRAMES.sentences(text)
    covered = "".join(text[s.start : s.end] for s in sentences)
    assert covered.split() == text.split()
    for sentence in sentences:
        assert sentence.clauses[0] == sentence.start
        assert list(sentence.clauses) == sorted(sentence.clauses)
        assert sentence.clauses[-1] <= sentence.end


def _is_reported(text: str, word: str) -> bool:
    start = text.index(word)
    sentence = next(s for s in FRAMES.sentences(text) if s.start <= start < s.end)
    return FRAMES.reported(text, sentence, start, start + len(word))


@pytest.mark.parametrize(
    "text",
    [
        "i have a fever since yesterday",
        "no pus , but a fever",
        "not a big thing but i have a fever",
        "i had prp in 2020 . now there is fever",
        "without warning a fever came",
        "fever and chills after prp",
    ],
)
def test_a_sign_that_is_told_of_now_is_reported(text: str) -> None:
    assert _is_reported(text, "fever")


@pytest.mark.parametrize(
    "text",
    [
        "no fever so far",
        "no pus, redness or fever",
        "i never had any fever",
        "the fever is gone",
        "i had a fever in 2015",
        "years ago i had a fever",
        "what if i get a fever",
        "can prp cause fever",
        "is fever normal after liposuction?",
        "i read about fever after liposuction",
        "i am scared of fever",
        "how common is fever",
        "what are signs of fever",
    ],
)
def test_a_sign_that_is_denied_over_supposed_or_asked_about_is_not_reported(text: str) -> None:
    assert not _is_reported(text, "fever")


def test_what_is_planned_counts_only_where_it_is_asked_for() -> None:
    text = "i plan to die"
    sentence = FRAMES.sentences(text)[0]
    assert not FRAMES.reported(text, sentence, 10, 13)
    assert FRAMES.reported(text, sentence, 10, 13, even=("planned",))


def test_a_figure_of_speech_leaves_no_words_behind() -> None:
    assert "killing" not in FRAMES.without_figures_of_speech("this price is killing me")


_SENTENCES = st.sampled_from(["one two three.", "four five six seven eight!", "nine?"])


@given(st.lists(_SENTENCES, max_size=MOST_PARTS))
def test_a_message_is_read_in_runs_of_whole_sentences(sentences: list[str]) -> None:
    message = " ".join(sentences)
    parts = parts_of(message)
    if len(message.split()) <= PART_WORDS:
        assert parts == ()
    else:
        assert " ".join(parts) == message
        assert all(len(part.split()) <= PART_WORDS for part in parts)


@given(st.lists(_SENTENCES, min_size=40, max_size=400))
def test_a_very_long_message_has_few_parts_that_hold_every_word_once(sentences: list[str]) -> None:
    message = " ".join(sentences)
    parts = parts_of(message)
    assert " ".join(parts) == message
    assert len(parts) <= 2 * MOST_PARTS
