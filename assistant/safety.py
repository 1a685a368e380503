"""What is decided before anything is searched: emergency, personal advice, scope.

Pure and table-driven: the tables in `assistant/tables/` are data that a clinician can edit; this
module only applies them. The order is fixed: an emergency is never hidden by another rule.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from assistant.tables import read_table


class Route(str, Enum):
    """Where a message goes."""

    EMERGENCY = "emergency"
    PERSONAL_ADVICE = "personal_advice"
    OFF_TOPIC = "off_topic"
    EMPTY = "empty_question"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A route, and the names of the table rows that led there.

    `urgency` is the kind of emergency, a key of `assistant.disclaimer.URGENT`; it is None on every
    other route.
    """

    route: Route
    rows: tuple[str, ...] = ()
    urgency: str | None = None

    def __post_init__(self) -> None:
        if (self.route is Route.EMERGENCY) != (self.urgency is not None):
            raise ValueError("an emergency, and nothing else, has an urgency")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sign(_Form):
    """A row of `emergencies.yaml`; the comments there say what each field is for."""

    name: str
    kind: str = Field(pattern="^(medical|poisoning|crisis|pregnancy)$")
    weight: int = Field(ge=1, le=2)
    patterns: tuple[str, ...] = Field(min_length=1)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return _compiled(self.patterns)


class EmergencyTable(_Form):
    """The table `emergencies.yaml`."""

    signs: tuple[Sign, ...]
    after_treatment: tuple[str, ...]
    mild_alone: frozenset[str]
    negations: tuple[str, ...]
    information: tuple[str, ...]
    own_case: tuple[str, ...]
    past: tuple[str, ...]
    figures_of_speech: tuple[str, ...]
    spelling: tuple[str, ...]


class PatternRow(_Form):
    """A named pattern."""

    name: str
    pattern: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class PersonalTable(_Form):
    """The table `personal.yaml`."""

    patterns: tuple[PatternRow, ...]
    not_personal: tuple[PatternRow, ...]


class ScopeTable(_Form):
    """The table `scope.yaml`."""

    about_hair: tuple[str, ...]
    off_topic: tuple[PatternRow, ...]
    minimum_characters: int = Field(ge=1)


class SafetyGate:
    """Routes a message by the three tables."""

    def __init__(
        self, emergencies: EmergencyTable, personal: PersonalTable, scope: ScopeTable
    ) -> None:
        self._emergencies = emergencies
        self._personal = personal
        self._scope = scope

    @classmethod
    def shipped(cls) -> "SafetyGate":
        """The gate with the tables of this package; raises TablesInvalid when one is malformed."""
        return cls(
            read_table("emergencies.yaml", EmergencyTable),
            read_table("personal.yaml", PersonalTable),
            read_table("scope.yaml", ScopeTable),
        )

    def assess(self, message: str) -> Assessment:
        """The route of one message; deterministic, and without looking at any document."""
        text = _plain(message)
        if sum(character.isalnum() for character in text) < self._scope.minimum_characters:
            return Assessment(Route.EMPTY)
        return (
            self._emergency(text)
            or self._first(Route.PERSONAL_ADVICE, self._personal_rows(text))
            or self._first(Route.OFF_TOPIC, self._off_topic_rows(text))
            or Assessment(Route.SEARCH)
        )

    def _emergency(self, text: str) -> Assessment | None:
        table = self._emergencies
        text = _correct_spelling(text, table.spelling)
        text = _compiled(table.figures_of_speech).sub(" ", text)
        # Clauses about what is over are left out; the rest of the message still counts.
        clauses = [c for c in re.split(r"[.;!?\n]+|, ", text) if not _search(table.past, c)]
        told = " , ".join(clauses)
        own_case = _search(table.own_case, told)
        if _search(table.information, text.strip()) and not own_case:
            return None
        found = [sign for sign in table.signs if self._reports(sign, told)]
        strong = [sign for sign in found if sign.weight == 2]
        if strong:
            return _urgent(strong)
        weak = found
        alone_is_mild = all(sign.name in table.mild_alone for sign in weak)
        if len(weak) >= 2 and not alone_is_mild:
            return _urgent(weak)
        if weak and not alone_is_mild and _search(table.after_treatment, told):
            return _urgent(weak)
        return None

    def _reports(self, sign: Sign, text: str) -> bool:
        return any(
            not self._is_denied(text[: match.start()]) for match in sign.compiled.finditer(text)
        )

    def _is_denied(self, before: str) -> bool:
        words = before.rsplit(",", 1)[-1].split()[-3:]
        return bool(_search(self._emergencies.negations, " ".join(words)))

    def _personal_rows(self, text: str) -> Iterable[str]:
        if any(row.compiled.search(text) for row in self._personal.not_personal):
            return ()
        return (row.name for row in self._personal.patterns if row.compiled.search(text))

    def _off_topic_rows(self, text: str) -> Iterable[str]:
        rows = [row.name for row in self._scope.off_topic if row.compiled.search(text)]
        if rows and _search(self._scope.about_hair, text) and rows == ["everyday"]:
            return ()
        return rows

    @staticmethod
    def _first(route: Route, rows: Iterable[str]) -> Assessment | None:
        names = tuple(rows)
        return Assessment(route, names) if names else None


# The kind that speaks when signs of several kinds are reported: the one that cannot wait.
_KIND_ORDER = ("crisis", "medical", "poisoning", "pregnancy")


def _urgent(signs: list[Sign]) -> Assessment:
    kind = min((sign.kind for sign in signs), key=_KIND_ORDER.index)
    return Assessment(Route.EMERGENCY, tuple(sign.name for sign in signs), kind)


def _plain(message: str) -> str:
    """Lower case, compatibility forms folded, straight apostrophes, single spaces."""
    text = unicodedata.normalize("NFKC", message).lower()
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    gap = r"(?:[\\w'-]+[ ,/&]+){0,6}"
    wide = r"(?:[\\w'-]+[ ,.;/&]+){0,12}"
    expanded = (re.sub("~", gap, re.sub("~~", wide, pattern)) for pattern in patterns)
    return re.compile("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in expanded))


def _search(patterns: tuple[str, ...], text: str) -> re.Match[str] | None:
    return _compiled(patterns).search(text)


_LETTERS = re.compile(r"[a-z]{5,}")


def _correct_spelling(text: str, known: tuple[str, ...]) -> str:
    """`text` with long words that are one or two letters off a known word put right."""

    def correct(match: re.Match[str]) -> str:
        word = match.group()
        if word in known:
            return word
        most = 1 if len(word) < 8 else 2
        found = process.extractOne(
            word, known, scorer=DamerauLevenshtein.distance, score_cutoff=most
        )
        same_start = found is not None and found[0][0] == word[0]
        return found[0] if found is not None and same_start and word + "s" != found[0] else word

    return _LETTERS.sub(correct, text)
