"""What becomes of a question of the evaluation set, and how good that is.

A statement is right when it holds a sentence that was judged to answer; one that nobody judged
counts as wrong, so the figures are lower bounds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering import Assistant
from assistant.reply import Reply
from assistant.selection import AnswerSelector, Evidence, Selection
from assistant.training.topics import Topic
from assistant.vocabulary import Vocabulary
from corpus.document import Document, SourceType
from tests.evaluation.measures import (
    Figure,
    auroc,
    average_precision,
    calibration_error,
    estimated,
    mean,
    reciprocal_rank,
)
from tests.evaluation.topics import grades, is_answerable
from tests.evaluation.watching import Searched, Watched


@dataclass(frozen=True, slots=True)
class Weighed:
    """The probability that a sentence answers, and its grade; None where nobody judged it."""

    probability: float
    grade: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    `searched` is None and `weighed`, the sentences that were read, most probable first, is empty
    where the gate let nothing be searched; `answerable` is how probable the selector holds it that
    the documents answer.
    """

    topic: Topic
    reply: Reply
    searched: Searched | None
    weighed: tuple[Weighed, ...]
    answerable: float

    @property
    def answered(self) -> bool:
        return bool(self.reply.statements)

    @property
    def grades(self) -> list[int | None]:
        """The grades of the statements, in their order."""
        return [
            _grade(self.topic.qid, statement.citation.doc_id, statement.text)
            for statement in self.reply.statements
        ]

    @property
    def probability(self) -> float:
        """That the best sentence answers; 0.0 where none was read."""
        return self.weighed[0].probability if self.weighed else 0.0

    @property
    def best_answers(self) -> bool:
        """Whether the most probable sentence was judged to answer."""
        return bool(self.weighed) and self.weighed[0].grade == 2


def _grade(qid: str, doc_id: str, text: str) -> int | None:
    found = [
        grade
        for (judged_in, sentence), grade in grades().get(qid, {}).items()
        if sentence == text or (judged_in == doc_id and sentence in text)
    ]
    return max(found, default=None)


def grade_of(qid: str, evidence: Evidence, documents: Mapping[str, Document]) -> int | None:
    """The best grade of a judged sentence in the words found; None where none was judged."""
    doc_id = evidence.passage.doc_id
    return _grade(qid, doc_id, evidence.sentence.of(documents[doc_id].text))


def outcomes_of(
    asked: Iterable[Topic],
    assistant: Assistant,
    watched: Watched,
    *,
    selector: AnswerSelector,
    documents: Mapping[str, Document],
) -> list[Outcome]:
    """A reply to every question, and the evidence that `selector` finds in what was `watched`."""
    vocabulary = Vocabulary.shipped()
    outcomes = []
    for topic in asked:
        reply = assistant.reply(topic.question, topic.turns(vocabulary))
        searched = watched.taken(reply.searched_as)
        selection = selector.select(searched.query, searched.hits) if searched else Selection()
        weighed = tuple(
            Weighed(found.probability, grade_of(topic.qid, found, documents))
            for found in selection.evidence
        )
        outcomes.append(Outcome(topic, reply, searched, weighed, selection.answered))
    return outcomes


def measured(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Every measure that some question is about."""
    answerable = [o for o in outcomes if is_answerable(o.topic.qid)]
    others = [o for o in outcomes if not is_answerable(o.topic.qid)]
    answered = [o for o in answerable if o.answered]
    read = [o for o in outcomes if o.weighed]
    figures = [
        mean("answerable: answered", [o.answered for o in answerable]),
        mean(
            "answerable and answered: first statement answers (P@1)",
            [o.grades[0] == 2 for o in answered],
        ),
        mean("answerable and answered: some statement answers", [2 in o.grades for o in answered]),
        mean("answerable: some statement answers", [2 in o.grades for o in answerable]),
        mean(
            "answerable follow-ups: some statement answers",
            [2 in o.grades for o in answerable if o.topic.history],
        ),
        mean(
            "answerable and answered: first statement not judged",
            [o.grades[0] is None for o in answered],
        ),
        mean("answerable and answered: sentence F1", [_sentence_f1(o) for o in answered]),
        mean("not answerable: answered all the same", [o.answered for o in others]),
        mean(
            "answers: the first statement rests on a seller's word",
            [_opens_on_a_seller(o.reply) for o in outcomes if o.reply.kind == "answer"],
        ),
        mean("answerable: most probable sentence answers", [o.best_answers for o in answerable]),
        mean("answerable: MAP of the sentences read", [_precision(o) for o in answerable]),
        mean(
            "answerable: MRR of the sentences read",
            [reciprocal_rank(w.grade == 2 for w in o.weighed) for o in answerable],
        ),
        estimated(
            "all: answerability AUROC",
            auroc,
            [o.answerable for o in outcomes],
            [is_answerable(o.topic.qid) for o in outcomes],
        ),
        estimated(
            "searched: expected calibration error over ten bins",
            calibration_error,
            [o.probability for o in read],
            [o.best_answers for o in read],
        ),
        mean(
            "searched: Brier score of the probability",
            [(o.probability - o.best_answers) ** 2 for o in read],
        ),
    ]
    return [figure for figure in figures if figure.count and figure.value == figure.value]


def _opens_on_a_seller(reply: Reply) -> bool:
    return reply.statements[0].citation.source_type is SourceType.CLINIC_MARKETING


def _answers(qid: str) -> set[str]:
    """The different sentences that were judged to answer."""
    return {sentence for (_, sentence), grade in grades()[qid].items() if grade == 2}


def _precision(outcome: Outcome) -> float:
    relevant = [w.grade == 2 for w in outcome.weighed]
    return average_precision(relevant, max(len(_answers(outcome.topic.qid)), sum(relevant)))


def _sentence_f1(outcome: Outcome) -> float:
    """Of the statements that answer, and of the answering sentences that some statement holds."""
    statements = outcome.reply.statements
    wanted = _answers(outcome.topic.qid)
    precision = sum(grade == 2 for grade in outcome.grades) / len(statements)
    recall = sum(any(w in s.text for s in statements) for w in wanted) / len(wanted)
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0
