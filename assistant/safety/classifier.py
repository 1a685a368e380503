"""A small classifier of messages: an encoder fine-tuned on the gate's examples, with linear heads.

It is asked three things, whether a message is urgent, asks for personal advice, or is off topic,
and of an urgent one its kind. `python -m assistant.training.safety` makes it, from the written
examples beside that module; `assistant/models/safety/README.md` has what it was chosen over. It is
run by onnxruntime alone, and does not depend on the embedder of the index.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelInvalid
from index.embedding import OnnxEmbedder
from index.errors import EmbedderFailure
from index.export import checked_card

FOLDER = Path(__file__).parent.parent / "models" / "safety"
HEADS_FILE = "heads.npz"
# The heads that are asked yes or no; the kinds of emergencies follow, of which one is right.
YES_OR_NO = ("urgent", "personal", "off_topic")
# The kind whose message fits every emergency, given where no other is this probable.
GENERAL_KIND = "medical"
KIND_FROM = 0.5
# Of whom a front desk writes. The examples hardly know these words but from emergencies, and took
# "rosemary oil vs minoxidil, caller saw it on tiktok" for one; whom it is about decides nothing.
_ASKING = re.compile(
    r"\b(?:caller|patient|pt|client|customer)\b"
    r"(?! (?:information|leaflets?|reviews?|stories|rights|consent))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scores:
    """Log odds of each head, positive for yes.

    `kind` is the likeliest kind of emergency, or the general one where none is likely enough.
    """

    urgent: float
    personal: float
    off_topic: float
    kind: str


class Classifier:
    """Scores messages; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelInvalid when a file of `folder` is missing or not what its card names."""
        try:
            card = checked_card(folder)
            self.heads: tuple[str, ...] = tuple(card["heads"])
            self._encoder = OnnxEmbedder(folder)
            with np.load(folder / HEADS_FILE) as arrays:
                self._weights: NDArray[np.float32] = arrays["weights"]
                self._biases: NDArray[np.float32] = arrays["biases"]
        except (EmbedderFailure, OSError, KeyError, ValueError) as error:
            raise ModelInvalid(
                f"the safety classifier in {folder} cannot be read ({error}); "
                "check the files out again"
            ) from error

    @classmethod
    def shipped(cls) -> "Classifier":
        """The classifier of this package, read once; raises ModelInvalid."""
        return _shipped()

    def scores(self, message: str) -> Scores:
        """Of a message, or of as much of its beginning as is read."""
        return self.all_scores([message])[0]

    def all_scores(self, messages: Sequence[str]) -> list[Scores]:
        """Of each of them, several at once."""
        read = [self._encoder.truncated(_ASKING.sub("someone", message)) for message in messages]
        return [self.scores_of(vector) for vector in self._encoder.embed(read)]

    def scores_of(self, vector: NDArray[np.float32]) -> Scores:
        """Of a message that the encoder puts at `vector` `[d]`."""
        logits = vector @ self._weights + self._biases
        urgent, personal, off_topic, *kinds = map(float, logits)
        probable = np.exp(np.array(kinds) - max(kinds))
        likeliest = int(probable.argmax())
        is_likely = probable[likeliest] >= KIND_FROM * probable.sum()
        kind = self.heads[len(YES_OR_NO) + likeliest] if is_likely else GENERAL_KIND
        return Scores(urgent, personal, off_topic, kind)


@cache
def _shipped() -> Classifier:
    return Classifier(FOLDER)
