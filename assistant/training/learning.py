"""The training loop: seeded, resumable, with a checkpoint after every part of an epoch."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from assistant.cross_encoder import Encoded, PairTokenizer
from assistant.training.examples import Example, shuffled
from assistant.training.model import Batch, SentenceScorer, batch_of, loss_of

logger = logging.getLogger(__name__)

_LOG_EVERY = 100
_CHECKPOINT_EVERY = 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: `tokens` is the size of a batch in tokens.

    `frozen_layers` of the encoder, the lowest, and the embeddings stay as they are unless it is 0.
    """

    epochs: int
    learning_rate: float
    tokens: int = 6144
    frozen_layers: int = 0
    warmup: float = 0.06
    seed: int = 20261125


def train(
    model: SentenceScorer,
    examples: Sequence[Example],
    tokenizer: PairTokenizer,
    schedule: Schedule,
    *,
    checkpoint: Path,
) -> None:
    """Train `model` in place; goes on from `checkpoint` where the same run was cut off.

    Raises ValueError where `checkpoint` is of another schedule or of other data.
    """
    model.freeze(schedule.frozen_layers)
    encoded = [tokenizer.encode(e.question, e.candidates) for e in examples]
    plan = [
        batch
        for epoch in range(schedule.epochs)
        for batch in _batches(encoded, schedule.tokens, schedule.seed + epoch)
    ]
    optimizer = torch.optim.AdamW(_groups(model), lr=schedule.learning_rate, fused=True)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        schedule.learning_rate,
        total_steps=len(plan),
        pct_start=schedule.warmup,
        anneal_strategy="linear",
    )
    run = f"{schedule}, {len(examples)} examples"
    first = _resume(checkpoint, model, optimizer, scheduler, run)
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
            _save(checkpoint, model, optimizer, scheduler, step + 1, run)


def _step(model: SentenceScorer, batch: Batch, optimizer: Any) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = batch.logits(model)
    loss = loss_of(logits.float(), batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _groups(model: SentenceScorer) -> list[dict[str, Any]]:
    """No weight decay on biases and norms."""
    learnt = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in learnt if p.ndim > 1]
    others = [p for p in learnt if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]


def _batches(encoded: Sequence[Sequence[Encoded]], tokens: int, seed: int) -> Iterator[list[int]]:
    """The numbers of all questions in random order, at most `tokens` a batch but for one alone."""
    batch: list[int] = []
    filled = 0
    for number in shuffled(range(len(encoded)), seed):
        length = sum(len(pair.ids) for pair in encoded[number])
        if batch and filled + length > tokens:
            yield batch
            batch, filled = [], 0
        batch.append(number)
        filled += length
    if batch:
        yield batch


def _save(path: Path, model: Any, optimizer: Any, scheduler: Any, step: int, run: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "step": step,
        "run": run,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def _resume(path: Path, model: Any, optimizer: Any, scheduler: Any, run: str) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    if state.get("run") != run:
        raise ValueError(
            f"{path} is of another run ({state.get('run')}); move it away to begin anew"
        )
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    logger.info("going on from step %d", state["step"])
    return int(state["step"])
