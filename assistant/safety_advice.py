"""Which sentences tell warning signs or when to call a doctor: the table `safety_advice.yaml`."""

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.balance import Pattern
from assistant.tables import read_table


class AdviceRow(BaseModel):
    """`written` matches a way of giving such advice, and `example`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written: Pattern
    example: str = Field(min_length=2)


class SafetyAdvice(BaseModel):
    """The table `safety_advice.yaml`; its comments say what it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: tuple[AdviceRow, ...] = Field(min_length=1)

    @classmethod
    def shipped(cls) -> "SafetyAdvice":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("safety_advice.yaml", cls)

    @cached_property
    def _written(self) -> re.Pattern[str]:
        return re.compile("|".join(row.written for row in self.rows))

    def is_given_in(self, text: str) -> bool:
        """Whether `text` gives such advice."""
        return bool(self._written.search(text.lower()))
