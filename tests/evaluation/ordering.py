"""Fits the order of sentences before any is read: `python -m tests.evaluation.ordering`.

Prints the numbers of `assistant.ordering.Weights`, on questions of `keys` that people asked and
that were judged over every document. Each is left out of the vote. A listwise fit: the weights
under which a sentence that answers is likeliest to be drawn from the forty of its question that are
closest now (softmax regression with a ridge). Then, for the present weights and the fitted ones,
how often the first sentence answers, and one of the first six and eight, on those questions and on
`dev`; of the questions for which an answering one was found.
"""

import argparse
from collections.abc import Sequence
from copy import copy
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import cast

import numpy as np
from scipy.optimize import minimize

from assistant.context import asks
from assistant.ordering import Weights, grounds_of, signals_of
from assistant.settings import Settings
from assistant.training.topics import JUDGED_SPLITS, Topic, people_in_keys
from index.embedding import Vectors
from index.judged_questions import ANSWERS, Around, JudgedQuestions
from index.retriever import Retriever
from index.storage import Index, open_index
from tests.evaluation.queries import Queries
from tests.evaluation.topics import grades, is_answerable, topics

_CLOSEST = 40
_RIDGE = 0.001


class LeavesOneOut:
    """The judged questions of `retriever` as they vote on one of themselves: `asks` leaves it out
    of the vote, where it has one.
    """

    def __init__(self, retriever: Retriever) -> None:
        if retriever._judged is None:
            raise SystemExit("this index has no judged questions; build it with the shipped model")
        self._judged = retriever._judged
        self._number = {
            t.qid: n for n, t in enumerate(t for t in topics() if t.split in JUDGED_SPLITS)
        }
        self._without: int | None = None
        retriever._judged = cast(JudgedQuestions, self)

    def asks(self, topic: Topic) -> None:
        """Before `topic` is searched."""
        self._without = self._number.get(topic.qid)

    def around(self, vector: Vectors) -> Around:
        """What the others around a query's unit vector `[d]` tell."""
        return self._judged.around(vector, without=self._without)

    def asked_of(self, around: Around, passage: int, sentences: int) -> tuple[str, ...]:
        """As `JudgedQuestions.asked_of`."""
        return self._judged.asked_of(around, passage, sentences)

    def is_judged(self, passage: int) -> bool:
        """As `JudgedQuestions.is_judged`."""
        return self._judged.is_judged(passage)


@dataclass(frozen=True, slots=True)
class Found:
    """The sentences found for one question: their `signals` `[sentences, signals]`, and which of
    them answer, `[sentences]`.
    """

    signals: np.ndarray
    answers: np.ndarray

    def closest(self, weights: Weights, n: int) -> "Found":
        """The `n` that `weights` put first, in that order."""
        order = np.argsort(-(self.signals @ np.array(astuple(weights)[1:])), kind="stable")[:n]
        return Found(self.signals[order], self.answers[order])


def found_for(index: Index, asked: Sequence[Topic]) -> list[Found]:
    """For each of the questions for which it has both, what answers and what does not.

    Sentences that are known to answer, and lead whatever the weights, are left out.
    """
    retriever, queries = copy(index.retriever), Queries(index)
    voters = LeavesOneOut(retriever)
    found = []
    for topic in asked:
        voters.asks(topic)
        query = queries.of_topic(topic)
        answering = {words for (_, words), g in grades()[topic.qid].items() if g == ANSWERS}
        signals, answers = [], []
        for hit in retriever.retrieve(query.text, Settings().passages, words=query.words):
            text = index.documents[hit.passage.doc_id].text
            for n, sentence in enumerate(hit.passage.sentences):
                words = sentence.of(text)
                if not asks(words) and not grounds_of(hit, n):
                    signals.append(signals_of(hit, n))
                    answers.append(words in answering)
        if any(answers) and not all(answers):
            found.append(Found(np.array(signals), np.array(answers)))
    return found


def fitted(found: Sequence[Found]) -> Weights:
    """The weights under which a sentence that answers is likeliest to be drawn first."""
    near = [item.closest(Weights(), _CLOSEST) for item in found]
    scales = np.concatenate([item.signals for item in near]).std(axis=0)
    scaled = [(item.signals / scales, item.answers) for item in near if item.answers.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for signals, answers in scaled:
            logits = signals @ weights
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            drawn = chances[answers].sum()
            total -= np.log(drawn)
            slope += signals.T @ (chances - np.where(answers, chances / drawn, 0.0))
        ridge = _RIDGE * weights @ weights
        return total / len(scaled) + ridge, slope / len(scaled) + 2 * _RIDGE * weights

    start = np.zeros(len(scales))
    best = minimize(loss, start, jac=True, method="L-BFGS-B").x / scales
    return Weights(Weights().bias, *(round(float(weight), 1) for weight in best))


def first_answers(weights: Weights, found: Sequence[Found], n: int) -> float:
    """How often a sentence that answers is among the first `n`."""
    return float(np.mean([item.closest(weights, n).answers.any() for item in found]))


def main() -> None:
    """Print the fit and the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation.ordering",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--limit", type=int, default=3500, help="questions; default: %(default)s")
    options = parser.parse_args()
    index = open_index(options.data)
    asked = [topic for topic in people_in_keys(topics(), options.limit) if is_answerable(topic.qid)]
    sets = {"keys": found_for(index, asked), "dev": found_for(index, topics("dev"))}
    fit = fitted(sets["keys"])
    print(fit)
    for name, found in sets.items():
        for title, weights in (("present", Weights()), ("fitted", fit)):
            shares = ", ".join(f"{first_answers(weights, found, n):.3f}" for n in (1, 6, 8))
            print(f"{name} (n={len(found)}), {title}: first, of six, of eight: {shares}")


if __name__ == "__main__":
    main()
