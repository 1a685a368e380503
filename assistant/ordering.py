"""In which order sentences are read: what retrieval and the judged questions say of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.context import asks, leans_back
from assistant.cross_encoder import Candidate
from corpus.document import Document, Span
from index.passage import Hit, Passage


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
        if hit.sentence_asked:
            candidate = replace(candidate, asked=hit.sentence_asked[number])
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


_WEIGHTS = Weights()
