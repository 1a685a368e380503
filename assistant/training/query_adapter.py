"""Learns the map of `index.adapter` from questions with answering sentences."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy, dropout, normalize

from assistant.training.examples import Example
from index.adapter import QueryAdapter
from index.embedding import Embedder

logger = logging.getLogger(__name__)

_RANK = 128
_EPOCHS = 6
_BATCH = 64
_LEARNING_RATE = 5e-4
_DROPOUT = 0.2
# Cosines are sharpened by this before the softmax, as usual for contrastive losses.
_SCALE = 20.0


@dataclass(frozen=True, slots=True)
class _Set:
    """Vectors of questions `[n, d]` and sentences `[m, d]`, and per question its candidates."""

    questions: Any
    sentences: Any
    candidates: tuple[tuple[int, ...], ...]
    answers: tuple[tuple[int, ...], ...]


def learnt(
    own: Sequence[Example], public: Sequence[Example], embedder: Embedder, seed: int
) -> QueryAdapter:
    """An adapter for `embedder`, learnt on `own` questions and, beside each, a public one.

    An own question is to find its answers among the sentences of all own questions, a public one
    among those of its batch.
    """
    torch.manual_seed(seed)
    mine, theirs = _set(own, embedder), _set(public, embedder)
    down = torch.nn.Parameter(torch.randn(embedder.dimension, _RANK) * 0.02)
    up = torch.nn.Parameter(torch.zeros(_RANK, embedder.dimension))
    optimizer = torch.optim.AdamW([down, up], lr=_LEARNING_RATE, weight_decay=1e-2)

    def loss(of: _Set, rows: Any, among: Sequence[int]) -> Any:
        questions = of.questions[rows]
        adapted = normalize(questions + dropout(questions, _DROPOUT) @ down @ up, dim=1)
        column = {sentence: number for number, sentence in enumerate(among)}
        wanted = torch.zeros(len(rows), len(among))
        for row, question in enumerate(rows.tolist()):
            wanted[row, [column[s] for s in of.answers[question]]] = 1.0
        wanted /= wanted.sum(1, keepdim=True)
        return cross_entropy(adapted @ of.sentences[list(among)].T * _SCALE, wanted)

    for epoch in range(_EPOCHS):
        total = 0.0
        batches = torch.randperm(len(mine.answers)).split(_BATCH)
        for rows in batches:
            others = torch.randint(len(theirs.answers), (_BATCH,))
            among = sorted({s for n in others.tolist() for s in theirs.candidates[n]})
            found = loss(mine, rows, range(len(mine.sentences))) + loss(theirs, others, among)
            optimizer.zero_grad()
            found.backward()
            optimizer.step()
            total += float(found.detach())
        logger.info("epoch %d, loss %.3f", epoch + 1, total / len(batches))
    return QueryAdapter(down.detach().numpy(), up.detach().numpy(), embedder.identity)


def _set(examples: Sequence[Example], embedder: Embedder) -> _Set:
    answered = [example for example in examples if max(example.labels) >= 1.0]
    words = dict.fromkeys(c.sentence for example in answered for c in example.candidates)
    number = {sentence: n for n, sentence in enumerate(words)}
    candidates = tuple(
        tuple(number[c.sentence] for c in example.candidates) for example in answered
    )
    answers = tuple(
        tuple({n for n, label in zip(ids, example.labels, strict=True) if label >= 1.0})
        for ids, example in zip(candidates, answered, strict=True)
    )
    return _Set(
        _vectors([example.question for example in answered], embedder),
        _vectors(list(words), embedder),
        candidates,
        answers,
    )


def _vectors(texts: Sequence[str], embedder: Embedder) -> Any:
    return torch.from_numpy(np.ascontiguousarray(embedder.embed([*map(embedder.truncated, texts)])))
