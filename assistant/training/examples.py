"""What the sentence cross-encoder learns from: questions with judged sentences of a passage."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

UNJUDGED = -1.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage, and how well each of its sentences answers.

    `labels` lie in [0, 1], or are `UNJUDGED`: read as context and not learnt from. `group` names
    what a split must not cut through (an article, a document).
    """

    question: str
    heading: str
    sentences: tuple[str, ...]
    labels: tuple[float, ...]
    source: str
    group: str

    def __post_init__(self) -> None:
        if not self.sentences or len(self.sentences) != len(self.labels):
            raise ValueError(f"an example of {self.source} needs a label for each sentence")


def in_held_out_part(group: str, share: float) -> bool:
    """Whether a group belongs to the `share` that is never trained on; derived from its name."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < share


def shuffled(examples: Sequence[Example], seed: int) -> list[Example]:
    """The examples in an order that depends on `seed` alone."""
    ordered = list(examples)
    random.Random(seed).shuffle(ordered)
    return ordered
