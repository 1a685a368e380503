import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import decode, normalise, one_line


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert unicodedata.is_normalized("NFC", normalise(text))


@given(st.text())
def test_one_line_has_single_spaces_and_no_line_break(text: str) -> None:
    line = one_line(text)
    assert line == line.strip()
    assert "\n" not in line
    assert "  " not in line


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("soft\u00adhyphen", "softhyphen"),
        ("no\u00a0break\u2009thin", "no break thin"),
        ("bidi \u202eoverride\u202c", "bidi override"),
        ("nul\x00 bell\x07", "nul bell"),
        ("cafe\u0301", "caf\u00e9"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
        ("trailing   \nnext", "trailing\nnext"),
    ],
)
def test_what_is_removed_and_what_stays(found: str, expected: str) -> None:
    assert normalise(found) == expected


def test_files_are_read_as_utf_8_or_with_a_byte_order_mark_and_never_guessed() -> None:
    assert decode("é".encode()) == "é"
    assert decode("é".encode("utf-8-sig")) == "é"
    assert decode("é".encode("utf-16")) == "é"
    with pytest.raises(UnicodeDecodeError):
        decode("é".encode("latin-1"))
