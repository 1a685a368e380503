"""The network: a small BERT, and a head that sets each sentence beside the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel

from assistant.cross_encoder import Encoded
from assistant.training.examples import UNJUDGED


class SentenceScorer(torch.nn.Module):  # type: ignore[misc]
    """A logit for each sentence of each passage.

    The base is a sentence embedder that was trained to pool by the mean, so the head sees the
    means of question and sentence, their product and their distance from the first step on.
    """

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder: Any = AutoModel.from_pretrained(
            base, add_pooling_layer=False, attn_implementation="sdpa", dtype=torch.float32
        )
        size = self.encoder.config.hidden_size
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Sequential(
            torch.nn.Linear(4 * size, size), torch.nn.GELU(), torch.nn.Linear(size, 1)
        )

    def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any, means: Any) -> Any:
        """`[texts, sentences]` logits; `means` is `[texts, 1 + sentences, tokens]`."""
        hidden = self.encoder(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        parts = torch.bmm(means.to(hidden.dtype), hidden)
        sentence = parts[:, 1:]
        question = parts[:, :1].expand_as(sentence)
        seen = torch.cat(
            (sentence, question, sentence * question, (sentence - question).abs()), dim=-1
        )
        return self.head(self.dropout(seen)).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors; `targets` `[texts, sentences]` are -1 where nothing is learnt."""

    input_ids: Any
    token_type_ids: Any
    attention_mask: Any
    means: Any
    targets: Any


def batch_of(encoded: Sequence[Encoded], labels: Sequence[Sequence[float]]) -> Batch:
    """One batch of questions with their passages."""
    width = max(len(item.ids) for item in encoded)
    most = max(item.sentences for item in encoded)
    shape = (len(encoded), width)
    input_ids = torch.zeros(shape, dtype=torch.long)
    segments = torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    means = torch.zeros((len(encoded), 1 + most, width))
    targets = torch.full((len(encoded), most), UNJUDGED)
    for row, (item, judged) in enumerate(zip(encoded, labels, strict=True)):
        length = len(item.ids)
        input_ids[row, :length] = torch.tensor(item.ids)
        segments[row, :length] = torch.tensor(item.segments)
        mask[row, :length] = 1
        means[row, : len(item.parts), :length] = torch.from_numpy(item.means())
        targets[row, : item.sentences] = torch.tensor(list(judged[: item.sentences]))
    return Batch(input_ids, segments, mask, means, targets)


def loss_of(logits: Any, targets: Any) -> Any:
    """Binary cross-entropy over the judged sentences, each passage weighing the same."""
    judged = targets >= 0
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, targets.clamp(min=0.0), reduction="none"
    )
    per_passage = (losses * judged).sum(1) / judged.sum(1).clamp(min=1)
    # The mean over a passage would drown its one answer in its other sentences.
    hardest = (losses * judged).max(1).values
    return (per_passage + 0.5 * hardest).mean()
