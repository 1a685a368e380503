"""What the sentence cross-encoder learns from: questions with judged candidate sentences."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.cross_encoder import Candidate

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Example:
    """A question with candidate sentences and how well each answers, from 0 to 1.

    `group` names what a split must not cut through (an article, a document).
    """

    question: str
    candidates: tuple[Candidate, ...]
    labels: tuple[float, ...]
    source: str
    group: str

    def __post_init__(self) -> None:
        if not self.candidates or len(self.candidates) != len(self.labels):
            raise ValueError(f"an example of {self.source} needs a label for each candidate")


def in_held_out_part(group: str, share: float) -> bool:
    """Whether a group belongs to the `share` that is never trained on; derived from its name."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < share


def shuffled(items: Sequence[_Item], seed: int) -> list[_Item]:
    """The items in an order that depends on `seed` alone."""
    ordered = list(items)
    random.Random(seed).shuffle(ordered)
    return ordered
