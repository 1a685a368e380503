"""The network: a small BERT with a score at each sentence marker and one for the whole passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel

from assistant.cross_encoder import Encoded


class SentenceScorer(torch.nn.Module):  # type: ignore[misc]
    """Logits at every token; only those at markers, and at the first token, mean anything."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder: Any = AutoModel.from_pretrained(
            base, add_pooling_layer=False, attn_implementation="sdpa", dtype=torch.float32
        )
        size = self.encoder.config.hidden_size
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Sequential(
            torch.nn.Linear(size, size), torch.nn.GELU(), torch.nn.Linear(size, 1)
        )

    def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> Any:
        """`[texts, tokens]` logits."""
        hidden = self.encoder(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        return self.head(self.dropout(hidden)).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors `[texts, tokens]`; `targets` are -1 where nothing is learnt."""

    input_ids: Any
    token_type_ids: Any
    attention_mask: Any
    targets: Any


def batch_of(encoded: Sequence[Encoded], labels: Sequence[Sequence[float]]) -> Batch:
    """One batch; the first token's target is the best label of a wholly judged passage."""
    width = max(len(item.ids) for item in encoded)
    shape = (len(encoded), width)
    input_ids = torch.zeros(shape, dtype=torch.long)
    segments = torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    targets = torch.full(shape, -1.0)
    for row, (item, judged) in enumerate(zip(encoded, labels, strict=True)):
        length = len(item.ids)
        input_ids[row, :length] = torch.tensor(item.ids)
        segments[row, :length] = torch.tensor(item.segments)
        mask[row, :length] = 1
        seen = list(judged[: len(item.markers)])
        targets[row, list(item.markers)] = torch.tensor(seen)
        if max(seen) > 0 or min(seen) >= 0:
            targets[row, 0] = max(seen)
    return Batch(input_ids, segments, mask, targets)


def loss_of(logits: Any, targets: Any) -> Any:
    """Binary cross-entropy over the judged positions, each passage weighing the same."""
    judged = targets >= 0
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, targets.clamp(min=0.0), reduction="none"
    )
    per_passage = (losses * judged).sum(1) / judged.sum(1).clamp(min=1)
    # The mean over a passage would drown its one answer in its other sentences.
    hardest = (losses * judged).max(1).values
    return (per_passage + 0.5 * hardest).mean()
