"""Trains the encoder of `index.query_encoder` on questions with answering sentences.

It starts as the embedder itself. The vectors of the sentences stay those of the embedder, so only
questions are encoded, and each is set against every sentence at once.
"""

import logging
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy, normalize

from assistant.training.examples import Example, shuffled
from index.embedding import Embedder, SentenceTransformerEmbedder
from index.models import ModelSource, find_model

logger = logging.getLogger(__name__)

_NAME = "query-encoder"
_EPOCHS = 4
_BATCH, _BATCH_OF_PUBLIC = 48, 24
_MOST_PUBLIC = 9000
_MOST_TOKENS = 128
_LEARNING_RATE = 5e-5
_PARTLY = 0.3
# Cosines are sharpened by this before the softmax, as usual for contrastive losses.
_SCALE = 20.0
# Batches of like length are cut from so many questions at a time.
_SORTED = 8 * _BATCH


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
    learner = SentenceTransformerEmbedder(find_model(None))
    encoder = learner.model[0].auto_model
    for parameter in encoder.embeddings.parameters():
        parameter.requires_grad_(False)
    batches = [b for n in range(_EPOCHS) for b in batches_of(mine.questions, seed + n)]
    learnt = [p for p in encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=_LEARNING_RATE, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        _LEARNING_RATE,
        total_steps=len(batches),
        pct_start=0.06,
        anneal_strategy="linear",
    )
    draw = random.Random(seed)
    few = min(_BATCH_OF_PUBLIC, len(theirs.questions))
    encoder.train()
    total = 0.0
    for step, rows in enumerate(batches, start=1):
        others = draw.sample(range(len(theirs.questions)), few)
        among = sorted({sentence for row in others for sentence in theirs.labels[row]})
        loss = _loss(learner, mine, rows, range(len(mine.sentences)))
        loss = loss + 0.5 * _loss(learner, theirs, others, among)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        total += float(loss.detach())
        if step % 100 == 0:
            logger.info("step %d of %d, loss %.3f", step, len(batches), total / 100)
            total = 0.0
    encoder.eval()
    return named(learner, _NAME)


def _loss(
    learner: SentenceTransformerEmbedder, of: _Set, rows: Sequence[int], among: Sequence[int]
) -> Any:
    """Cross-entropy of each question over the sentences `among`, by how well each answers."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        questions = encoded(learner, [of.questions[row] for row in rows])
    column = {sentence: number for number, sentence in enumerate(among)}
    wanted = torch.zeros(len(rows), len(among))
    for number, row in enumerate(rows):
        for sentence, label in of.labels[row].items():
            wanted[number, column[sentence]] = label
    wanted /= wanted.sum(1, keepdim=True)
    return cross_entropy(questions.float() @ of.sentences[list(among)].T * _SCALE, wanted)


def encoded(learner: SentenceTransformerEmbedder, texts: Sequence[str]) -> Any:
    """`[texts, d]` unit vectors, with gradients."""
    read = learner.model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt"
    )
    states = learner.model[0].auto_model(**read).last_hidden_state.float()
    mask = read["attention_mask"].unsqueeze(-1)
    return normalize((states * mask).sum(1) / mask.sum(1), dim=1)


def batches_of(questions: Sequence[str], seed: int) -> Iterator[list[int]]:
    """The numbers of all questions in random order, those of a batch of like length."""
    order = shuffled(range(len(questions)), seed)
    batches = []
    for start in range(0, len(order), _SORTED):
        alike = sorted(order[start : start + _SORTED], key=lambda row: len(questions[row]))
        batches += [alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH)]
    yield from shuffled(batches, seed)


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


def named(learner: SentenceTransformerEmbedder, name: str) -> SentenceTransformerEmbedder:
    """The learner as `name`, with a revision of its own."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / name
        learner.model.save(str(saved))
        found = find_model(saved)
        return SentenceTransformerEmbedder(
            ModelSource(name, saved, found.weights_sha256, found.weights_sha256)
        )
