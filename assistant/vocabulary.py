"""What people ask about and how they write it: the table `vocabulary.yaml`."""

import re
from collections.abc import Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import read_table


class Subject(BaseModel):
    """Something people ask about: `term` is carried over, `written` is how people name it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str = Field(min_length=2)
    written: tuple[str, ...] = Field(min_length=1)


class Vocabulary(BaseModel):
    """The table `vocabulary.yaml`; its comments say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subjects: tuple[Subject, ...]
    conditions: frozenset[str]
    names: tuple[str, ...]
    aspects: frozenset[str]
    own_aspects: frozenset[str]
    general: frozenset[str]
    pointed: frozenset[str]
    bare: frozenset[str]
    vague: frozenset[str]
    groups: tuple[str, ...]
    places: frozenset[str]
    more: frozenset[str]
    doubts: frozenset[str]
    openings: tuple[str, ...]
    pointers: frozenset[str]
    switches: tuple[str, ...]

    @classmethod
    def shipped(cls) -> "Vocabulary":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("vocabulary.yaml", cls)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((_whole_words(s.written), s.term) for s in self.subjects)

    @cached_property
    def _switch(self) -> re.Pattern[str]:
        before = r"(?:(?:ok(?:ay)?|actually|anyway|well)[,.]?\s+)?"
        opening = rf"^{before}(?:{_either(self.switches)})\b[\s:;,.!-]*"
        return re.compile(opening, re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return _whole_words(self.names)

    @cached_property
    def _places(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:the )?(?:{_either(tuple(self.places))})\b", re.IGNORECASE)

    @cached_property
    def empty_words(self) -> frozenset[str]:
        """Words that name nothing that a question could be about."""
        return self.aspects | self.general | self.pointed | self.vague | self.pointers | self.places

    @property
    def words(self) -> tuple[str, ...]:
        """Every way in which people write a subject or an aspect."""
        return (*(w for s in self.subjects for w in s.written), *sorted(self.aspects))

    def subjects_in(self, text: str) -> tuple[str, ...]:
        """The terms of the subjects that `text` names, in the order in which it names them.

        "fat stem cells" are no stem cells in general: a name within a longer one is none.
        """
        named = sorted(
            ((m.span(), term) for pattern, term in self._patterns for m in pattern.finditer(text)),
            key=lambda found: (found[0][0], -found[0][1]),
        )
        terms: dict[str, None] = {}
        end = 0
        for span, term in named:
            if span[1] > end:
                terms.setdefault(term)
                end = span[1]
        return tuple(terms)

    def opens_with_subject(self, text: str) -> bool:
        """Whether `text` begins with the name of a subject: "PRP safe", "stem cells work"."""
        return any(pattern.match(text) for pattern, _ in self._patterns)

    def mention(self, term: str) -> re.Pattern[str]:
        """How the subject `term` is written in a text, with the term or a brand in brackets."""
        written = next(s.written for s in self.subjects if s.term == term)
        return re.compile(
            rf"\b(?:{re.escape(term)}|(?:{_either(written)})\b(?: \([^()]*\))?)", re.IGNORECASE
        )

    def moved(self, query: str, place: str) -> str:
        """`query` of `place` instead of the place that it names last, if it names any."""
        *_, last = (None, *self._places.finditer(query))
        if last is None:
            return f"{query} in {place}"
        return f"{query[: last.start()]}{place}{query[last.end() :]}"

    def completes(self, text: str) -> bool:
        """Whether `text` names what needs nothing of the question before."""
        return self._names.search(text) is not None

    def without_subjects(self, text: str) -> str:
        """`text` without the subjects that it names."""
        for pattern, term in self._patterns:
            text = pattern.sub(" ", text.replace(term, " "))
        return text

    def without_switch(self, text: str) -> str | None:
        """`text` without the phrase that begins a new subject; None where there is none."""
        match = self._switch.match(text)
        return text[match.end() :] if match else None


def _either(phrases: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(phrases, key=len, reverse=True)))


def _whole_words(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(phrases)})\b", re.IGNORECASE)
