"""Fine-tunes an encoder of messages for the safety gate, with a linear head for each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from assistant.safety.classifier import YES_OR_NO
from assistant.training.fine_tuning import Pace, encoded, fine_tune, learner, named
from index.embedding import SentenceTransformerEmbedder

_NAME = "safety-encoder"
_PACE = Pace(epochs=6, warm_up=0.1, rate=5e-5, rate_of_heads=1e-3, most_gradient=1.0)
# A unit vector is that much lengthened before the heads, so that they learn as fast as it does.
_LENGTH = 20.0
# Of all messages a few are arguable: no label is quite certain.
_SMOOTHING = 0.05
# With the full weight the kinds were told apart better (0.84 instead of 0.80 right on a fifth that
# was held out), but the first three heads worse.
_WEIGHT_OF_KINDS = 0.3


@dataclass(frozen=True, slots=True)
class Heads:
    """What the heads learn; `of` and `positive` are `[n, heads]`, for the messages each sees.

    Those of `YES_OR_NO` are asked yes or no each. The others, the kinds of emergencies, all see the
    same messages, one of them is right, and their logits are those of a softmax.
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
    encoder, asked = learner(), len(YES_OR_NO)
    head = torch.nn.Linear(encoder.dimension, heads.of.shape[1])
    drop = torch.nn.Dropout(0.1)
    seen = torch.from_numpy(heads.of).float()
    right = torch.from_numpy(heads.positive).float()
    wanted = right[:, :asked] * (1 - _SMOOTHING) + _SMOOTHING / 2

    def loss_of(rows: list[int]) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = encoded(encoder, [messages[row] for row in rows])
        logits = head(drop(vectors.float() * _LENGTH))
        counts, urgent = seen[rows, :asked], seen[rows, asked] > 0
        losses = binary_cross_entropy_with_logits(
            logits[:, :asked], wanted[rows], counts, reduction="sum"
        )
        loss = losses / counts.sum()
        if urgent.any():
            kinds = cross_entropy(logits[urgent, asked:], right[rows][urgent, asked:])
            loss = loss + _WEIGHT_OF_KINDS * kinds
        return loss

    fine_tune(encoder, messages, loss_of, _PACE, seed, heads=head)
    weights = head.weight.detach().numpy().T * _LENGTH
    return named(encoder, _NAME), weights, head.bias.detach().numpy()
