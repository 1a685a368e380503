"""Which sentences answer the question, and does any?

The first selector weighs four kinds of evidence that retrieval leaves with each sentence. A
trained one can take its place behind `AnswerSelector`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.document import Span
from index.passage import Hit, Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, where it stands, and how probably it does.

    `probability` is in [0, 1].
    """

    passage: Passage
    sentence: Span
    probability: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"a probability lies in [0, 1], found {self.probability}")


class AnswerSelector(Protocol):
    """Scores the sentences of ranked passages for "this sentence answers this question"."""

    def select(self, query: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
        """Every sentence of `hits` once, most probable first; ties in the order of `hits`."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over four signals, each in [0, 1].

    Fitted by `python -m tests.evaluation.fit_selector` on the development questions.
    """

    bias: float = -7.0
    sentence: float = 5.0
    overlap: float = 3.0
    question: float = 4.0
    lead: float = 0.5


class SimilaritySelector:
    """Embedding similarity, lexical evidence and heading context, without a trained model.

    Signals of a sentence: its cosine with the query; the weight of the query's terms that occur in
    it or in its heading path; the cosine of the query with the closest question that its section
    is said to answer; and whether it opens its passage, where documents written to be quoted
    put the answer.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()

    def select(self, query: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
        del query  # its similarities are already in the hits
        evidence = [
            Evidence(hit.passage, sentence, self._probability(hit, number))
            for hit in hits
            for number, sentence in enumerate(hit.passage.sentences)
        ]
        ranked = sorted(evidence, key=lambda e: -e.probability)
        unique: dict[tuple[str, Span], Evidence] = {}
        for item in ranked:
            unique.setdefault((item.passage.doc_id, item.sentence), item)
        return tuple(unique.values())

    def _probability(self, hit: Hit, number: int) -> float:
        weights = self._weights
        logit = (
            weights.bias
            + weights.sentence * max(0.0, hit.sentence_scores[number])
            + weights.overlap * hit.sentence_overlaps[number]
            + weights.question * max(0.0, hit.question)
            + weights.lead * (number == 0)
        )
        return 0.5 * (1.0 + math.tanh(0.5 * logit))
