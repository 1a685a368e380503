"""Words that no document holds, put right where they are nearly a word that people ask about."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from corpus.document import Document

_WORD = re.compile(r"[A-Za-z]{4,}")
_LONG = 8


class Spelling:
    """Corrects towards the words of `phrases`; the words of `documents` are right. Thread-safe."""

    def __init__(self, phrases: Iterable[str], documents: Iterable[Document]) -> None:
        found = _words(phrases)
        self._known = found | _words(f"{d.title} {d.text}" for d in documents)
        self._words = tuple(sorted(found))

    def corrected(self, query: str) -> str:
        """`query` with its unknown words replaced by the one closest word, where there is one.

        A word of four to seven letters may have one error, a longer one two: a letter missing, too
        many, wrong, or two swapped (optimal string alignment). Where two words are equally close
        nothing is replaced.
        """

        def right(match: re.Match[str]) -> str:
            word = match.group()
            if word.lower() in self._known:
                return word
            return self._closest(word.lower()) or word

        return _WORD.sub(right, query)

    def _closest(self, word: str) -> str | None:
        most = 2 if len(word) >= _LONG else 1
        near = [
            (distance, other)
            for other in self._words
            if (distance := OSA.distance(word, other, score_cutoff=most)) <= most
        ]
        least = min((distance for distance, _ in near), default=0)
        best = [other for distance, other in near if distance == least]
        return best[0] if len(best) == 1 else None


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
