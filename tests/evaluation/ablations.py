"""What each part of answering is worth: `python -m tests.evaluation.ablations [--split test]`.

The same questions are answered with one part taken away at a time. What retrieval is made of:
`tests.evaluation.retrieval`; how many sentences are read: `tests.evaluation.run --sentences-read`.
"""

import argparse
import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.balance import BalanceTable
from assistant.calibration import Calibration
from assistant.composing import Composer
from assistant.context import Quotation
from assistant.cross_encoder import Candidate, SentenceCrossEncoder
from assistant.figures import FiguresTable
from assistant.framing import Framing
from assistant.freshness import Freshness
from assistant.ordering import closest
from assistant.safety_advice import SafetyAdvice
from assistant.selection import (
    SENTENCES,
    AnswerSelector,
    CrossEncoderSelector,
    Evidence,
    ScoresCandidates,
    Selection,
)
from assistant.settings import Settings
from assistant.spelling import Spelling
from assistant.synonyms import Synonyms
from assistant.training.examples import shuffled
from assistant.training.topics import Topic
from corpus.document import Document
from index.passage import Hit
from index.storage import Index, open_index
from tests.evaluation.measures import auroc, mean
from tests.evaluation.outcomes import Outcome, outcomes_of
from tests.evaluation.topics import SPLITS, is_answerable, topics
from tests.evaluation.watching import served_assistant

_SEED = 20261125


class _Alone:
    """Scores sentences without the questions that they are known to answer."""

    def __init__(self, scorer: ScoresCandidates) -> None:
        self._scorer = scorer

    def scores(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        return self._scorer.scores(question, [replace(item, asked="") for item in candidates])


class _BySimilarity:
    """Selects by retrieval's signals alone, without a trained model."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents

    def select(self, query: str, hits: Sequence[Hit], *, whole_section: bool = False) -> Selection:
        del query, whole_section
        evidence = tuple(
            Evidence(item.passage, item.sentence, 1.0 / (1.0 + math.exp(-item.similarity)))
            for item in closest(hits, self._documents, SENTENCES)
        )
        return Selection(evidence, max((e.probability for e in evidence), default=0.0))


class _Repeating(Composer):
    """Quotes also what says nothing new."""

    def _repeats(self, one: Quotation, other: Quotation) -> bool:
        del one, other
        return False


class _OutOfContext(Composer):
    """Quotes sentences without what turns them."""

    def _turns(self, sentence: str, following: str) -> bool:
        del sentence, following
        return False


class _Unbalanced(Composer):
    """Adds no limit to a benefit."""

    def _balance(
        self, chosen: Sequence[Quotation], considered: Sequence[Evidence], query: str
    ) -> list[Quotation]:
        del chosen, considered, query
        return []


@dataclass(frozen=True, slots=True)
class Variant:
    """The assistant with `parts` in place of its own.

    `history` is whether it is told of it, `judged` whether judged questions vote.
    """

    name: str
    parts: Mapping[str, Any] = field(default_factory=dict)
    history: bool = True
    judged: bool = True


def variants(index: Index) -> tuple[Variant, ...]:
    """The whole assistant, then without a part each."""
    scorer = SentenceCrossEncoder.shipped()
    score_alone = Calibration(similarity=0.0)
    unspelt = Spelling((), (), is_word=lambda word: True)
    documents, settings = index.documents, Settings()
    by_score = CrossEncoderSelector(scorer, documents, calibration=score_alone)
    alone = CrossEncoderSelector(_Alone(scorer), documents)

    def composer(kind: type[Composer]) -> Composer:
        return kind(
            documents,
            table=BalanceTable.shipped(),
            figures=FiguresTable.shipped(),
            freshness=Freshness(
                settings.review_months, settings.price_months, settings.rule_months
            ),
            advice=SafetyAdvice.shipped(),
        )

    return (
        Variant("all parts"),
        Variant("without the trained model", {"selector": _BySimilarity(documents)}),
        Variant("without retrieval's similarity", {"selector": by_score}),
        Variant("without the question beside a sentence", {"selector": alone}),
        Variant("without judged questions", judged=False),
        Variant("without spelling", {"spelling": unspelt}),
        Variant("without synonyms", {"synonyms": Synonyms()}),
        Variant(
            "without the neutral and direct wording", {"framing": Framing(opens="(?!)", leans=())}
        ),
        Variant("without the questions before", history=False),
        Variant("without leaving out repeats", {"composer": composer(_Repeating)}),
        Variant("without what turns a quote", {"composer": composer(_OutOfContext)}),
        Variant("without limits of benefits", {"composer": composer(_Unbalanced)}),
    )


def answered_by(variant: Variant, asked: Sequence[Topic], index: Index) -> list[Outcome]:
    """What becomes of the questions."""
    retriever = copy.copy(index.retriever)
    retriever._judged = retriever._judged if variant.judged else None
    whole, watched = served_assistant(replace(index, retriever=retriever), Settings())
    assistant = copy.copy(whole)
    assistant._querying = copy.copy(whole._querying)
    # One part is exchanged after all are made: the assistant itself needs no way to do that.
    for name, part in variant.parts.items():
        owner = assistant if hasattr(assistant, f"_{name}") else assistant._querying
        setattr(owner, f"_{name}", part)
    selector: AnswerSelector = assistant._selector
    told = asked if variant.history else [replace(topic, history=()) for topic in asked]
    return outcomes_of(told, assistant, watched, selector=selector, documents=index.documents)


def line(name: str, outcomes: Sequence[Outcome], whole: Sequence[Outcome]) -> str:
    """One row: shares, and the difference of the second to the whole with its interval."""
    answerable = [o for o in outcomes if is_answerable(o.topic.qid)]
    others = [o for o in outcomes if not is_answerable(o.topic.qid)]
    answered = [o for o in outcomes if o.reply.kind == "answer"]
    helped = _helped(outcomes)
    difference = mean("", helped - _helped(whole))
    columns = (
        _share([o.best_answers for o in answerable]),
        float(helped.mean()),
        difference.value,
        difference.low,
        difference.high,
        _share([o.answered for o in others]),
        auroc(
            np.array([o.answerable for o in outcomes]),
            np.array([is_answerable(o.topic.qid) for o in outcomes]),
        ),
        _share([len(o.reply.statements) for o in answered]),
    )
    return f"| {name} | " + (
        "{:.3f} | {:.3f} | {:+.3f} [{:+.3f}, {:+.3f}] | {:.3f} | {:.3f} | {:.2f} |"
    ).format(*columns)


def _helped(outcomes: Sequence[Outcome]) -> Any:
    return np.array([2 in o.grades for o in outcomes if is_answerable(o.topic.qid)], float)


def _share(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, as each row is known."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation.ablations", description=__doc__
    )
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--limit", type=int, help="only so many questions, drawn with a seed")
    options = parser.parse_args(arguments)
    index = open_index(options.data, model=Settings().model)
    asked: Sequence[Topic] = topics(options.split)
    if options.limit:
        asked = shuffled(asked, _SEED)[: options.limit]
    print(f"{len(asked)} questions of the split {options.split}, {date.today()}")
    print(
        "| | most probable sentence answers | some statement answers | difference |"
        " not answerable: answered | AUROC | statements an answer |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    whole: list[Outcome] = []
    for variant in variants(index):
        outcomes = answered_by(variant, asked, index)
        whole = whole or outcomes
        print(line(variant.name, outcomes, whole), flush=True)


if __name__ == "__main__":
    main()
