"""Which sentences answer the question, and does any?

Retrieval leaves each sentence with signals that order it (`similarity`). A trained model then reads
the question with each of the closest sentences, and both together give the probability that it
answers (`CrossEncoderSelector`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.context import asks, leans_back
from assistant.cross_encoder import Candidate
from corpus.document import Document, Span
from index.passage import Hit, Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, where it stands, and how probably it does.

    `probability` is in [0, 1]; `vector` `[d]` is the embedder's, where the retriever gave it.
    """

    passage: Passage
    sentence: Span
    probability: float
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"a probability lies in [0, 1], found {self.probability}")


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentences that were weighed, each once, most probable first.

    `answered`, in [0, 1], is how probable it is that any sentence of the documents answers: it
    decides whether to answer at all, and is more than that the first sentence does.
    """

    evidence: tuple[Evidence, ...] = ()
    answered: float = 0.0


class AnswerSelector(Protocol):
    """Scores the sentences of ranked passages for "this sentence answers this question"."""

    def select(self, query: str, hits: Sequence[Hit], *, whole_section: bool = False) -> Selection:
        """What of `hits` answers.

        The sentences of the `whole_section` of the first are among those weighed, where that is
        asked for.
        """
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each of a sentence's signals counts; each signal lies in [0, 1].

    Its cosine with the query; the share of the query's weight whose terms occur in it or in its
    heading path; the cosine of the query with the closest question that its section is said to
    answer; how far the cosine of the query with the closest judged question that it answers lies
    above a half, twice, for below that two questions have little to do with each other; and its
    share of the votes of the judged questions around the query. Fitted by `python -m
    tests.evaluation.ordering`; `bias` only sets the zero.
    """

    bias: float = -7.0
    sentence: float = 5.4
    overlap: float = 2.9
    question: float = 3.3
    judged: float = 6.0
    votes: float = 6.0


def signals_of(hit: Hit, number: int) -> tuple[float, ...]:
    """The signals of sentence `number` of a hit, in the order of `Weights`."""
    judged = hit.sentence_questions[number] if hit.sentence_questions else 0.0
    return (
        max(0.0, hit.sentence_scores[number]),
        hit.sentence_overlaps[number],
        max(0.0, hit.question),
        max(0.0, 2.0 * judged - 1.0),
        hit.sentence_votes[number] if hit.sentence_votes else 0.0,
    )


def similarity(weights: Weights, hit: Hit, number: int) -> float:
    """What retrieval alone says for sentence `number` of a hit; it orders sentences."""
    sentence, overlap, question, judged, votes = signals_of(hit, number)
    return (
        weights.bias
        + weights.sentence * sentence
        + weights.overlap * overlap
        + weights.question * question
        + weights.judged * judged
        + weights.votes * votes
    )


# Questions as close as this ask the same: of 51 pairs in different words that are closer, and were
# read, none asks something else.
SAME_QUESTION = 0.97
# Questions as close as this mostly ask what the same section answers: of 34 so close, with a chance
# of an answer of 0.3 to 0.55, some 28 were served by the sentence that ranks first (one reader).
NEARLY_SAME_QUESTION = 0.9


def grounds_of(hit: Hit, number: int) -> int:
    """On how many grounds sentence `number` of a hit is known to answer: that its section is said
    to answer this very question, and that the sentence was judged to.
    """
    judged = hit.sentence_questions[number] if hit.sentence_questions else 0.0
    return (hit.question >= SAME_QUESTION) + (judged >= SAME_QUESTION)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence of a hit, as a trained model reads it, with its `similarity` and `vector`.

    `answered_share` is the hit's; `grounds`: on how many it is known to answer; `is_asked`: whether
    its section is said to answer nearly the question.
    """

    passage: Passage
    sentence: Span
    candidate: Candidate
    similarity: float
    answered_share: float | None = None
    grounds: int = 0
    is_asked: bool = False
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)


def in_context(heading: str, sentences: Sequence[str]) -> list[Candidate]:
    """The sentences of one passage under `heading`, in order, with what each leans on."""
    return [
        Candidate(sentence, heading, before if leans_back(sentence) else "")
        for before, sentence in zip(("", *sentences), sentences, strict=False)
    ]


def candidates_of(passage: Passage, text: str) -> list[Candidate]:
    """The sentences of `passage` of a document that says `text`, in order."""
    return in_context(": ".join(passage.heading_path), [s.of(text) for s in passage.sentences])


def closest(hits: Sequence[Hit], documents: Mapping[str, Document], n: int) -> list[Ranked]:
    """The `n` sentences of `hits` with the highest similarity, no question and none twice.

    Those that are known to answer come first.
    """
    scored = sorted(
        (-grounds_of(hit, number), -similarity(_WEIGHTS, hit, number), place, number)
        for place, hit in enumerate(hits)
        for number in range(len(hit.passage.sentences))
    )
    found: dict[str, Ranked] = {}
    for _, negative, place, number in scored:
        if len(found) == n:
            break
        hit = hits[place]
        passage, vectors = hit.passage, hit.sentence_vectors
        candidate = candidates_of(passage, documents[passage.doc_id].text)[number]
        if asks(candidate.sentence):
            continue
        found.setdefault(
            candidate.sentence,
            Ranked(
                passage,
                passage.sentences[number],
                candidate,
                -negative,
                hit.answered_share,
                grounds_of(hit, number),
                hit.question >= NEARLY_SAME_QUESTION,
                None if vectors is None else vectors[number],
            ),
        )
    return list(found.values())


class ScoresCandidates(Protocol):
    """A trained model that reads a question with a sentence."""

    def scores(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """`[len(candidates)]` logits for "this sentence answers the question"."""
        ...


Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the sentences read for one question, each `[sentences]`.

    The trained model's `scores`; `similarities`, `answered_shares`, `grounds` and `are_asked` as
    `Ranked` has them.
    """

    scores: Column
    similarities: Column
    answered_shares: tuple[float | None, ...]
    grounds: NDArray[np.int_]
    are_asked: NDArray[np.bool_]

    @classmethod
    def of(cls, ranked: Sequence[Ranked], scores: Column) -> "Signals":
        return cls(
            scores,
            np.array([item.similarity for item in ranked]),
            tuple(item.answered_share for item in ranked),
            np.array([item.grounds for item in ranked], int),
            np.array([item.is_asked for item in ranked], bool),
        )


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, logistic in the highest score (`highest`), the highest similarity (`closest`,
    which tells what is off topic), the log odds of being answered among the judged questions around
    (`around`), and `bias`.
    """

    highest: float
    closest: float
    bias: float
    around: float = 0.0

    def of(self, score: float, similarity: float, answered_share: float | None) -> float:
        """A probability; `answered_share`, in (0, 1), counts nothing where it is None."""
        around = 0.0 if answered_share is None else math.log(answered_share / (1 - answered_share))
        return _logistic(
            self.highest * score + self.closest * similarity + self.around * around + self.bias
        )


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance of one thing: `alone`, or `judged` where questions were judged on the document of
    the sentence that ranks first.
    """

    alone: Chance
    judged: Chance

    def of(self, signals: Signals, first: int) -> float:
        """A probability; `first` is the number of the sentence that ranks first."""
        share = signals.answered_shares[first]
        chance = self.alone if share is None else self.judged
        return chance.of(float(signals.scores.max()), float(signals.similarities.max()), share)


# No other sentence is as probable as the first.
_NOT_FIRST = 0.99


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the signals of the sentences read become probabilities.

    A sentence ranks by its score plus `similarity` times its similarity, and higher by `known` for
    each ground on which it is known to answer. That the first one answers has the chance `first`;
    for another sentence it falls by a factor of e for each `scale` that it lies, without those
    grounds, below the highest. That any sentence of the documents answers has the chance
    `answered`. Fitted by `python -m tests.evaluation.calibrate` on the development questions, on
    some of `keys` that people asked, and on everyday requests. Where the first is known to answer,
    both are at least `sure`; that and `known` are set by hand, for hardly a development question is
    asked in the documents' own words (`python -m tests.evaluation.own_questions`). So is `asked`,
    by which the odds of an answer are multiplied where the first stands in a section that is said
    to answer nearly the question.
    """

    similarity: float = 0.7
    first: Chances = Chances(
        alone=Chance(highest=1.037, closest=0.127, bias=-0.453),
        judged=Chance(highest=0.605, closest=0.137, bias=-1.407, around=1.037),
    )
    answered: Chances = Chances(
        alone=Chance(highest=0.803, closest=0.126, bias=0.663),
        judged=Chance(highest=0.599, closest=0.106, bias=-0.734, around=1.449),
    )
    scale: float = 3.0
    known: float = 6.0
    sure: float = 0.9
    asked: float = 3.0

    def ranks(self, signals: Signals) -> Column:
        """`[sentences]`, the highest first."""
        found: Column = self._likeness(signals) + self.known * signals.grounds
        return found

    def probabilities(self, signals: Signals) -> Column:
        """`[sentences]`: that each of the sentences read for one question answers it."""
        first = int(self.ranks(signals).argmax())
        falls = np.minimum(self.falls(signals), _NOT_FIRST)
        falls[first] = 1.0
        found: Column = self._at_least(signals, first, self.first) * falls
        return found

    def falls(self, signals: Signals) -> Column:
        """`[sentences]`: by what factor less probable each is than the likeliest, known or not."""
        likeness = self._likeness(signals)
        found: Column = np.exp((likeness - likeness.max()) / self.scale)
        return found

    def answerable(self, signals: Signals) -> float:
        """That any sentence answers, also one that was not read."""
        first = int(self.ranks(signals).argmax())
        chance = self._at_least(signals, first, self.answered)
        return _of_odds(self.asked, chance) if signals.are_asked[first] else chance

    def _likeness(self, signals: Signals) -> Column:
        found: Column = signals.scores + self.similarity * signals.similarities
        return found

    def _at_least(self, signals: Signals, first: int, chances: Chances) -> float:
        return max(chances.of(signals, first), self.sure if signals.grounds[first] else 0.0)


# How many sentences are read for a question: with eight the first statement answers no more often
# (`python -m tests.evaluation.run --split dev --sentences-read`); each takes a tenth of a reply.
SENTENCES = 6
# How many more are read of one section, where a list is asked for: 95% of the shipped sections have
# no more than nine.
SECTION_SENTENCES = 9


class CrossEncoderSelector:
    """A trained model over the sentences that retrieval's signals find closest."""

    def __init__(
        self,
        scorer: ScoresCandidates,
        documents: Mapping[str, Document],
        *,
        sentences: int = SENTENCES,
        calibration: Calibration | None = None,
    ) -> None:
        """The `sentences` closest ones are read with the model; no other is quoted."""
        self._scorer = scorer
        self._documents = documents
        self._sentences = sentences
        self._calibration = calibration or Calibration()

    def select(self, query: str, hits: Sequence[Hit], *, whole_section: bool = False) -> Selection:
        found = closest(hits, self._documents, self._sentences)
        if not found:
            return Selection()
        scores = self._scorer.scores(query, [item.candidate for item in found])
        signals = Signals.of(found, scores)
        if whole_section:
            first = found[int(self._calibration.ranks(signals).argmax())]
            further = self._further(first.passage, hits, found)
            more = self._scorer.scores(query, [item.candidate for item in further])
            found = [*found, *further]
            signals = Signals.of(found, np.concatenate([scores, more]))
        evidence = (
            Evidence(item.passage, item.sentence, float(probability), item.vector)
            for item, probability in zip(
                found, self._calibration.probabilities(signals), strict=True
            )
        )
        return Selection(
            tuple(sorted(evidence, key=lambda item: -item.probability)),
            self._calibration.answerable(signals),
        )

    def _further(
        self, passage: Passage, hits: Sequence[Hit], found: Sequence[Ranked]
    ) -> list[Ranked]:
        """The closest sentences of the section of `passage` that are not yet among `found`."""
        section = [hit for hit in hits if hit.passage.is_of_section_of(passage)]
        known = {item.candidate.sentence for item in found}
        ranked = closest(section, self._documents, SECTION_SENTENCES + len(known))
        return [r for r in ranked if r.candidate.sentence not in known][:SECTION_SENTENCES]


_WEIGHTS = Weights()


def _of_odds(factor: float, chance: float) -> float:
    """The probability whose odds are `factor` times those of `chance`."""
    return factor * chance / (1.0 + (factor - 1.0) * chance)


def _logistic(logit: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * logit))
