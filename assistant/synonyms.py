"""What people call a thing, and what the documents call it."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import read_table

_COMPARES = re.compile(
    r"\b(?:vs|versus|than|differ\w*|compar\w*|better|worse|best|stronger)\b", re.IGNORECASE
)


class Synonym(BaseModel):
    """`written` is how people write it, `means` what the documents call it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written: tuple[str, ...] = Field(min_length=1)
    means: str = Field(min_length=2)


class Synonyms(BaseModel):
    """The table `synonyms.yaml`; its comments say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    synonyms: tuple[Synonym, ...] = ()
    kept: tuple[str, ...] = ()
    brands: Mapping[str, str] = {}
    misspellings: Mapping[str, str] = {}
    misspelt_first: Mapping[str, str] = {}

    @classmethod
    def shipped(cls) -> "Synonyms":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("synonyms.yaml", cls)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words, in lower case, of all that the table knows how to read."""
        phrases = (*self._meanings, *self.brands, *self.misspellings, *self.misspelt_first)
        return frozenset(word for phrase in phrases for word in re.findall(r"\w+", phrase.lower()))

    @cached_property
    def _meanings(self) -> Mapping[str, str]:
        return {written.lower(): row.means for row in self.synonyms for written in row.written}

    @cached_property
    def _written(self) -> re.Pattern[str]:
        return _whole_words((*self._meanings, *self.kept))

    @cached_property
    def _brands(self) -> re.Pattern[str]:
        return _whole_words(tuple(self.brands))

    @cached_property
    def _misspelt(self) -> re.Pattern[str]:
        return _whole_words(tuple(self.misspellings))

    @cached_property
    def _misspelt_first(self) -> re.Pattern[str]:
        words = "|".join(map(re.escape, self.misspelt_first))
        return re.compile(
            rf"^(?:{words})(?= (?!(?:of|for|and|or|in|per|is)\b)[a-z])", re.IGNORECASE
        )

    def right(self, query: str) -> str:
        """`query` with the misspellings of the table put right."""
        if self.misspelt_first:
            query = self._misspelt_first.sub(
                lambda m: self.misspelt_first[m.group().lower()], query
            )
        if self.misspellings:
            query = self._misspelt.sub(lambda m: self.misspellings[m.group().lower()], query)
        return query

    def with_substances(self, query: str) -> str:
        """`query` with what a brand stands for before it: "semaglutide (Ozempic)".

        What two names stand for says nothing of how they differ, so where they are compared they
        stay as they are.
        """
        if not self.brands:
            return query
        named = {brand.lower() for brand in self._brands.findall(query)}
        times = Counter(self.brands[brand] for brand in named)
        compares = bool(_COMPARES.search(query))

        def both(match: re.Match[str]) -> str:
            brand = match.group()
            substance = self.brands[brand.lower()]
            is_compared = compares and times[substance] > 1
            is_named = _whole_words((substance,)).search(query)
            return brand if is_compared or is_named else f"{substance} ({brand})"

        return self._brands.sub(both, query)

    def in_documents_words(self, query: str) -> str:
        """`query` with what the documents call a thing in place of what people call it."""
        if not self.synonyms:
            return query
        return self._written.sub(lambda m: self._meanings.get(m.group().lower(), m.group()), query)


def _whole_words(phrases: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ordered))})(?![\w-])", re.IGNORECASE)
