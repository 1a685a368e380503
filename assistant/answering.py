"""A question -> a reply: the whole way in one screen."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Protocol

from assistant import disclaimer
from assistant.calibration import odds_times
from assistant.composing import MAX_LISTED, MAX_STATEMENTS, Composer, Composition, joined
from assistant.conversation import Turn
from assistant.language import Languages
from assistant.querying import Query, Querying
from assistant.reply import (
    Abstention,
    Answer,
    IndexIdentity,
    Reason,
    Redirect,
    Reply,
    Timings,
    Urgent,
)
from assistant.safety import CLASSIFIER_ROW, LEARNT, Assessment, Route, SafetyGate
from assistant.selection import AnswerSelector, Evidence
from index.passage import Hit

MAX_SUGGESTIONS = 3
# Sentences for each part of a question that asks several things, beside what must stand with them.
_OF_A_PART = 2


class Searches(Protocol):
    """What the assistant needs of an index."""

    def retrieve(self, query: str, k: int, *, words: str | None = None) -> tuple[Hit, ...]:
        """The `k` best passages, best first; `words` are looked up in place of those of `query`."""
        ...

    def closest_questions(self, query: str, n: int) -> tuple[str, ...]:
        """Up to `n` questions that the documents answer, closest to `query` first."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where an answer begins: probabilities in [0, 1].

    That the documents answer must be as probable as `answer`, or, where the gate doubts that a
    message is about hair loss at all, as `in_doubt`, and where it guesses that it is not, as
    `off_topic`; both keep CLINC150 at one in a hundred (`python -m tests.evaluation.public --parts
    clinc150`). Who asks for personal advice is told first that it depends on the person, and gets
    quotes at odds of an answer that are `personal` times worse: on `dev` that quotes for three more
    of the 16 such questions that have an answer and would get none, and for none of the six without
    (by no command here). Beside the first, a sentence is quoted from `support` and from `relative`
    times the first one's probability on, and, where all rests on who sells, another voice from
    `voice` on; in place of sellers, beside a question on one's own case, from `support` on. Where a
    list is asked for, `support` is enough in the section of the first.
    """

    answer: float
    support: float
    relative: float = 0.5
    voice: float = 0.35
    in_doubt: float = 0.85
    off_topic: float = 0.9
    personal: float = 1.5


@dataclass(slots=True)
class _Clock:
    started: float
    retrieve: float = 0.0
    select: float = 0.0

    def timings(self) -> Timings:
        return Timings((time.perf_counter() - self.started) * 1e3, self.retrieve, self.select)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was weighed for a `query`, and what of it answers; of that at most `limit` statements
    are made, `as_list` or not.
    """

    query: str
    considered: Sequence[Evidence]
    answering: Sequence[Evidence]
    limit: int
    as_list: bool

    def as_one_of(self, readings: int) -> "_Reading":
        """The same, with room for what the others of so many say."""
        few = 2 * _OF_A_PART if self.as_list else _OF_A_PART
        return replace(
            self, answering=self.answering[:few], limit=min(few + 1, MAX_LISTED // readings)
        )


class Assistant:
    """Answers with quoted sentences of the documents of `composer`, or says why not.

    Thread-safe: nothing of a question is kept.
    """

    def __init__(
        self,
        *,
        composer: Composer,
        searches: Searches,
        selector: AnswerSelector,
        gate: SafetyGate,
        querying: Querying,
        languages: Languages,
        index: IndexIdentity,
        thresholds: Thresholds,
        passages: int,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._composer = composer
        self._searches = searches
        self._selector = selector
        self._gate = gate
        self._querying = querying
        self._languages = languages
        self._index = index
        self._thresholds = thresholds
        self._passages = passages
        self._today = today

    def reply(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """The reply to `question` after `history`, oldest turn first."""
        clock = _Clock(time.perf_counter())
        query = self.query(question, history)
        finish = partial(self._finish, question=question, query=query.text, clock=clock)
        assessment = self._assess(question, query, history)
        if self._is_foreign(question, assessment):
            return finish(
                Abstention,
                query=question,
                reason=Reason.NO_EVIDENCE,
                message=disclaimer.NOT_ENGLISH,
                suggestions=self._suggestions("stem cell therapy for hair loss"),
            )
        if assessment.route is Route.EMERGENCY:
            return finish(Urgent, message=disclaimer.URGENT[str(assessment.urgency)])
        if assessment.route is Route.EMPTY:
            return finish(
                Abstention,
                reason=Reason.EMPTY_QUESTION,
                message=disclaimer.EMPTY_QUESTION,
                suggestions=self._suggestions("hair loss"),
            )
        personal = assessment.route is Route.PERSONAL_ADVICE
        if assessment.route is Route.OFF_TOPIC and assessment.is_certain:
            composition, has_quoted = Composition(()), False
        else:
            composition, has_quoted = self._composition(
                query, clock, threshold=self._threshold(assessment), in_general=personal
            )
        if assessment.route is Route.OFF_TOPIC and not composition.statements:
            return finish(
                Abstention,
                reason=Reason.OFF_TOPIC,
                message=disclaimer.OFF_TOPIC,
                suggestions=self._suggestions("stem cell therapy for hair loss"),
            )
        if personal:
            return finish(
                Redirect,
                message=disclaimer.PERSONAL_ADVICE,
                statements=composition.statements,
                suggestions=self._suggestions(query.text),
            )
        if composition.statements:
            return finish(
                Answer,
                statements=composition.statements,
                message=_message_of(composition),
                suggestions=self._suggestions(query.text),
            )
        return finish(
            Abstention,
            reason=Reason.NO_EVIDENCE,
            message=disclaimer.NO_MORE if has_quoted else disclaimer.NO_EVIDENCE,
            suggestions=self._suggestions(query.text),
        )

    def _threshold(self, assessment: Assessment) -> float:
        """How probable it must be that the documents answer."""
        thresholds = self._thresholds
        if assessment.route is Route.OFF_TOPIC:
            return max(thresholds.answer, thresholds.off_topic)
        answer = thresholds.answer
        if assessment.route is Route.PERSONAL_ADVICE:
            answer = odds_times(1.0 / thresholds.personal, answer)
        return max(answer, thresholds.in_doubt if assessment.in_doubt else 0.0)

    def query(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """What is searched for `question` after `history`, oldest turn first."""
        return self._querying.query(question, history)

    def _assess(self, question: str, query: Query, history: Sequence[Turn]) -> Assessment:
        """The gate's word on the question as asked, and on what it stands for."""
        if not history and query.subject == question:
            return self._gate.assess(question)
        return self._gate.assess_follow_up(
            question, subject=query.subject, whole=query.whole, earlier=query.earlier
        )

    def _is_foreign(self, question: str, assessment: Assessment) -> bool:
        """Whether it is in another language, and what the gate said of it is no more than a guess.

        The tables know some of other languages, the classifier of Spanish.
        """
        if assessment.route not in (Route.SEARCH, Route.PERSONAL_ADVICE, Route.EMERGENCY):
            return False
        language = self._languages.foreign(question)
        if language is None or assessment.route is Route.SEARCH:
            return language is not None
        return assessment.rows == (CLASSIFIER_ROW,) and language not in LEARNT

    def _composition(
        self, query: Query, clock: _Clock, *, threshold: float, in_general: bool
    ) -> tuple[Composition, bool]:
        """What answers `query`, and whether earlier replies quoted something that does.

        Where it asks for more, they are composed again, to leave out what they quoted.
        """
        readings, in_part = self._readings(query, clock, threshold)
        started = time.perf_counter()
        quoted: list[Evidence] = []
        composition = Composition(())
        for times in range(query.answered + 1 if readings else 0):
            quoted += _quoted_in(composition, readings)
            composition = self._composed(readings, quoted, again=times > 0, in_general=in_general)
            if not composition.statements:
                break
        clock.select += (time.perf_counter() - started) * 1e3
        return replace(composition, in_part=in_part), bool(quoted)

    def _composed(
        self,
        readings: Sequence[_Reading],
        quoted: Sequence[Evidence],
        *,
        again: bool,
        in_general: bool,
    ) -> Composition:
        """What `readings` make, one after the other; what was `quoted` is not said `again`."""
        said = list(quoted)
        found: list[Composition] = []
        for reading in readings:
            left = [e for e in reading.considered if e not in said]
            composition = self._composer.compose(
                self._beside(left, as_list=reading.as_list) if again else reading.answering,
                considered=left,
                quoted=said,
                support=self._thresholds.support if in_general else self._thresholds.voice,
                query=reading.query,
                today=self._today(),
                limit=reading.limit,
                in_general=in_general,
                as_list=reading.as_list,
            )
            said += _quoted_in(composition, readings)
            found.append(composition)
        return joined(found)

    def _readings(
        self, query: Query, clock: _Clock, threshold: float
    ) -> tuple[list[_Reading], bool]:
        """What answers `query`, and whether that is a part of it only.

        The readings of its parts, and of the whole where one of them has no answer, each with few
        sentences; that of the whole alone where no part of it has one.
        """
        parts = [self._reading(part, clock, threshold) for part in query.parts]
        answered = [part for part in parts if part.answering]
        in_part = len(answered) < len(parts)
        if in_part or not parts:
            whole = self._reading(query, clock, threshold)
            found = [*answered, whole] if whole.answering else answered
            if not answered:
                return found, False
        else:
            found = answered
        return [reading.as_one_of(len(found)) for reading in found], in_part

    def _reading(self, query: Query, clock: _Clock, threshold: float) -> _Reading:
        started = time.perf_counter()
        hits = self._searches.retrieve(query.text, self._passages, words=query.words)
        clock.retrieve += (time.perf_counter() - started) * 1e3
        started = time.perf_counter()
        as_list = query.asks_for_list
        selection = self._selector.select(query.text, hits, whole_section=as_list)
        clock.select += (time.perf_counter() - started) * 1e3
        considered = selection.evidence
        limit = MAX_LISTED if as_list else MAX_STATEMENTS
        if selection.answered < threshold:
            return _Reading(query.text, considered, (), limit, as_list)
        answering = self._beside(considered, as_list=as_list) or considered[:1]
        return _Reading(query.text, considered, answering, limit, as_list)

    def _beside(self, evidence: Sequence[Evidence], *, as_list: bool) -> list[Evidence]:
        """What of `evidence` is probable enough to stand beside an answer, or beside the first."""
        if not evidence:
            return []
        first, support = evidence[0], self._thresholds.support
        floor = max(support, self._thresholds.relative * first.probability)
        return [
            item
            for item in evidence
            if item.probability >= floor
            or (
                as_list
                and item.probability >= support
                and item.passage.is_of_section_of(first.passage)
            )
        ]

    def _suggestions(self, query: str) -> tuple[str, ...]:
        """The closest questions that the documents answer, without the one just asked."""
        asked = _bare(query)
        found = self._searches.closest_questions(query, MAX_SUGGESTIONS + 1)
        return tuple(q for q in found if _bare(q) != asked)[:MAX_SUGGESTIONS]

    def _finish(
        self,
        kind: Callable[..., Reply],
        *,
        question: str,
        query: str,
        clock: _Clock,
        **fields: object,
    ) -> Reply:
        return kind(
            reply_id=uuid.uuid4().hex,
            question=question,
            searched_as=query,
            disclaimer=(disclaimer.URGENT_DISCLAIMER if kind is Urgent else disclaimer.DISCLAIMER),
            index=self._index,
            timings_ms=clock.timings(),
            **fields,
        )


def _message_of(composition: Composition) -> str | None:
    if composition.only_sellers:
        return disclaimer.ONLY_MARKETING
    return disclaimer.IN_PART if composition.in_part else None


def _quoted_in(composition: Composition, readings: Sequence[_Reading]) -> list[Evidence]:
    """What of that which was weighed `composition` quotes."""
    return [
        evidence
        for reading in readings
        for evidence in reading.considered
        if any(
            s.citation.doc_id == evidence.passage.doc_id
            and s.citation.span.overlaps(evidence.sentence)
            for s in composition.statements
        )
    ]


def _bare(question: str) -> str:
    return " ".join(question.lower().split()).rstrip(" ?.!")
