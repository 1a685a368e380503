"""Trains the encoder of `index.query_encoder` on questions with answering sentences.

It starts as the embedder itself. The vectors of the sentences stay those of the embedder, so only
questions are encoded, and each is set against every sentence at once.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from assistant.training.examples import Example, shuffled
from assistant.training.fine_tuning import Pace, encoded, fine_tune, learner, named
from index.embedding import Embedder, SentenceTransformerEmbedder

_NAME = "query-encoder"
_PACE = Pace(epochs=4, warm_up=0.06, rate=5e-5)
_BATCH_OF_PUBLIC = 24
_MOST_PUBLIC = 9000
_PARTLY = 0.3
# Cosines are sharpened by this before the softmax, as usual for contrastive losses.
_SCALE = 20.0


@dataclass(frozen=True, slots=True)
class _Set:
    """Questions, the vectors `[sentences, d]`, and per question the labels of its sentences."""

    questions: tuple[str, ...]
    sentences: Any
    labels: tuple[dict[int, float], ...]


def trained(
    own: Sequence[Example], public: Sequence[Example], embedder: Embedder, seed: int
) -> SentenceTransformerEmbedder:
    """An encoder of queries for the vectors of `embedder`, the default model.

    An own question is to find its answers among the sentences of all own questions, a public one
    among those of its batch.
    """
    torch.manual_seed(seed)
    mine = _set(own, embedder)
    theirs = _set(shuffled(public, seed)[:_MOST_PUBLIC], embedder)
    encoder = learner()
    draw = random.Random(seed)
    few = min(_BATCH_OF_PUBLIC, len(theirs.questions))

    def loss_of(rows: list[int]) -> Any:
        others = draw.sample(range(len(theirs.questions)), few)
        among = sorted({sentence for row in others for sentence in theirs.labels[row]})
        loss = _loss(encoder, mine, rows, range(len(mine.sentences)))
        return loss + 0.5 * _loss(encoder, theirs, others, among)

    fine_tune(encoder, mine.questions, loss_of, _PACE, seed)
    return named(encoder, _NAME)


def _loss(
    encoder: SentenceTransformerEmbedder, of: _Set, rows: Sequence[int], among: Sequence[int]
) -> Any:
    """Cross-entropy of each question over the sentences `among`, by how well each answers."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        questions = encoded(encoder, [of.questions[row] for row in rows])
    column = {sentence: number for number, sentence in enumerate(among)}
    wanted = torch.zeros(len(rows), len(among))
    for number, row in enumerate(rows):
        for sentence, label in of.labels[row].items():
            wanted[number, column[sentence]] = label
    wanted /= wanted.sum(1, keepdim=True)
    return cross_entropy(questions.float() @ of.sentences[list(among)].T * _SCALE, wanted)


def _set(examples: Sequence[Example], embedder: Embedder) -> _Set:
    answered = [example for example in examples if max(example.labels) >= 1.0]
    number: dict[str, int] = {}
    for example in answered:
        for candidate in example.candidates:
            number.setdefault(candidate.sentence, len(number))
    vectors = embedder.embed([embedder.truncated(sentence) for sentence in number])
    return _Set(
        tuple(example.question for example in answered),
        torch.from_numpy(vectors),
        tuple(
            {
                number[candidate.sentence]: label if label >= 1.0 else _PARTLY * (label > 0.0)
                for candidate, label in zip(example.candidates, example.labels, strict=True)
            }
            for example in answered
        ),
    )
