"""What a visitor is told in an emergency, by its kind: the table `urgent.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, model_validator

from assistant.tables import read_table

_CALL = "{call}"


class UrgentTable(BaseModel):
    """The table `urgent.yaml`; the comments there say what must hold of every message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    call: str
    messages: Mapping[str, str]

    @model_validator(mode="after")
    def _only_known_places(self) -> "UrgentTable":
        for kind, message in self.messages.items():
            if "{" in message.replace(_CALL, ""):
                raise ValueError(f"the message {kind!r} holds a brace that is not {_CALL}")
        return self


class UrgentMessages(Mapping[str, str]):
    """The messages by kind, read when first looked at; that raises TablesInvalid."""

    @cached_property
    def _messages(self) -> Mapping[str, str]:
        table = read_table("urgent.yaml", UrgentTable)
        return {
            kind: message.strip().replace(_CALL, table.call.strip())
            for kind, message in table.messages.items()
        }

    def __getitem__(self, kind: str) -> str:
        return self._messages[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)
