"""Fine-tunes an encoder of messages for the safety gate, with a linear head for each question."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from assistant.training.query_encoder import batches_of, encoded, named
from index.embedding import SentenceTransformerEmbedder
from index.models import find_model

logger = logging.getLogger(__name__)

_NAME = "safety-encoder"
_EPOCHS = 6
_LEARNING_RATE, _LEARNING_RATE_OF_HEADS = 5e-5, 1e-3
# A unit vector is that much lengthened before the heads, so that they learn as fast as it does.
_LENGTH = 20.0
# Of all messages a few are arguable: no label is quite certain.
_SMOOTHING = 0.05
_YES_OR_NO = 3
# With the full weight the kinds were told apart better (0.90 instead of 0.85 right), but the first
# three heads worse.
_WEIGHT_OF_KINDS = 0.3


@dataclass(frozen=True, slots=True)
class Heads:
    """What the heads learn; `of` and `positive` are `[n, heads]`, for the messages each sees.

    The first three are asked yes or no each. The others, the kinds of emergencies, all see the same
    messages, one of them is right, and their logits are those of a softmax.
    """

    of: NDArray[np.bool_]
    positive: NDArray[np.bool_]


def fine_tuned(
    messages: Sequence[str], heads: Heads, seed: int
) -> tuple[SentenceTransformerEmbedder, NDArray[np.float32], NDArray[np.float32]]:
    """The encoder, and the weights `[d, heads]` and biases `[heads]` for logits of its vectors.

    It starts as the default model.
    """
    torch.manual_seed(seed)
    learner = SentenceTransformerEmbedder(find_model(None))
    encoder = learner.model[0].auto_model
    encoder.embeddings.requires_grad_(False)
    head = torch.nn.Linear(learner.dimension, heads.of.shape[1])
    drop = torch.nn.Dropout(0.1)
    seen = torch.from_numpy(heads.of).float()
    right = torch.from_numpy(heads.positive).float()
    wanted = right[:, :_YES_OR_NO] * (1 - _SMOOTHING) + _SMOOTHING / 2
    batches = [b for n in range(_EPOCHS) for b in batches_of(messages, seed + n)]
    learnt = [p for p in encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": learnt, "lr": _LEARNING_RATE},
            {"params": head.parameters(), "lr": _LEARNING_RATE_OF_HEADS},
        ],
        weight_decay=0.01,
    )
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        [_LEARNING_RATE, _LEARNING_RATE_OF_HEADS],
        total_steps=len(batches),
        pct_start=0.1,
        anneal_strategy="linear",
    )
    encoder.train()
    total = 0.0
    for step, rows in enumerate(batches, start=1):
        vectors = encoded(learner, [messages[row] for row in rows])
        logits = head(drop(vectors * _LENGTH))
        asked, urgent = seen[rows, :_YES_OR_NO], seen[rows, _YES_OR_NO] > 0
        answers = logits[:, :_YES_OR_NO]
        loss = binary_cross_entropy_with_logits(answers, wanted[rows], asked, reduction="sum")
        loss = loss / asked.sum()
        if urgent.any():
            kinds = logits[urgent, _YES_OR_NO:]
            right_kinds = right[rows][urgent, _YES_OR_NO:]
            loss = loss + _WEIGHT_OF_KINDS * cross_entropy(kinds, right_kinds)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        scheduler.step()
        total += float(loss.detach())
        if step % 50 == 0:
            logger.info("step %d of %d, loss %.3f", step, len(batches), total / 50)
            total = 0.0
    encoder.eval()
    weights = head.weight.detach().numpy().T * _LENGTH
    return named(learner, _NAME), weights, head.bias.detach().numpy()
