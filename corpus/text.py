"""The one normalisation, applied before any offset exists.

After it the words are never changed again: what is indexed, quoted and shown is this text.
"""

import re
import unicodedata

# Removed outright: C0/C1 controls other than tab and newline, the soft hyphen, zero-width
# space and byte-order mark, bidirectional overrides and isolates (they can make a quote read
# differently from its bytes), lone surrogates and noncharacters.
# Zero-width joiner and non-joiner stay: Persian, Hindi and emoji need them.
_REMOVED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\ufeff"
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_HORIZONTAL_SPACE = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SPACE_AT_LINE_END = re.compile(" +(?=\n)| +$")


def normalise(text: str) -> str:
    """`text` in NFC with line feeds, single spaces and no invisible control characters.

    Idempotent. Line breaks are kept; spaces before them are not.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _REMOVED.sub("", text)
    text = _HORIZONTAL_SPACE.sub(" ", text)
    text = _SPACE_AT_LINE_END.sub("", text)
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Normalised `text` with every run of white space, line breaks included, as one space."""
    return " ".join(normalise(text).split())


def decode(data: bytes) -> str:
    """The characters of a text file: UTF-8 or UTF-16 with a byte-order mark, else UTF-8.

    Raises UnicodeDecodeError when the bytes are none of these; nothing is guessed, because a
    wrong guess would change quoted words.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")
