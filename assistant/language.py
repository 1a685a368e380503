"""Whether a message is written in a language that no document is written in."""

from collections.abc import Iterable
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Of the 43,323 questions of the evaluation, many misspelt, 3 are then taken for another language
# (tests/assistant/test_language.py). Misspelt English looks like Nigerian Pidgin, names of drugs
# look like Latin.
_FROM = 0.55
_FEWEST_WORDS = 4
_AS_GOOD_AS_ENGLISH = frozenset({"en", "pcm", "la"})


class Languages:
    """The languages that can be answered in. Thread-safe: nothing of a message is kept."""

    def __init__(self, read: Iterable[str]) -> None:
        """`read` are the language tags of documents; English is always read."""
        self._read = _AS_GOOD_AS_ENGLISH | {tag.partition("-")[0].lower() for tag in read}

    def foreign(self, message: str) -> str | None:
        """The language of `message` (ISO 639) if it is surely none of them.

        Of few words in Latin letters that is never sure.
        """
        if len(message.split()) < _FEWEST_WORDS and not _is_of_other_letters(message):
            return None
        language, probability = _identifier().classify(message)
        sure = language not in self._read and float(probability) >= _FROM
        return str(language) if sure else None


def _is_of_other_letters(message: str) -> bool:
    letters = [letter for letter in message if letter.isalpha()]
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
