"""Which sentences answer the question, and does any?

The sentences that retrieval finds are put in order (`assistant.ordering`). A trained model then
reads the question with each of the closest ones, and both together give the probability that it
answers (`assistant.calibration`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.calibration import Calibration, Signals
from assistant.cross_encoder import Candidate
from assistant.ordering import Ranked, closest
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


class ScoresCandidates(Protocol):
    """A trained model that reads a question with a sentence."""

    def scores(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """`[len(candidates)]` logits for "this sentence answers the question"."""
        ...


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
