"""Every row of `frames.yaml` against its own examples.

A row that alone in its list changes how its example is read has found it, and does its work.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from assistant.errors import TablesInvalid
from assistant.safety.frames import Cue, Frames, FrameTable, any_of
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

TABLE = read_table("frames.yaml", FrameTable)
FRAMES = Frames(TABLE)
WORDING = Wording(read_table("spelling.yaml", SpellingTable))

# Lists by what a row does to the sign of its example: it no longer counts, or counts after all.
HIDING = (
    *("denials", "gone", "over", "supposed", "feared", "planned"),
    *("asks", "asks_what", "asks_anywhere", "read_about", "not_own", "mild"),
)
REVEALING = ("not_denials", "denial_ends", "present", "present_tense", "own")


def _plain(message: str) -> str:
    return WORDING.corrected(WORDING.plain(message))


def _examples(*lists: str) -> list[tuple[str, Cue, str]]:
    return [
        (name, cue, text) for name in lists for cue in getattr(TABLE, name) for text in cue.examples
    ]


def _with(name: str, cues: Iterable[Cue]) -> Frames:
    """The shipped table with `cues` alone in its list `name`."""
    return Frames(TABLE.model_copy(update={name: tuple(cues)}))


def _unmarked(example: str) -> tuple[str, int, int]:
    """The plain text of `example`, and where what it marks starts and ends."""
    before, marked, after = re.split("[<>]", _plain(example))
    return before + marked + after, len(before), len(before) + len(marked)


def _counts(frames: Frames, example: str) -> bool:
    """Whether the sign that `example` marks is reported, and not as mild."""
    text, start, end = _unmarked(example)
    sentence = next(s for s in frames.sentences(text) if s.start <= start < s.end)
    return frames.reported(text, sentence, start, end) and not frames.is_mild(text, start)


def test_every_list_is_tested() -> None:
    assert {*HIDING, *REVEALING, "figures_of_speech", "clause_ends"} == {*FrameTable.model_fields}


@pytest.mark.parametrize(("name", "cue", "example"), _examples("figures_of_speech"))
def test_a_figure_of_speech_is_taken_out(name: str, cue: Cue, example: str) -> None:
    text, start, end = _unmarked(example)
    assert _with(name, [cue]).without_figures_of_speech(text) == (
        f"{text[:start]}figuratively{text[end:]}"
    )
    assert text[start:end] not in FRAMES.without_figures_of_speech(text)


@pytest.mark.parametrize("message", [m for cue in TABLE.figures_of_speech for m in cue.spares])
def test_a_plain_report_is_no_figure_of_speech(message: str) -> None:
    assert FRAMES.without_figures_of_speech(_plain(message)) == _plain(message)


@pytest.mark.parametrize(("name", "cue", "example"), _examples(*HIDING))
def test_a_sign_counts_no_more_by_a_row_alone(name: str, cue: Cue, example: str) -> None:
    assert _counts(_with(name, []), example)
    assert not _counts(_with(name, [cue]), example)
    assert not _counts(FRAMES, example)


@pytest.mark.parametrize(("name", "cue", "example"), _examples(*REVEALING))
def test_a_sign_counts_after_all_by_a_row_alone(name: str, cue: Cue, example: str) -> None:
    assert not _counts(_with(name, []), example)
    assert _counts(_with(name, [cue]), example)
    assert _counts(FRAMES, example)


@pytest.mark.parametrize(("name", "cue", "example"), _examples("clause_ends"))
def test_a_word_that_opens_a_clause_cuts_off_what_is_told_on_its_other_side(
    name: str, cue: Cue, example: str
) -> None:
    text = _unmarked(example)[0]
    (sentence,) = FRAMES.sentences(text)
    assert any_of([cue.pattern]).match(text, sentence.clauses[-1])
    assert _counts(_with(name, [cue]), example) != _counts(_with(name, []), example)
    assert _counts(_with(name, [cue]), example) == _counts(FRAMES, example)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"pattern": "no"}, r"denials\.0\.examples: Field required"),
        ({"pattern": "no", "examples": []}, r"denials\.0\.examples: .* at least 1 item"),
        ({"pattern": "no", "examples": ["no fever"]}, r"must mark one place in <angle brackets>"),
        ({"pattern": "no", "examples": ["no <pus> or <fever>"]}, r"must mark one place"),
        ({"pattern": "(no", "examples": ["no <fever>"]}, r"no regular expression"),
        ("no", r"denials\.0: "),
    ],
)
def test_a_row_without_an_example_that_marks_its_place_is_refused(
    row: object, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = TABLE.model_dump() | {"denials": [row]}
    (tmp_path / "frames.yaml").write_text(json.dumps(content))
    monkeypatch.setattr("assistant.tables._FOLDER", tmp_path)
    with pytest.raises(TablesInvalid, match=rf"frames\.yaml: .*{told}"):
        read_table("frames.yaml", FrameTable)
