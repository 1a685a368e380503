"""A question as it is searched, whoever passes it on and however it leans.

Asking for proof and for disproof search the same words, and so do who asks and the desk that passes
it on.
"""

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import Pattern, read_table

# Less is not a question of its own.
_FEWEST_WORDS = 2


class Lean(BaseModel):
    """`pattern` matches words that lean; `neutral` is searched in their place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: Pattern
    neutral: str = Field(min_length=2)


class PassedOnExample(BaseModel):
    """A question as it is passed on, and as it was asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    passed_on: str
    asked: str


class PassedOn(BaseModel):
    """What stands before and after a question that is passed on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: tuple[Pattern, ...] = ()
    closes: tuple[Pattern, ...] = ()
    examples: tuple[PassedOnExample, ...] = ()


class Framing(BaseModel):
    """The table `framing.yaml`; its comments say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: str = ""
    asks: str = ""
    passed_on: PassedOn = PassedOn()
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

    @cached_property
    def _before(self) -> re.Pattern[str] | None:
        return self._any_of(self.passed_on.opens, "^(?:{})")

    @cached_property
    def _after(self) -> re.Pattern[str] | None:
        return self._any_of(self.passed_on.closes, "(?:{})")

    def _any_of(self, patterns: tuple[str, ...], form: str) -> re.Pattern[str] | None:
        written = (p.replace("{who}", self.who).replace("{asks}", self.asks) for p in patterns)
        return re.compile(form.format("|".join(written)), re.IGNORECASE) if patterns else None

    def direct(self, question: str) -> str:
        """`question` as it was asked, where somebody passes it on; else unchanged."""
        if self._before is None or self._after is None:
            return question
        before = self._before.match(question)
        if before is None:
            return question
        asked = self._after.sub("", question[before.end() :]).strip()
        return asked if len(asked.split()) >= _FEWEST_WORDS else question

    def neutral(self, query: str) -> str:
        """`query` without its lean; unchanged where it has none or is no yes-or-no question."""
        straight = query.replace("’", "'")
        if not self._opening.match(straight):
            return query
        words = straight
        for pattern, neutral in self._patterns:
            words = pattern.sub(neutral, words)
        return query if words == straight else words[:1].upper() + words[1:]
