"""A message as people write it -> the plain text that the tables' patterns are written for."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from pydantic import BaseModel, ConfigDict
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_REPEATED = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"[a-z]+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})


class SpellingTable(BaseModel):
    """The table `spelling.yaml`: contractions, known misspellings, and words to correct towards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phrases: Mapping[str, str]
    words: Mapping[str, str]
    known: frozenset[str]
    never: frozenset[str]


class Wording:
    """Normalises messages by a spelling table; pure, and safe to share between threads."""

    def __init__(self, table: SpellingTable) -> None:
        phrases = sorted(table.phrases, key=len, reverse=True)
        self._table = table
        self._phrases = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")
        self._known = tuple(sorted(table.known))
        self._corrected = lru_cache(maxsize=4096)(self._correct)

    def plain(self, message: str) -> str:
        """Lower case, compatibility forms folded, contractions written out, single spaces.

        "I can’t" becomes "i can not", "soooo" "soo"; line breaks become full stops.
        """
        text = unicodedata.normalize("NFKC", message).lower().translate(_APOSTROPHES)
        text = re.sub(r"\s*[\r\n]+\s*", " . ", text)
        text = "".join(c if c.isprintable() else " " for c in text)
        text = _REPEATED.sub(r"\1\1", text)
        text = self._phrases.sub(lambda match: self._table.phrases[match.group()], text)
        return " ".join(text.split())

    def corrected(self, plain: str) -> str:
        """`plain` with misspelt words of the table put right."""
        return _WORD.sub(lambda match: self._corrected(match.group()), plain)

    def _correct(self, word: str) -> str:
        table = self._table
        if word in table.words:
            return table.words[word]
        if len(word) < 5 or word in table.known or word in table.never:
            return word
        best = process.extractOne(
            word,
            self._known,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=1 if len(word) < 8 else 2,
        )
        if best is None or best[0][0] != word[0] or word + "s" == best[0]:
            return word
        return best[0]
