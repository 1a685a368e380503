"""Red flags: which signs of the table `emergencies.yaml` a message reports, and is it urgent?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.safety.frames import Frames, Pattern, Sentence, any_of

# The most words between the parts of a pattern that are joined by "&".
_REACH_WORDS = 14
_URGENT_WEIGHT = 3
# More places than this are not looked at; nobody reports a sign only at its thirteenth mention.
_MOST_SPANS = 12
_LIST = re.compile(r"\{([a-z_]+)\}")


class Sign(BaseModel):
    """A row of `emergencies.yaml`; the comments there say what each field is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str
    weight: int = Field(ge=1, le=3)
    even: frozenset[Literal["planned", "asked", "named"]] = frozenset()
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    urgent: tuple[str, ...] = Field(min_length=1)
    not_urgent: tuple[str, ...] = Field(min_length=1)


class SignTable(BaseModel):
    """The table `emergencies.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: tuple[str, ...]
    lists: Mapping[str, tuple[Pattern, ...]]
    signs: tuple[Sign, ...]
    after_treatment: tuple[Pattern, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> "SignTable":
        names = {sign.name for sign in self.signs}
        for sign in self.signs:
            if sign.kind not in self.kinds:
                raise ValueError(f"the row {sign.name!r} has the kind {sign.kind!r}")
            for name in sign.unless:
                if name not in names:
                    raise ValueError(f"{sign.name!r} gives way to {name!r}, which is no row")
            for name in _LIST.findall(" ".join(sign.patterns)):
                if name not in self.lists:
                    raise ValueError(f"the row {sign.name!r} names the list {name!r}")
        return self


@dataclass(frozen=True, slots=True)
class Found:
    """What a message reports.

    `reported` are the names of the rows that it reports, `weight` is the sum over them, `kind` that
    of the gravest (None for none).
    """

    reported: tuple[str, ...]
    weight: int
    kind: str | None

    @property
    def is_urgent(self) -> bool:
        return self.weight >= _URGENT_WEIGHT


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    sentence: int


class Signs:
    """Finds the signs of a table in plain text; pure."""

    def __init__(self, table: SignTable, frames: Frames) -> None:
        self._table = table
        self._frames = frames
        self._after_treatment = any_of(table.after_treatment)
        self._rows = [
            (sign, [_parts(pattern, table.lists) for pattern in sign.patterns])
            for sign in table.signs
        ]

    def find(self, text: str) -> Found:
        """What `text`, as `Wording` leaves it, reports."""
        text = self._frames.without_figures_of_speech(text)
        page = _Page(text, self._frames.sentences(text))
        reported: list[Sign] = []
        for sign, patterns in self._rows:
            occurrences = (spans for parts in patterns for spans in page.occurrences(parts))
            if any(self._counts(page, spans, sign) for spans in occurrences):
                reported.append(sign)
        names = {sign.name for sign in reported}
        reported = [sign for sign in reported if names.isdisjoint(sign.unless)]
        weight = sum(sign.weight for sign in reported)
        if weight >= 2 and self._after_treatment.search(text):
            weight += 1
        return Found(tuple(sign.name for sign in reported), weight, self._kind(reported))

    def _counts(self, page: "_Page", spans: Sequence[_Span], sign: Sign) -> bool:
        """Whether all of it is reported; of what is only `named` first, all the rest."""
        return all(
            self._frames.reported(
                page.text,
                page.sentences[span.sentence],
                span.start,
                span.end,
                even=sign.even,
            )
            and not self._frames.is_mild(page.text, span.start)
            for span in spans["named" in sign.even :]
        )

    def _kind(self, signs: Sequence[Sign]) -> str | None:
        heaviest = max((sign.weight for sign in signs), default=0)
        kinds = {sign.kind for sign in signs if sign.weight == heaviest}
        return next((kind for kind in self._table.kinds if kind in kinds), None)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A compiled pattern: all parts in one sentence, or anywhere in the message."""

    parts: tuple[re.Pattern[str], ...]
    anywhere: bool


class _Page:
    """One message, and where each part of a pattern was found in it."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self.text = text
        self.sentences = sentences
        self._found: dict[re.Pattern[str], tuple[_Span, ...]] = {}

    def occurrences(self, pattern: _Parts) -> Iterator[tuple[_Span, ...]]:
        """Every choice of one span for each part that stands close enough together."""
        found = []
        for part in pattern.parts:
            spans = self._spans(part)
            if not spans:
                return
            found.append(spans)
        for chosen in product(*found):
            if pattern.anywhere or self._are_close(chosen):
                yield chosen

    def _spans(self, part: re.Pattern[str]) -> tuple[_Span, ...]:
        if part not in self._found:
            self._found[part] = tuple(
                _Span(m.start(), m.end(), self._sentence_at(m.start()))
                for m in islice(part.finditer(self.text), _MOST_SPANS)
            )
        return self._found[part]

    def _sentence_at(self, position: int) -> int:
        return next(i for i, s in enumerate(self.sentences) if position < s.end)

    def _are_close(self, spans: Sequence[_Span]) -> bool:
        if len({span.sentence for span in spans}) > 1:
            return False
        start, end = min(s.start for s in spans), max(s.end for s in spans)
        return self.text.count(" ", start, end) <= _REACH_WORDS


def _parts(pattern: str, lists: Mapping[str, Sequence[str]]) -> _Parts:
    anywhere = " && " in pattern
    parts = pattern.split(" && " if anywhere else " & ")
    return _Parts(tuple(any_of([written_out(part, lists)]) for part in parts), anywhere)


def written_out(part: str, lists: Mapping[str, Sequence[str]]) -> str:
    """`part` with the alternatives of a list in place of each {name}."""
    return _LIST.sub(lambda m: f"(?:{'|'.join(lists[m.group(1)])})", part)
