"""A question without its lean: asking for proof and for disproof search the same words."""

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import Pattern, read_table


class Lean(BaseModel):
    """`pattern` matches words that lean; `neutral` is searched in their place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: Pattern
    neutral: str = Field(min_length=2)


class Framing(BaseModel):
    """The table `framing.yaml`; its comments say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: Pattern
    leans: tuple[Lean, ...]

    @classmethod
    def shipped(cls) -> "Framing":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("framing.yaml", cls)

    @cached_property
    def _opening(self) -> re.Pattern[str]:
        return re.compile(self.opens, re.IGNORECASE)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(x.pattern, re.IGNORECASE), x.neutral) for x in self.leans)

    def neutral(self, query: str) -> str:
        """`query` without its lean; unchanged where it has none or is no yes-or-no question."""
        straight = query.replace("’", "'")
        if not self._opening.match(straight):
            return query
        words = straight
        for pattern, neutral in self._patterns:
            words = pattern.sub(neutral, words)
        return query if words == straight else words[:1].upper() + words[1:]
