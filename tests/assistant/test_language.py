"""Messages in languages that no document is written in."""

import pytest

from assistant.language import Languages
from tests.evaluation.topics import SPLITS, topics

ENGLISH = Languages(["en"])


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("kök hücre saç tedavisi işe yarıyor mu", "tr"),
        ("줄기세포 탈모 치료 FDA 승인 받았나요?", "ko"),
        ("welche nebenwirkungen hat finasterid", "de"),
        ("干细胞治疗脱发有效吗", "zh"),
    ],
)
def test_a_whole_sentence_of_another_language_is_told(message: str, language: str) -> None:
    assert ENGLISH.foreign(message) == language


@pytest.mark.parametrize(
    "message",
    [
        "prp",
        "dut gynecomastia odds",
        "funciona el prp",
        "how meny seshuns of prp do i ned",
        "",
        "?",
    ],
)
def test_few_words_and_misspelt_english_are_not(message: str) -> None:
    assert ENGLISH.foreign(message) is None


def test_a_language_of_the_documents_is_not_foreign() -> None:
    german = "welche nebenwirkungen hat finasterid"
    assert Languages(["en", "de-CH"]).foreign(german) is None


def test_hardly_an_english_question_of_the_evaluation_is_taken_for_another_language() -> None:
    asked = [topic.question for split in SPLITS for topic in topics(split)]
    assert sum(ENGLISH.foreign(question) is not None for question in asked) <= len(asked) / 10_000
