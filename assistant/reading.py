"""How hard words are to read."""

import re
from functools import lru_cache

# textstat takes the point of "28.1%" for the end of a sentence.
_WITHIN_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")


@lru_cache(maxsize=4096)
def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade (years of school in the United States), to one decimal, from 0.

    Kincaid, Fishburne, Rogers and Chissom 1975, with the syllables of the CMU dictionary. The first
    call loads the dictionary (about 0.7 s and 80 MB); after it a sentence takes 0.04 ms.
    """
    import textstat

    words = _WITHIN_NUMBER.sub("", text)
    return max(0.0, round(float(textstat.flesch_kincaid_grade(words)), 1))
