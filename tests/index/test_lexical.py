"""Words: what is found, how misspelt ones are put right, and how much of a query a text holds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import LexicalIndex, terms, words_of
from tests.index.places import files_end_at

ROOT = Path(__file__).parent.parent.parent
TEXTS = [
    "Finasteride and minoxidil are approved for hair loss.",
    "Exosomes are small bubbles; no agency approved them.",
    "Stem cells in a follicle start each cycle.",
    "Wash the patient's scalp after two days.",
]
INDEX = LexicalIndex.of(TEXTS)


def _found(query: str) -> list[int]:
    return [number for number, _ in INDEX.search(query, 10)]


def test_words_are_lower_cased_without_their_possessives() -> None:
    assert words_of("The Patient’s hair, FDA's 28.1% — naïve_one don't") == [
        *["the", "patient", "hair", "fda", "28", "1", "naïve", "one", "don't"]
    ]


def test_terms_are_stems_without_stop_words() -> None:
    assert terms(words_of("What are the approved follicles?")) == ["approv", "follicl"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Is finasteride approved?", 0),
        ("exosome", 1),
        ("CELL CYCLES", 2),
        ("washing a patient", 3),
        ("minoxidel", 0),
        ("finastride", 0),
        ("folicle", 2),
        ("exosmoes", 1),
    ],
)
def test_a_text_is_found_by_its_words_their_forms_and_their_misspellings(
    query: str, first: int
) -> None:
    assert _found(query)[0] == first


@pytest.mark.parametrize("query", ["", "?", "what is the", "quantum", "hairs5 x1", "🧬", "cel"])
def test_nothing_is_found_by_stop_words_foreign_words_and_short_misspellings(query: str) -> None:
    assert _found(query) == []


def test_the_best_come_first_and_no_more_than_asked() -> None:
    scores = [score for _, score in INDEX.search("approved hair", 10)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0
    assert len(INDEX.search("approved hair", 1)) == 1


def test_a_known_word_is_never_put_right_to_another() -> None:
    index = LexicalIndex.of(["minoxidil tablets", "minoxidil table"])
    assert index.query_terms("table tablets tablte") == ("tabl", "tablet")


def test_overlap_is_the_share_of_the_querys_weight() -> None:
    exact, half, nothing = INDEX.overlaps(
        "follicle cycle", ["a cycle of the follicle", "a follicle", "quantum"]
    )
    assert exact == 1.0
    assert half == pytest.approx(0.5)
    assert nothing == 0.0


def test_a_term_that_no_text_holds_weighs_as_much_as_the_rarest_and_is_not_found() -> None:
    (overlap,) = INDEX.overlaps("follicle quantum", ["a quantum follicle"])
    assert overlap == 1.0
    (overlap,) = INDEX.overlaps("follicle quantum", ["a follicle"])
    assert overlap == pytest.approx(0.5)


@given(st.text(), st.lists(st.text(), max_size=4))
def test_overlaps_lie_between_none_and_all(query: str, texts: list[str]) -> None:
    overlaps = INDEX.overlaps(query, texts)
    assert len(overlaps) == len(texts)
    assert all(0.0 <= overlap <= 1.0 for overlap in overlaps)


@given(st.lists(st.text(), min_size=1, max_size=5), st.text())
def test_any_texts_can_be_indexed_and_any_query_asked(texts: list[str], query: str) -> None:
    index = LexicalIndex.of(texts)
    for number, score in index.search(query, 3):
        assert 0 <= number < len(texts)
        assert score > 0
    for number, text in enumerate(texts):
        if set(terms(words_of(text))) and texts.count(text) == 1:
            assert number in dict(index.search(text, len(texts)))


def test_an_index_is_the_same_after_a_round_trip_to_disk(tmp_path: Path) -> None:
    INDEX.save(tmp_path / "lexical")
    again = LexicalIndex.load(tmp_path / "lexical")
    for query in (*TEXTS, "minoxidel", "quantum", ""):
        assert again.search(query, 10) == INDEX.search(query, 10)
        assert again.overlaps(query, TEXTS) == INDEX.overlaps(query, TEXTS)


def test_the_files_are_the_same_in_every_process(tmp_path: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path; from index.lexical import LexicalIndex; "
        "LexicalIndex.of(json.loads(sys.argv[1])).save(Path(sys.argv[2]))"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, json.dumps(TEXTS), str(tmp_path / seed)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes(), path.name


def test_an_array_whose_last_byte_does_not_fit_on_the_disk_is_told(tmp_path: Path) -> None:
    index = LexicalIndex.of(["hair grows", "hair rests", "hair falls"] * 700)
    index.save(tmp_path / "whole")
    largest = max((tmp_path / "whole").iterdir(), key=lambda path: path.stat().st_size)
    assert largest.suffix == ".npy"
    with files_end_at(largest.stat().st_size - 1), pytest.raises(OSError, match="No space left"):
        index.save(tmp_path / "short")


@pytest.mark.parametrize("name", ["words.json", "vocab.index.json", "data.csc.index.npy"])
def test_a_folder_that_is_not_what_was_saved_is_told(tmp_path: Path, name: str) -> None:
    INDEX.save(tmp_path)
    (tmp_path / name).write_bytes(b"spoilt")
    with pytest.raises((OSError, ValueError, KeyError, EOFError)):
        LexicalIndex.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises((OSError, ValueError, KeyError, EOFError)):
        LexicalIndex.load(tmp_path)
