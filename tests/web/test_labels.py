from assistant.web.labels import EXAMPLES, SOURCE_LABELS
from assistant.web.schema import MAX_QUESTION_CHARACTERS
from corpus.document import SourceType


def test_every_kind_of_source_has_its_own_badge_and_explanation() -> None:
    assert set(SOURCE_LABELS) == set(SourceType)
    assert len({label.badge for label in SOURCE_LABELS.values()}) == len(SourceType)
    assert all(label.explanation.endswith(".") for label in SOURCE_LABELS.values())


def test_a_badge_fits_on_a_narrow_phone() -> None:
    assert max(len(label.badge) for label in SOURCE_LABELS.values()) <= 26


def test_the_examples_are_questions_that_may_be_asked() -> None:
    assert len(EXAMPLES) == 9
    for questions in EXAMPLES.values():
        assert questions
        assert all(q.endswith("?") and len(q) <= MAX_QUESTION_CHARACTERS for q in questions)
