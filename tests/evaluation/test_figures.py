"""Measures, the baseline, the table of targets and the pictures, over outcomes that are made up."""

import argparse
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reply import Reply, Timings
from assistant.training.topics import Topic
from tests.evaluation import outcomes as outcomes_module
from tests.evaluation.alike import alike
from tests.evaluation.baseline import BASELINE, add_options, read_baseline, report
from tests.evaluation.curves import Reading, risk_coverage
from tests.evaluation.measures import Figure, calibration_error, mean, reliability
from tests.evaluation.outcomes import Outcome, Weighed, measured
from tests.evaluation.plots import draw
from tests.evaluation.run import print_times, reliability_of
from tests.evaluation.targets import README, TARGETS, rows
from tests.evaluation.watching import Searched

_PROBABILITIES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def _outcome(
    probability: float | None, answers: bool, *, ms: float = 1.0, history: tuple[str, ...] = ()
) -> Outcome:
    """Of a question for which nothing is quoted; None: nothing was searched."""
    reply = SimpleNamespace(statements=(), kind="abstention", timings_ms=Timings(total=ms))
    weighed = () if probability is None else (Weighed(probability, 2 if answers else 0),)
    return Outcome(
        Topic("X1", "dev", "followup" if history else "short", history, "prp price"),
        cast(Reply, reply),
        None if probability is None else Searched("prp price", ()),
        weighed,
        probability or 0.0,
    )


def test_what_comes_true_as_often_as_it_is_said_to_has_no_error() -> None:
    probabilities = np.repeat([0.25, 0.75], 4)
    labels = np.array([1, 0, 0, 0, 1, 1, 1, 0], bool)
    assert calibration_error(probabilities, labels) == pytest.approx(0.0)
    assert calibration_error(probabilities, ~labels) == pytest.approx(0.5)


def test_each_probability_stands_in_its_bin_and_one_in_the_last() -> None:
    bins = reliability(np.array([0.0, 0.05, 0.1, 1.0]), np.array([0, 1, 1, 1], bool))
    assert [(b.count, b.share) for b in bins] == [(2, 0.5), (1, 1.0), (1, 1.0)]
    assert math.isnan(calibration_error(np.array([]), np.array([])))


@given(_PROBABILITIES)
def test_the_bins_hold_every_question_and_the_error_is_a_share(
    found: list[tuple[float, bool]],
) -> None:
    probabilities, labels = np.array([p for p, _ in found]), np.array([x for _, x in found])
    assert sum(b.count for b in reliability(probabilities, labels)) == len(found)
    assert 0.0 <= calibration_error(probabilities, labels) <= 1.0


def test_reliability_and_follow_ups_are_among_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes_module, "is_answerable", lambda _: True)
    monkeypatch.setattr(outcomes_module, "grades", lambda: {"X1": {("prp", "It costs."): 2}})
    asked = [
        _outcome(0.8, True),
        _outcome(0.8, False, history=("what is prp?",)),
        _outcome(None, False),
    ]
    figures = {figure.name: figure for figure in measured(asked)}
    error = figures["searched: expected calibration error over ten bins"]
    assert error.value == pytest.approx(0.3)
    assert error.count == 2
    brier = figures["searched: Brier score of the probability"]
    assert brier.value == pytest.approx((0.04 + 0.64) / 2)
    assert brier.count == 2
    followups = figures["answerable follow-ups: some statement answers"]
    assert (followups.value, followups.count) == (0.0, 1)


def test_times_are_those_of_the_replies(capsys: pytest.CaptureFixture[str]) -> None:
    print_times([_outcome(0.5, True, ms=ms) for ms in (10, 20, 30)] + [_outcome(None, False)])
    printed = capsys.readouterr().out
    assert "all        median 15, 95th percentile 28, of 4 replies" in printed
    assert "searched   median 20, 95th percentile 29, of 3 replies" in printed


def test_every_curve_is_drawn(tmp_path: Path) -> None:
    asked = [_outcome(0.9, True), _outcome(0.2, False)]
    figure = mean("share", [1.0, 0.0])
    drawn = draw(
        tmp_path,
        points=risk_coverage(asked),
        readings=[Reading(8, figure, figure, 40.0)],
        bins=reliability_of(asked),
        served=risk_coverage(asked, [0.6])[0],
    )
    assert "reliability.png" in [path.name for path in drawn]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_a_part_is_written_beside_the_others_and_compared_afterwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps({"dev": {}}))
    parser = argparse.ArgumentParser()
    add_options(parser)
    write = parser.parse_args(["--baseline", str(file), "--write-baseline"])
    report("wikiqa", [Figure("MAP", 0.5, 0.4, 0.6, 9)], write, is_whole=True)
    assert sorted(read_baseline(file)) == ["dev", "wikiqa"]
    capsys.readouterr()
    read = parser.parse_args(["--baseline", str(file)])
    report("wikiqa", [Figure("MAP", 0.7, 0.6, 0.8, 9)], read, is_whole=True)
    report("wikiqa", [Figure("MAP", 0.7, 0.6, 0.8, 3)], read, is_whole=False)
    whole, part = capsys.readouterr().out.splitlines()
    assert whole.endswith("+0.200, outside its interval")
    assert part.endswith("n=3")


def test_a_target_is_reached_missed_or_missed_within_the_interval() -> None:
    measured_, off_topic = TARGETS[0], TARGETS[2]
    assert measured_.reached(Figure("", 0.85, 0.8, 0.9, 1)) == "yes"
    assert measured_.reached(Figure("", 0.84, 0.8, 0.9, 1)) == "no, but within the interval"
    assert measured_.reached(Figure("", 0.70, 0.6, 0.8, 1)) == "no"
    assert off_topic.reached(Figure("", 0.10, 0.05, 0.2, 1)) == "yes"
    assert off_topic.reached(Figure("", 0.12, 0.09, 0.2, 1)) == "no, but within the interval"
    assert off_topic.reached(Figure("", 0.20, 0.15, 0.3, 1)) == "no"


def test_what_is_not_in_the_baseline_is_named_with_its_command() -> None:
    table = "\n".join(rows({}))
    assert "not in the baseline: `python -m tests.evaluation.run --split people" in table
    assert "--parts wikiqa --write-baseline`" in table


def test_the_readme_holds_the_targets_beside_the_figures_of_the_baseline() -> None:
    table = "\n".join(rows(read_baseline(BASELINE)))
    page = README.read_text("utf-8")
    assert table in page, "run `python -m tests.evaluation.targets --write`"


def test_questions_are_alike_by_their_words_and_not_by_their_case() -> None:
    found = alike(["Exosomes FDA status", "what is prp"], ["exosomes fda status?", "minoxidil"])
    assert found == [("Exosomes FDA status", "exosomes fda status?")]
    assert alike(["what is prp"], []) == []
