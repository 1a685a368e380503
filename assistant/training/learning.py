"""The training loop: seeded, resumable, with a checkpoint after every part of an epoch."""

import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from assistant.cross_encoder import Encoded, PassageTokenizer
from assistant.training.examples import Example
from assistant.training.model import Batch, SentenceScorer, batch_of, loss_of

logger = logging.getLogger(__name__)

_LOG_EVERY = 100
_CHECKPOINT_EVERY = 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: `tokens` is the size of a batch in tokens, padding included."""

    epochs: int
    learning_rate: float
    tokens: int = 6144
    warmup: float = 0.06
    seed: int = 20261125


def train(
    model: SentenceScorer,
    examples: Sequence[Example],
    tokenizer: PassageTokenizer,
    schedule: Schedule,
    *,
    checkpoint: Path,
) -> None:
    """Train `model` in place; goes on from `checkpoint` where a run was cut off."""
    encoded = [tokenizer.encode(e.question, e.heading, e.sentences) for e in examples]
    plan = [
        batch
        for epoch in range(schedule.epochs)
        for batch in _batches(encoded, schedule.tokens, schedule.seed + epoch)
    ]
    optimizer = torch.optim.AdamW(_groups(model), lr=schedule.learning_rate)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        schedule.learning_rate,
        total_steps=len(plan),
        pct_start=schedule.warmup,
        anneal_strategy="linear",
    )
    first = _resume(checkpoint, model, optimizer, scheduler)
    model.train()
    started, running = time.monotonic(), 0.0
    for step in range(first, len(plan)):
        torch.manual_seed(schedule.seed + step)
        batch = batch_of([encoded[i] for i in plan[step]], [examples[i].labels for i in plan[step]])
        running += _step(model, batch, optimizer)
        scheduler.step()
        if (step + 1) % _LOG_EVERY == 0:
            pace = (time.monotonic() - started) / (step + 1 - first)
            logger.info(
                "step %d of %d, loss %.4f, %.2f s a step, %.0f min left",
                step + 1, len(plan), running / _LOG_EVERY, pace, pace * (len(plan) - step - 1) / 60,
            )  # fmt: skip
            running = 0.0
        if (step + 1) % _CHECKPOINT_EVERY == 0 or step + 1 == len(plan):
            _save(checkpoint, model, optimizer, scheduler, step + 1)


def _step(model: SentenceScorer, batch: Batch, optimizer: Any) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(batch.input_ids, batch.token_type_ids, batch.attention_mask, batch.means)
    loss = loss_of(logits.float(), batch.targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _groups(model: SentenceScorer) -> list[dict[str, Any]]:
    """No weight decay on biases and norms."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]


def _batches(encoded: Sequence[Encoded], tokens: int, seed: int) -> Iterator[list[int]]:
    """Numbers of examples of like length, at most `tokens` with padding, in random order."""
    order = shuffled_numbers(len(encoded), seed)
    pools = [order[start : start + 2048] for start in range(0, len(order), 2048)]
    batches: list[list[int]] = []
    for pool in pools:
        batch: list[int] = []
        for number in sorted(pool, key=lambda i: len(encoded[i].ids)):
            if batch and len(encoded[number].ids) * (len(batch) + 1) > tokens:
                batches.append(batch)
                batch = []
            batch.append(number)
        if batch:
            batches.append(batch)
    random.Random(seed).shuffle(batches)
    yield from batches


def shuffled_numbers(count: int, seed: int) -> list[int]:
    """0 to `count` - 1 in an order that depends on `seed` alone."""
    numbers = list(range(count))
    random.Random(seed).shuffle(numbers)
    return numbers


def _save(path: Path, model: Any, optimizer: Any, scheduler: Any, step: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "step": step,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _resume(path: Path, model: Any, optimizer: Any, scheduler: Any) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    logger.info("going on from step %d", state["step"])
    return int(state["step"])
