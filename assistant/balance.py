"""Which sentences state a benefit, a limit or a price, and of which treatment: the table
`balance.yaml`.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import Pattern, read_table
from corpus.document import Document, Span

_FIGURE = re.compile(r"\d")
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    "|sixty|seventy|eighty|ninety|(?:a |several |half a )?(?:hundred|thousand|million)s?(?: of)?"
)


_Patterns = Annotated[tuple[Pattern, ...], Field(min_length=1)]


class Treatment(BaseModel):
    """`written` matches every way in which documents name the treatment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=2)
    written: Pattern


class BalanceTable(BaseModel):
    """The table `balance.yaml`; its comments say what each row is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    treatments: tuple[Treatment, ...] = Field(min_length=1)
    sold: str
    benefit: _Patterns
    reassurance: _Patterns
    limit: _Patterns
    setback: _Patterns
    goes_on: _Patterns
    strong_limit: _Patterns
    comparison: Pattern
    turns: Pattern
    scene: _Patterns
    finding: Pattern
    own_scene: Pattern
    says_not_in_people: Pattern
    says_no_comparison: Pattern
    currency: Pattern
    price: Pattern
    asks_price: Pattern
    rule: _Patterns
    rule_words: Pattern
    rule_places: Pattern

    @classmethod
    def shipped(cls) -> "BalanceTable":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("balance.yaml", cls)

    @cached_property
    def _names(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(t.written), t.name) for t in self.treatments)

    @cached_property
    def _joined(self) -> Mapping[str, re.Pattern[str]]:
        rows = {
            "benefit": self.benefit,
            "reassurance": self.reassurance,
            "limit": (*self.limit, *self.setback, *self.strong_limit),
            "setback": self.setback,
            "goes on": self.goes_on,
            "strong": self.strong_limit,
            "rule": self.rule,
            "scene": self.scene,
            "finding": (self.finding,),
            "own scene": (self.own_scene,),
        }
        return {name: re.compile("|".join(patterns)) for name, patterns in rows.items()}

    @cached_property
    def turning(self) -> re.Pattern[str]:
        """Matches the opening of a sentence that changes the one before it."""
        return re.compile(self.turns, re.IGNORECASE)

    @cached_property
    def _asks_price(self) -> re.Pattern[str]:
        return re.compile(self.asks_price)

    @cached_property
    def _amount(self) -> re.Pattern[str]:
        number = rf"(?:\d[\d.,'’\s]*|\b(?:{_NUMBER_WORD})\b)"
        beside = rf"{number}[\s-]{{0,2}}(?:[a-z]+ )?(?:{self.currency})"
        return re.compile(rf"(?:{self.currency})\.?\s?\d|{beside}")

    @cached_property
    def _price(self) -> re.Pattern[str]:
        return re.compile(self.price)

    def asks_price_of(self, query: str) -> bool:
        """Whether `query` asks what something costs."""
        return bool(self._asks_price.search(query.lower()))

    def states_amount(self, text: str) -> bool:
        """Whether `text` gives an amount of money."""
        return bool(self._amount.search(text.lower()))

    def states_price(self, text: str) -> bool:
        """Whether `text` says what something costs."""
        return self.states_amount(text) or bool(self._price.search(text.lower()))

    @cached_property
    def _rule(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return re.compile(self.rule_words), re.compile(self.rule_places)

    def states_rule(self, text: str, *, under: str = "") -> bool:
        """Whether `text` says what a law or an authority allows; it stands `under` these titles."""
        words, places = self._rule
        lowered = text.lower()
        return bool(self._joined["rule"].search(lowered)) or (
            bool(words.search(lowered)) and bool(places.search(f"{lowered} {under.lower()}"))
        )

    def treatments_in(self, text: str) -> frozenset[str]:
        """The names of the treatments that `text` names."""
        words = text.lower()
        return frozenset(name for pattern, name in self._names if pattern.search(words))

    def treatments_of(self, document: Document, span: Span, query: str = "") -> frozenset[str]:
        """Those that the words at `span` name, or else their heading, the title or the query."""
        section = document.section_of(span)
        headings = " ".join(section.path) if section else ""
        texts = (span.of(document.text), headings, document.title, query)
        return next((named for text in texts if (named := self.treatments_in(text))), frozenset())

    def states_limit(self, text: str) -> bool:
        """Whether `text` holds a word of limit or risk that it does not deny or make light of."""
        return bool(self._joined["limit"].search(self._without_reassurance(text)))

    def states_setback(self, text: str) -> bool:
        """Whether `text` tells of an effect that went or of harm that was done."""
        return bool(self._joined["setback"].search(self._without_reassurance(text)))

    def _without_reassurance(self, text: str) -> str:
        return self._joined["reassurance"].sub(" ", text.lower())

    def states_strong_limit(self, text: str) -> bool:
        """Whether `text` says that proof or approval is missing."""
        return bool(self._joined["strong"].search(text.lower()))

    def states_benefit(self, text: str) -> bool:
        """Whether `text` holds a word of benefit and none of limit or risk."""
        return self.states_gain(text) and not self.states_limit(text)

    def states_gain(self, text: str) -> bool:
        """Whether `text` holds a word of benefit, whatever else it says."""
        return bool(self._joined["benefit"].search(text.lower()))

    @cached_property
    def _comparison(self) -> re.Pattern[str]:
        return re.compile(self.comparison)

    def changes(self, text: str, following: str) -> bool:
        """Whether `following`, the next sentence, changes what `text` says: by its opening, as the
        other side of its figure, or as what became of the benefit that it states.
        """
        return (
            bool(self.turning.match(following))
            or self.gives_other_side(text, following)
            or self._takes_back(text, following)
        )

    def may_qualify(self, text: str, following: str) -> bool:
        """Whether `following`, after a benefit that `text` states, may change it: it tells of no
        other benefit and of no other treatment. Words that take a benefit back are without number.
        """
        named, others = self.treatments_in(text), self.treatments_in(following)
        return (
            self.states_gain(text)
            and not (self.states_limit(text) or self.states_gain(following))
            and (not named or others <= named)
        )

    def gives_other_side(self, text: str, following: str) -> bool:
        """Whether `text` gives the figure of a gain, and only `following` that of the others.

        "Of those on the drug 48% regrew hair. On placebo 25% did."
        """
        return (
            self.states_gain(text)
            and all(map(_FIGURE.search, (text, following)))
            and not self._comparison.search(text.lower())
            and bool(self._comparison.search(following.lower()))
        )

    def _takes_back(self, text: str, following: str) -> bool:
        """Whether `following` limits the good that `text` states, and names no other treatment.

        What is limited already is taken back only by a setback that goes on with it.
        """
        named, others = self.treatments_in(text), self.treatments_in(following)
        if not (self.states_gain(text) or self._reassures(text)) or (named and not others <= named):
            return False
        goes_on = bool(self._joined["goes on"].search(following.lower()))
        if self.states_limit(text):
            return goes_on and self.states_setback(following)
        tells_of_whom = not self.states_gain(following) and self.sets_scene(following, text)
        return self.states_limit(following) or goes_on or tells_of_whom

    def _reassures(self, text: str) -> bool:
        return bool(self._joined["reassurance"].search(text.lower()))

    def sets_scene(self, told: str, text: str) -> bool:
        """Whether `told` says in whom or what was found what `text` tells without saying it."""
        words = text.lower()
        return (
            self.says_in_whom(told)
            and not self._joined["own scene"].search(words)
            and bool(
                _FIGURE.search(words)
                or self._joined["finding"].search(words)
                or self.states_gain(text)
            )
        )

    def says_in_whom(self, text: str) -> bool:
        """Whether `text` says in which people, in which animals or in what dish it was tried."""
        return bool(self._joined["scene"].search(text.lower()))
