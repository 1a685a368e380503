"""Tables of named patterns: personal advice and scope."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from assistant.safety.frames import Pattern, any_of
from assistant.safety.signs import written_out


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonalRow(_Form):
    """Patterns, with examples that they must and must not make personal."""

    name: str
    even_off_topic: bool = False
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    personal: tuple[str, ...] = Field(min_length=1)
    general: tuple[str, ...] = Field(min_length=1)


class PersonalTable(_Form):
    """The table `personal.yaml`; the comments there say how it is read."""

    lists: Mapping[str, tuple[Pattern, ...]]
    patterns: tuple[PersonalRow, ...]
    not_personal: tuple[PersonalRow, ...]


class ScopeRow(_Form):
    """Patterns, with examples that they must and must not find off topic."""

    name: str
    even_about_hair: bool = False
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    off_topic: tuple[str, ...] = Field(min_length=1)
    on_topic: tuple[str, ...] = Field(min_length=1)


class ScopeTable(_Form):
    """The table `scope.yaml`; the comments there say how it is read."""

    about_hair: tuple[Pattern, ...]
    off_topic: tuple[ScopeRow, ...]
    minimum_characters: int = Field(ge=1)


class PersonalAdvice:
    """Finds what only a professional can decide."""

    def __init__(self, table: PersonalTable) -> None:
        self._rows = _compiled(table.patterns, table.lists)
        self._not_personal = _compiled(table.not_personal, table.lists)

    def rows(self, text: str, *, in_doubt: bool = False) -> tuple[str, ...]:
        """The names of the rows that find plain `text` personal.

        Those of a message that seems off topic, or general as a whole, are `in_doubt`.
        """
        if any(pattern.search(text) for _, pattern in self._not_personal):
            return ()
        return tuple(
            row.name
            for row, pattern in self._rows
            if (row.even_off_topic or not in_doubt) and pattern.search(text)
        )


class Scope:
    """Tells what is no question about hair loss."""

    def __init__(self, table: ScopeTable) -> None:
        self._about_hair = any_of(table.about_hair)
        self._rows = [(row, any_of(row.patterns)) for row in table.off_topic]
        self._minimum_characters = table.minimum_characters

    def is_empty(self, text: str) -> bool:
        """Whether plain `text` has too few letters and digits to mean anything."""
        return sum(character.isalnum() for character in text) < self._minimum_characters

    def is_about_hair(self, text: str) -> bool:
        """Whether plain `text` names hair loss, a treatment or what belongs to them."""
        return self._about_hair.search(text) is not None

    def rows(self, text: str) -> tuple[str, ...]:
        """The names of the rows that find plain `text` off topic."""
        about_hair = self.is_about_hair(text)
        return tuple(
            row.name
            for row, pattern in self._rows
            if (row.even_about_hair or not about_hair) and pattern.search(text)
        )


def _compiled(
    rows: Sequence[PersonalRow], lists: Mapping[str, Sequence[str]]
) -> list[tuple[PersonalRow, re.Pattern[str]]]:
    return [(row, any_of(written_out(pattern, lists) for pattern in row.patterns)) for row in rows]
