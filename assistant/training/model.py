"""The network: a small BERT, and a head that sets a sentence beside the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import BertConfig, BertModel

from assistant.cross_encoder import Encoded

_PAIRS_AT_ONCE = 16


class SentenceScorer(torch.nn.Module):  # type: ignore[misc]
    """A logit for each pair of a question and a sentence.

    The base is a sentence embedder that was trained to pool by the mean, so the head sees the
    means of question and sentence, their product and their distance from the first step on.
    """

    def __init__(self, base: Mapping[str, Any] | None = None) -> None:
        """Starts from the weights `base` (see `base_weights`), or from random ones."""
        super().__init__()
        # On CPU, plain attention without dropout of its weights trains faster than the fused one.
        config = BertConfig(
            vocab_size=30522,
            hidden_size=384,
            num_hidden_layers=12,
            num_attention_heads=12,
            intermediate_size=1536,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",
        )
        self.encoder: Any = BertModel(config, add_pooling_layer=False)
        if base is not None:
            self.encoder.load_state_dict(dict(base))
        size = self.encoder.config.hidden_size
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Sequential(
            torch.nn.Linear(5 * size, size), torch.nn.GELU(), torch.nn.Linear(size, 1)
        )

    def freeze(self, layers: int) -> None:
        """Keep the embeddings and the lowest `layers` of the encoder as they are; 0 for none."""
        below = [self.encoder.embeddings, *self.encoder.encoder.layer[:layers]] if layers else []
        for parameter in (p for part in below for p in part.parameters()):
            parameter.requires_grad_(False)

    def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any, means: Any) -> Any:
        """`[pairs]` logits; `means` is `[pairs, 2, tokens]`."""
        hidden = self.encoder(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        parts = torch.bmm(means.to(hidden.dtype), hidden)
        question, sentence = parts[:, 0], parts[:, 1]
        seen = torch.cat(
            (hidden[:, 0], sentence, question, sentence * question, (sentence - question).abs()),
            dim=-1,
        )
        return self.head(self.dropout(seen)).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Padded pairs of like length, as `SentenceScorer.forward` takes them."""

    input_ids: Any
    token_type_ids: Any
    attention_mask: Any
    means: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """The pairs of some questions, shortest first; `targets` and `questions` are `[pairs]`.

    `questions` numbers the question that each pair belongs to.
    """

    inputs: tuple[Inputs, ...]
    targets: Any
    questions: Any

    def logits(self, model: SentenceScorer) -> Any:
        """`[pairs]` logits."""
        return torch.cat(
            [model(i.input_ids, i.token_type_ids, i.attention_mask, i.means) for i in self.inputs]
        )


def batch_of(encoded: Sequence[Sequence[Encoded]], labels: Sequence[Sequence[float]]) -> Batch:
    """One batch of questions, each with its candidates and their labels."""
    pairs = [
        (pair, label, number)
        for number, (candidates, judged) in enumerate(zip(encoded, labels, strict=True))
        for pair, label in zip(candidates, judged, strict=True)
    ]
    pairs.sort(key=lambda item: len(item[0].ids))
    return Batch(
        tuple(
            _padded([pair for pair, _, _ in pairs[start : start + _PAIRS_AT_ONCE]])
            for start in range(0, len(pairs), _PAIRS_AT_ONCE)
        ),
        torch.tensor([label for _, label, _ in pairs]),
        torch.tensor([number for _, _, number in pairs]),
    )


def _padded(pairs: Sequence[Encoded]) -> Inputs:
    shape = (len(pairs), max(len(pair.ids) for pair in pairs))
    input_ids = torch.zeros(shape, dtype=torch.long)
    segments = torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    means = torch.zeros((len(pairs), 2, shape[1]))
    for row, pair in enumerate(pairs):
        length = len(pair.ids)
        input_ids[row, :length] = torch.tensor(pair.ids)
        segments[row, :length] = torch.tensor(pair.segments)
        mask[row, :length] = 1
        means[row, :, :length] = torch.from_numpy(pair.means())
    return Inputs(input_ids, segments, mask, means)


def loss_of(logits: Any, batch: Batch) -> Any:
    """Whether each sentence answers, and which of a question's sentences does so best.

    Cross-entropy of every pair, plus that of the ranking of each question which has an answer
    (ListNet, Cao et al. 2007).
    """
    losses = binary_cross_entropy_with_logits(logits, batch.targets, reduction="none")
    count = int(batch.questions.max()) + 1
    ranking = []
    for number in range(count):
        mine = batch.questions == number
        targets = batch.targets[mine]
        if targets.max() >= 1.0 and targets.min() < 1.0:
            wanted = targets / targets.sum()
            ranking.append(-(wanted * torch.log_softmax(logits[mine], 0)).sum())
    listwise = torch.stack(ranking).sum() / count if ranking else 0.0
    return losses.mean() + 0.5 * listwise
