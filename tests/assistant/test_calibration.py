import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from assistant.calibration import Calibration, Signals

Scores = NDArray[np.float64]
SCORES = hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-5000, 5000))


SHARES = st.one_of(st.none(), st.floats(0.01, 0.99))


def _signals(
    scores: Scores,
    *,
    near: float = 0.0,
    share: float | None = None,
    known: int | None = None,
    is_asked: bool = False,
) -> Signals:
    """`known` is the number of the sentence that is known to answer."""
    count = len(scores)
    return Signals(
        scores,
        np.full(count, near),
        (share,) * count,
        (np.arange(count) == known).astype(int),
        np.full(count, is_asked),
    )


@given(SCORES, st.floats(-5000, 5000), SHARES)
def test_scores_however_large_give_probabilities(
    scores: Scores, near: float, share: float | None
) -> None:
    found = Calibration().probabilities(_signals(scores, near=near, share=share))
    assert ((found >= 0.0) & (found <= 1.0)).all()


@given(SCORES, SHARES)
def test_what_scores_higher_answers_more_probably(scores: Scores, share: float | None) -> None:
    found = Calibration().probabilities(_signals(scores, share=share))
    assert found[scores.argmax()] == found.max()


@given(SCORES, st.floats(-5000, 5000), SHARES)
def test_that_anything_answers_is_a_probability(
    scores: Scores, near: float, share: float | None
) -> None:
    assert 0.0 <= Calibration().answerable(_signals(scores, near=near, share=share)) <= 1.0


def test_a_question_among_answered_ones_is_answered_more_probably() -> None:
    def highest(share: float | None) -> float:
        return float(Calibration().probabilities(_signals(np.zeros(2), share=share)).max())

    def any_answers(share: float | None) -> float:
        return Calibration().answerable(_signals(np.zeros(2), share=share))

    for chance in (highest, any_answers):
        assert chance(0.1) < chance(0.5) < chance(0.9)
        assert chance(0.1) < chance(None) < chance(0.9)


@given(st.floats(-50, 50), SHARES)
def test_nearly_the_question_of_a_section_is_answered_more_readily(
    score: float, share: float | None
) -> None:
    fit, scores = Calibration(), np.array([score, score - 1.0])
    plain = fit.answerable(_signals(scores, share=share))
    asked = fit.answerable(_signals(scores, share=share, is_asked=True))
    assert 0.0 <= plain <= asked <= 1.0
    assert asked * (1.0 - plain) == pytest.approx(fit.asked * plain * (1.0 - asked), abs=1e-9)


def test_what_is_known_to_answer_ranks_higher_and_is_answered() -> None:
    fit, doubtful = Calibration(), np.array([-4.0, -5.0])
    assert fit.answerable(_signals(doubtful)) < fit.sure
    sure = _signals(doubtful, known=1)
    assert fit.ranks(sure).argmax() == 1
    assert fit.answerable(sure) == fit.probabilities(sure).max() == fit.sure
    clear = _signals(np.array([9.0, -5.0]), known=1)
    assert fit.ranks(clear).argmax() == 0
    assert fit.answerable(clear) == fit.answerable(_signals(np.array([9.0, -5.0])))


def test_another_sentence_is_as_probable_as_its_own_score_says_but_less_than_the_first() -> None:
    fit = Calibration()

    def second(score: float, first: float = 3.0) -> float:
        return float(fit.probabilities(_signals(np.array([first, score]), share=0.9))[1])

    assert second(-4.0) < second(0.0) < second(2.0)
    assert second(0.0) == second(0.0, first=6.0)  # but for its cap of its own
    highest = float(fit.probabilities(_signals(np.array([3.0, 2.999]), share=0.9))[0])
    assert second(2.999) < highest
