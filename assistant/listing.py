"""Which questions a list answers: the table `lists.yaml`."""

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import Pattern, read_table

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


class ListRow(BaseModel):
    """`written` matches a way of asking, and `example`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    written: Pattern
    example: str = Field(min_length=2)


class ListQuestions(BaseModel):
    """The table `lists.yaml`; its comments say what each part is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    things: Pattern
    rows: tuple[ListRow, ...] = Field(min_length=1)
    not_lists: tuple[ListRow, ...] = Field(min_length=1)

    @classmethod
    def shipped(cls) -> "ListQuestions":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("lists.yaml", cls)

    def written(self, row: ListRow) -> str:
        """The pattern of `row`, with what comes in lists in its place."""
        return row.written.replace("{things}", self.things)

    @cached_property
    def _asking(self) -> re.Pattern[str]:
        return re.compile("|".join(map(self.written, self.rows)))

    @cached_property
    def _not_asking(self) -> re.Pattern[str]:
        return re.compile("|".join(map(self.written, self.not_lists)))

    def asked_in(self, query: str) -> bool:
        """Whether some sentence of `query` asks for a list."""
        words = " ".join(query.lower().replace("’", "'").split())
        return any(
            self._asking.search(sentence) and not self._not_asking.search(sentence)
            for sentence in _SENTENCE_END.split(words)
        )
