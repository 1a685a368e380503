"""BM25 postings, and how much of a query's weight a text holds.

Words are lower-cased, stop words dropped, the rest stemmed (Snowball English). A word of a query
that no document holds is put right to a word one or two letters off, where there is one.
"""

import errno
import json
import logging
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP_WORDS = frozenset(
    """
    a an and are as at be been but by can could did do does for from had has have how i if in
    into is it its me my no not of on or our should so than that the their them there these
    they this to us was we were what when where which who why will with would you your
    about after all also am any because being between both during each get gets got he her
    here him his just like made make more most much must need other out over please really
    she some such tell then through too very want while
    """.split()  # noqa: SIM905 (a table of words reads better)
)
_STEMMER = Stemmer.Stemmer("english")
# Stands for a text without a term; no query holds it, because it is no word.
_NO_TERM = "\N{EMPTY SET}"
# It logs at level DEBUG whatever the root logger says.
logging.getLogger("bm25s").setLevel(logging.WARNING)


class LexicalIndex:
    """BM25 (Lucene's variant) over texts, numbered from 0 in the order given."""

    def __init__(
        self, bm25: bm25s.BM25, weights: Mapping[str, float], words: Sequence[str]
    ) -> None:
        self._bm25 = bm25
        self._weights = weights
        self._words = words
        self._known = frozenset(words)
        self._highest = max(weights.values(), default=1.0)
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            self._alike[word[0], len(word)].append(word)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "LexicalIndex":
        """An index of `texts`, of which there is at least one."""
        tokens = [terms(words_of(text)) or [_NO_TERM] for text in texts]
        # Numbered here: bm25s numbers terms in the order of a set, which is another in each run.
        numbers = {term: n for n, term in enumerate(sorted({t for text in tokens for t in text}))}
        bm25 = bm25s.BM25(method="lucene")
        bm25.index(([[numbers[t] for t in text] for text in tokens], numbers), show_progress=False)
        frequencies = Counter(term for text in tokens for term in set(text) - {_NO_TERM})
        weights = {
            term: math.log1p((len(texts) - count + 0.5) / (count + 0.5))
            for term, count in sorted(frequencies.items())
        }
        words = sorted({word for text in texts for word in words_of(text)})
        return cls(bm25, weights, words)

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Number and BM25 score of the best texts that share a term with `query`, best first."""
        known = [term for term in self.query_terms(query) if term in self._weights]
        if not known:
            return []
        k = min(k, int(self._bm25.scores["num_docs"]))
        numbers, scores = self._bm25.retrieve([known], k=k, show_progress=False, n_threads=0)
        return [
            (int(number), float(score))
            for number, score in zip(numbers[0], scores[0], strict=True)
            if score > 0
        ]

    def query_terms(self, query: str) -> tuple[str, ...]:
        """The terms of a query, each once, typing errors put right where that can be done."""
        corrected = [self._corrected(word) for word in words_of(query)]
        return tuple(dict.fromkeys(terms(corrected)))

    def overlaps(self, query: str, texts: Iterable[str]) -> list[float]:
        """For each text, the share in [0, 1] of the query's weight whose terms it holds.

        A term that no text of the index holds weighs as much as the rarest.
        """
        weights = {t: self._weights.get(t, self._highest) for t in self.query_terms(query)}
        total = sum(weights.values())
        if not total:
            return [0.0 for _ in texts]
        return [
            min(1.0, sum(weights[t] for t in weights.keys() & set(terms(words_of(text)))) / total)
            for text in texts
        ]

    def _corrected(self, word: str) -> str:
        if word in self._known or word in _STOP_WORDS or len(word) < 5 or not word.isalpha():
            return word
        return self._nearest(word) or word

    def _nearest(self, word: str) -> str | None:
        most = 1 if len(word) < 8 else 2
        lengths = range(len(word) - most, len(word) + most + 1)
        candidates = [w for length in lengths for w in self._alike.get((word[0], length), ())]
        found = process.extractOne(
            word, candidates, scorer=DamerauLevenshtein.distance, score_cutoff=most
        )
        return str(found[0]) if found else None

    def save(self, folder: Path) -> None:
        """Writes `folder`; no pickle, so that loading runs no code. Raises OSError."""
        self._bm25.save(str(folder), show_progress=False)
        for path in folder.glob("*.npy"):
            _refuse_short(path)
        words = {"weights": self._weights, "words": self._words}
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Raises OSError, ValueError, KeyError or EOFError for what `save` did not write."""
        bm25 = bm25s.BM25.load(str(folder), mmap=False, allow_pickle=False, show_progress=False)
        words: dict[str, Any] = json.loads((folder / "words.json").read_text("utf-8"))
        return cls(bm25, words["weights"], words["words"])


def _refuse_short(path: Path) -> None:
    """Raises OSError for an array whose last bytes did not fit on the disk: numpy says nothing."""
    try:
        np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise OSError(errno.ENOSPC, "No space left on device", str(path)) from error


def words_of(text: str) -> list[str]:
    """The lower-case words of a text, in order."""
    return [word.replace("’", "'").removesuffix("'s") for word in _WORD.findall(text.lower())]


def terms(words: Sequence[str]) -> list[str]:
    """Stems of the words that are no stop words."""
    return [_stem(word) for word in words if word not in _STOP_WORDS]


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))
