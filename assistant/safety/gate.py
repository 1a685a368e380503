"""What is decided before anything is searched: emergency, personal advice, scope.

The order is fixed: an emergency is never hidden by another rule. Two things decide, and either is
enough: the tables in `assistant/tables/`, which a clinician can edit, and a small classifier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.safety.classifier import Classifier, Scores
from assistant.safety.reading import Reader, parts_of
from assistant.safety.rows import PersonalAdvice, PersonalTable, Scope, ScopeTable
from assistant.tables import read_table

CLASSIFIER_ROW = "classifier"
# Beside English the classifier was taught Spanish; the others are close to it.
LEARNT = frozenset({"es", "gl", "ca", "pt", "an"})
# Log odds, first chosen on a fifth of the development examples that the classifier was not fitted
# on (`python -m assistant.training.safety --check`), and moved by the totals of testers' messages
# (SAFETY.md): of 862 emergencies as many are found from 0.25 on as from -0.25.
URGENT_FROM = 0.25
# A part of a long message lacks what stands around it.
URGENT_PART_FROM = 2.0
PERSONAL_FROM = -1.6
# Up to this a row of `personal.yaml` was met by a side remark, in a message that asks in general.
PERSONAL_ROW_FROM = -2.0
# Of 600 everyday requests of CLINC150's training part 430 are then told, and 4 of the 547 questions
# of `dev` that stand alone and are answered; from -1.5 on, 464 and 5 (a scratch script), and a half
# more of the answered questions of `train`.
OFF_TOPIC_FROM = -1.0
# From here on the subject is in doubt, and an answer has to be surer
# (`assistant.answering.Thresholds`). Chosen on CLINC150's training and validation parts and on
# answered questions of `dev` and `train` (a scratch script); of its 600 other requests out of its
# domain 0.003 are answered with it, 0.026 of 900 before (`python -m tests.evaluation.public
# --parts clinc150`).
OFF_TOPIC_IN_DOUBT_FROM = -3.0


class Route(str, Enum):
    """Where a message goes."""

    EMERGENCY = "emergency"
    PERSONAL_ADVICE = "personal_advice"
    OFF_TOPIC = "off_topic"
    EMPTY = "empty_question"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A route, and the names of the table rows that led there ("classifier" for the classifier).

    `urgency` is the kind of emergency, a key of `assistant.disclaimer.URGENT`; it is None on every
    other route. `is_certain` is False where only the subject of the message speaks for a route, so
    that what was asked before may change it. `in_doubt` is whether the message may be about another
    subject than hair loss and its treatments.
    """

    route: Route
    rows: tuple[str, ...] = ()
    urgency: str | None = None
    is_certain: bool = True
    in_doubt: bool = False

    def __post_init__(self) -> None:
        if (self.route is Route.EMERGENCY) != (self.urgency is not None):
            raise ValueError("an emergency, and nothing else, has an urgency")


class SafetyGate:
    """Routes a message; thread-safe."""

    def __init__(
        self,
        *,
        reader: Reader,
        personal: PersonalAdvice,
        scope: Scope,
        classifier: Classifier | None = None,
    ) -> None:
        """Without a `classifier` the tables decide alone."""
        self._reader = reader
        self._personal = personal
        self._scope = scope
        self._classifier = classifier

    @classmethod
    def shipped(cls) -> "SafetyGate":
        """The gate of this package; raises TablesInvalid or ModelInvalid."""
        return cls._of(Classifier.shipped())

    @classmethod
    def of_tables(cls) -> "SafetyGate":
        """The tables of this package alone; raises TablesInvalid."""
        return cls._of(None)

    @classmethod
    def _of(cls, classifier: Classifier | None) -> "SafetyGate":
        return cls(
            reader=Reader.shipped(),
            personal=PersonalAdvice(read_table("personal.yaml", PersonalTable)),
            scope=Scope(read_table("scope.yaml", ScopeTable)),
            classifier=classifier,
        )

    def assess(self, message: str) -> Assessment:
        """The route of one message; deterministic, and without looking at any document."""
        reading = self._reader.read(message)
        if self._scope.is_empty(reading.text):
            return Assessment(Route.EMPTY)
        if reading.found.is_urgent:
            return _emergency(reading.found.reported, reading.found.kind)
        if self._classifier is None:
            return self._personal_or_scope(reading.text, None)
        scores, *parts = self._classifier.all_scores([message, *parts_of(message)])
        told = max(parts, key=lambda part: part.urgent, default=scores)
        for found, limit in ((scores, URGENT_FROM), (told, URGENT_PART_FROM)):
            if found.urgent > limit:
                return _emergency((CLASSIFIER_ROW, *reading.found.reported), found.kind)
        return self._personal_or_scope(reading.text, scores)

    def assess_follow_up(
        self, question: str, *, subject: str, whole: str, earlier: Sequence[str]
    ) -> Assessment:
        """The route of `question` after others; `earlier` are those that it may be about.

        After the latest of them, or as a `whole` with what it refers to, it can turn into an
        emergency ("I have all of them"), and with its `subject` into personal advice ("should i use
        it"). It is never made harmless by what came before: what may be about an emergency ("is
        that common?") is one. What the question alone only seems to be about counts no more once
        its subject is known.
        """
        asked = self.assess(question)
        if asked.route is Route.EMERGENCY and asked.rows != (CLASSIFIER_ROW,):
            return asked
        told = [f"{before.rstrip(' .!?')}? {question}" for before in earlier[:1]]
        for message in (*told, *([whole] if whole != question else []), *earlier):
            if (found := self.assess(message)).route is Route.EMERGENCY:
                return found
        if asked.route is Route.EMERGENCY:
            return asked
        if subject == question or (asked.route is not Route.SEARCH and asked.is_certain):
            return asked
        meant = self.assess(subject)
        return asked if meant.route in (Route.OFF_TOPIC, Route.EMPTY) else meant

    def _personal_or_scope(self, text: str, scores: Scores | None) -> Assessment:
        about_hair = self._scope.is_about_hair(text)
        off_topic = self._scope.rows(text)
        seems_off_topic = not about_hair and (
            bool(off_topic) or (scores is not None and scores.off_topic > OFF_TOPIC_FROM)
        )
        in_doubt = (
            not about_hair and scores is not None and scores.off_topic > OFF_TOPIC_IN_DOUBT_FROM
        )
        seems_general = scores is not None and scores.personal <= PERSONAL_ROW_FROM
        personal = self._personal.rows(text, in_doubt=seems_off_topic or seems_general)
        if personal:
            return Assessment(Route.PERSONAL_ADVICE, personal, in_doubt=in_doubt)
        if off_topic:
            return Assessment(Route.OFF_TOPIC, off_topic)
        if scores is None:
            return Assessment(Route.SEARCH)
        if scores.personal > max(PERSONAL_FROM, scores.off_topic):
            return Assessment(Route.PERSONAL_ADVICE, (CLASSIFIER_ROW,), in_doubt=in_doubt)
        if scores.off_topic > OFF_TOPIC_FROM and not about_hair:
            return Assessment(Route.OFF_TOPIC, (CLASSIFIER_ROW,), is_certain=False)
        return Assessment(Route.SEARCH, in_doubt=in_doubt)


def _emergency(rows: tuple[str, ...], kind: str | None) -> Assessment:
    return Assessment(Route.EMERGENCY, rows, kind)
