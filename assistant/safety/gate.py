"""What is decided before anything is searched: emergency, personal advice, scope.

The order is fixed: an emergency is never hidden by another rule. Two things decide, and either is
enough: the tables in `assistant/tables/`, which a clinician can edit, and a small classifier on the
embedding of the message. Without an embedding, or with another embedder than the classifier was
trained on, the tables decide alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from assistant.safety.classifier import Classifier, Scores, Vector
from assistant.safety.reading import Reader, Reading, asking_sentence, parts_of
from assistant.safety.rows import PersonalAdvice, PersonalTable, Scope, ScopeTable
from assistant.tables import read_table

Embed = Callable[[str], Vector]

CLASSIFIER_ROW = "classifier"
# Chosen on the development examples, cross-validated (`python -m assistant.training.safety
# --check`); for parts of a long message on the long ones among them.
URGENT_FROM = -0.25
URGENT_PART_FROM = 0.1
PERSONAL_FROM = 0.0
# Up to this a row of `personal.yaml` was met by a side remark, in a message that asks in general.
PERSONAL_ROW_FROM = -0.6
# Of 600 everyday requests of CLINC150's training part 403 are then told, and 3 of the 544 questions
# of `dev` that stand alone and are answered; from 0.2 on, 328 and 1 (a scratch script).
OFF_TOPIC_FROM = 0.0


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
    that what was asked before may change it.
    """

    route: Route
    rows: tuple[str, ...] = ()
    urgency: str | None = None
    is_certain: bool = True

    def __post_init__(self) -> None:
        if (self.route is Route.EMERGENCY) != (self.urgency is not None):
            raise ValueError("an emergency, and nothing else, has an urgency")


class SafetyGate:
    """Routes a message; pure but for `embed`, and as safe to share between threads as that is."""

    def __init__(
        self,
        *,
        reader: Reader,
        personal: PersonalAdvice,
        scope: Scope,
        classifier: Classifier | None = None,
        embed: Embed | None = None,
    ) -> None:
        if (classifier is None) != (embed is None):
            raise ValueError("a classifier and an embedding come together, or neither does")
        self._reader = reader
        self._personal = personal
        self._scope = scope
        self._classifier = classifier
        self._embed = embed

    @classmethod
    def shipped(cls, embed: Embed | None = None, *, embedder: str | None = None) -> "SafetyGate":
        """The gate with the tables and the classifier of this package.

        `embed` gives the unit vector of a text, of which it may read only the beginning;
        `embedder` is its identity. The classifier is left out where that is not the one that it
        was trained on. Raises TablesInvalid or ModelInvalid.
        """
        classifier = Classifier.shipped() if embed is not None else None
        if classifier is not None and classifier.embedder != embedder:
            classifier = embed = None
        return cls(
            reader=Reader.shipped(),
            personal=PersonalAdvice(read_table("personal.yaml", PersonalTable)),
            scope=Scope(read_table("scope.yaml", ScopeTable)),
            classifier=classifier,
            embed=embed,
        )

    @property
    def has_classifier(self) -> bool:
        """Whether the classifier speaks beside the tables."""
        return self._classifier is not None

    def assess(self, message: str) -> Assessment:
        """The route of one message; deterministic, and without looking at any document."""
        reading = self._reader.read(message)
        if self._scope.is_empty(reading.text):
            return Assessment(Route.EMPTY)
        if reading.found.is_urgent:
            return _emergency(reading.found.reported, reading.found.kind)
        scores = self._scores(reading, asking_sentence(message))
        if scores is not None and scores.urgent > URGENT_FROM:
            return _emergency((CLASSIFIER_ROW, *reading.found.reported), scores.kind)
        for part in parts_of(message) if scores is not None else ():
            told = self._scores(self._reader.read(part))
            if told is not None and told.urgent > URGENT_PART_FROM:
                return _emergency((CLASSIFIER_ROW, *reading.found.reported), told.kind)
        return self._personal_or_scope(reading.text, scores)

    def assess_query(self, query: str, asked: Assessment) -> Assessment:
        """The route of a question that was `asked` so, and stands for `query` after its history.

        A follow-up can turn into an emergency ("mine came with a fever") or personal advice
        ("should i use it") only together with what came before; it is never made harmless by it.
        What the question alone only seems to be about counts no more once its query is known.
        """
        if asked.route is not Route.SEARCH and asked.is_certain:
            return asked
        meant = self.assess(query)
        return asked if meant.route in (Route.OFF_TOPIC, Route.EMPTY) else meant

    def _scores(self, reading: Reading, asking: str | None = None) -> Scores | None:
        classifier, embed = self._classifier, self._embed
        if classifier is None or embed is None:
            return None
        readings = [reading] if asking is None else [reading, self._reader.read(asking)]
        return classifier.scores(
            *(classifier.features(embed(r.to_embed), r.cues) for r in readings)
        )

    def _personal_or_scope(self, text: str, scores: Scores | None) -> Assessment:
        about_hair = self._scope.is_about_hair(text)
        off_topic = self._scope.rows(text)
        seems_off_topic = not about_hair and (
            bool(off_topic) or (scores is not None and scores.off_topic > 0)
        )
        seems_general = scores is not None and scores.personal <= PERSONAL_ROW_FROM
        personal = self._personal.rows(text, in_doubt=seems_off_topic or seems_general)
        if personal:
            return Assessment(Route.PERSONAL_ADVICE, personal)
        if off_topic:
            return Assessment(Route.OFF_TOPIC, off_topic)
        if scores is None:
            return Assessment(Route.SEARCH)
        if scores.personal > max(PERSONAL_FROM, scores.off_topic):
            return Assessment(Route.PERSONAL_ADVICE, (CLASSIFIER_ROW,))
        if scores.off_topic > OFF_TOPIC_FROM and not about_hair:
            return Assessment(Route.OFF_TOPIC, (CLASSIFIER_ROW,), is_certain=False)
        return Assessment(Route.SEARCH)


def _emergency(rows: tuple[str, ...], kind: str | None) -> Assessment:
    return Assessment(Route.EMERGENCY, rows, kind)
