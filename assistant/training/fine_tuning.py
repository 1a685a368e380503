"""How an encoder is fine-tuned here: the default model, its embeddings frozen, on batches of texts
of like length, the learning rate rising and then falling in a line.
"""

import logging
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import normalize

from assistant.training.examples import shuffled
from index.embedding import SentenceTransformerEmbedder
from index.models import ModelSource, find_model

logger = logging.getLogger(__name__)

_BATCH = 48
_MOST_TOKENS = 128
# Batches of like length are cut from so many texts at a time.
_SORTED = 8 * _BATCH


@dataclass(frozen=True, slots=True)
class Pace:
    """How it learns; `warm_up` is the share of the steps in which the rates rise.

    `most_gradient` bounds the norm of the encoder's gradient.
    """

    epochs: int
    warm_up: float
    rate: float
    rate_of_heads: float = 0.0
    most_gradient: float = math.inf


def learner() -> SentenceTransformerEmbedder:
    """The default model, to be fine-tuned."""
    found = SentenceTransformerEmbedder(find_model(None))
    found.model[0].auto_model.embeddings.requires_grad_(False)
    return found


def fine_tune(
    learner: SentenceTransformerEmbedder,
    texts: Sequence[str],
    loss_of: Callable[[list[int]], Any],
    pace: Pace,
    seed: int,
    heads: Any = None,
) -> None:
    """Lets `learner`, and a module `heads` where there is one, learn from every text.

    `loss_of` takes the numbers of the texts of a batch.
    """
    encoder = learner.model[0].auto_model
    batches = [b for n in range(pace.epochs) for b in batches_of(texts, seed + n)]
    learnt = [p for p in encoder.parameters() if p.requires_grad]
    groups = [{"params": learnt, "lr": pace.rate}]
    if heads is not None:
        groups.append({"params": list(heads.parameters()), "lr": pace.rate_of_heads})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [group["lr"] for group in groups],
        total_steps=len(batches),
        pct_start=pace.warm_up,
        anneal_strategy="linear",
    )
    encoder.train()
    total = 0.0
    for step, rows in enumerate(batches, start=1):
        loss = loss_of(rows)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, pace.most_gradient)
        optimizer.step()
        scheduler.step()
        total += float(loss.detach())
        if step % 50 == 0:
            logger.info("step %d of %d, loss %.3f", step, len(batches), total / 50)
            total = 0.0
    encoder.eval()


def encoded(learner: SentenceTransformerEmbedder, texts: Sequence[str]) -> Any:
    """`[texts, d]` unit vectors, with gradients."""
    read = learner.model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=_MOST_TOKENS, return_tensors="pt"
    )
    states = learner.model[0].auto_model(**read).last_hidden_state.float()
    mask = read["attention_mask"].unsqueeze(-1)
    return normalize((states * mask).sum(1) / mask.sum(1), dim=1)


def batches_of(texts: Sequence[str], seed: int) -> Iterator[list[int]]:
    """The numbers of all texts in random order, those of a batch of like length."""
    order = shuffled(range(len(texts)), seed)
    batches = []
    for start in range(0, len(order), _SORTED):
        alike = sorted(order[start : start + _SORTED], key=lambda row: len(texts[row]))
        batches += [alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH)]
    yield from shuffled(batches, seed)


def named(learner: SentenceTransformerEmbedder, name: str) -> SentenceTransformerEmbedder:
    """The learner as `name`, with a revision of its own."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / name
        learner.model.save(str(saved))
        found = find_model(saved)
        return SentenceTransformerEmbedder(
            ModelSource(name, saved, found.weights_sha256, found.weights_sha256)
        )
