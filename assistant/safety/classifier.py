"""A small classifier on the sentence embedding of a message, run with numpy alone.

A support-vector machine with a Gaussian kernel, one against the rest for each head. The head for
personal advice also looks at the sentence that asks, for there it is what a story ends in that
decides: its kernel is the root of the product of the message's kernel and the sentence's. The
machine was chosen over logistic regression on the same embeddings by ten-fold cross-validation on
the development examples; `assistant/models/safety/README.md` has the numbers. It is made by
`python -m assistant.training.safety`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelInvalid

FOLDER = Path(__file__).parent.parent / "models" / "safety"
# The kind whose message fits every emergency, given where no kind scores above `KIND_FROM`: on the
# development examples, ten-fold, that brings the messages of a wrong kind from 8% to 6%, for 5%
# more that get the general one.
GENERAL_KIND = "medical"
KIND_FROM = -0.3
_WEIGHTS = "weights.npz"
_CARD = "card.json"
_PERSONAL = 1

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """Distances from each head's boundary, positive on its side.

    `kind` is the likeliest kind of emergency, or the general one where none is likely.
    """

    urgent: float
    personal: float
    off_topic: float
    kind: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What is on disk.

    `support` `[m, d]` int8 with one `scale` for all: `n` messages, then what asks in those of them
    that have more sentences. `asking` `[n]` is the row of each message's asking sentence, its own
    where it has but one. `coefficients` `[n, heads]` and `intercepts` `[heads]` float32; `heads`
    are urgent, personal, off_topic, then one for each kind.
    """

    support: NDArray[np.int8]
    asking: NDArray[np.int16]
    scale: float
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    heads: tuple[str, ...]
    gamma: float
    cue_scale: float
    embedder: str

    def save(self, folder: Path, notes: dict[str, object]) -> None:
        """Writes the weights and their card, with `notes` added, to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / _WEIGHTS,
            support=self.support,
            asking=self.asking,
            coefficients=self.coefficients.astype(np.float16),
            intercepts=self.intercepts,
        )
        card = {
            "embedder": self.embedder,
            "heads": list(self.heads),
            "gamma": self.gamma,
            "cue_scale": self.cue_scale,
            "scale": self.scale,
            "weights_sha256": _sha256(folder / _WEIGHTS),
            **notes,
        }
        (folder / _CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Weights":
        """The weights in `folder`; raises ModelInvalid when they are missing or altered."""
        try:
            card = json.loads((folder / _CARD).read_text("utf-8"))
            found = _sha256(folder / _WEIGHTS)
            if found != card["weights_sha256"]:
                raise ModelInvalid(
                    f"{folder / _WEIGHTS} has SHA-256 {found[:12]}..., expected "
                    f"{card['weights_sha256'][:12]}...; check the file out again"
                )
            with np.load(folder / _WEIGHTS) as arrays:
                return cls(
                    support=arrays["support"],
                    asking=arrays["asking"],
                    scale=card["scale"],
                    coefficients=arrays["coefficients"].astype(np.float32),
                    intercepts=arrays["intercepts"],
                    heads=tuple(card["heads"]),
                    gamma=card["gamma"],
                    cue_scale=card["cue_scale"],
                    embedder=card["embedder"],
                )
        except (OSError, ValueError, KeyError) as error:
            raise ModelInvalid(
                f"the safety classifier in {folder} cannot be read ({error}); "
                "check the files out again"
            ) from error


class Classifier:
    """Scores messages by their embedding and cues; pure."""

    def __init__(self, weights: Weights) -> None:
        self.embedder = weights.embedder
        self._cue_scale = weights.cue_scale
        self._gamma = weights.gamma
        self.support = weights.support.astype(np.float32) * weights.scale
        self._squares = np.einsum("ij,ij->i", self.support, self.support)
        self._asking = weights.asking
        self.coefficients = weights.coefficients
        self._intercepts = weights.intercepts
        self._kinds = weights.heads[3:]

    @classmethod
    def shipped(cls) -> "Classifier":
        """The classifier of this package; raises ModelInvalid."""
        return cls(Weights.read(FOLDER))

    def scores(self, message: Vector, asking: Vector | None = None) -> Scores:
        """Scores of one message by its `features`, and those of its asking sentence.

        Without `asking` the message is taken for what asks.
        """
        distances = self._distances(message)
        asked = distances if asking is None else self._distances(asking)
        of_message = distances[: len(self._asking)]
        values = self._values(of_message)
        personal = self._values((of_message + asked[self._asking]) * np.float32(0.5))[_PERSONAL]
        likeliest = int(np.argmax(values[3:]))
        kind = self._kinds[likeliest] if values[3 + likeliest] > KIND_FROM else GENERAL_KIND
        return Scores(float(values[0]), float(personal), float(values[2]), kind)

    def features(self, vector: Vector, cues: Sequence[bool]) -> Vector:
        """The row that `scores` takes, of a text's unit `vector` and the cues of its reading."""
        return features(vector, cues, self._cue_scale)

    def _distances(self, row: Vector) -> Vector:
        # Not BLAS: for a product this small, waking its threads costs more than the product.
        products = np.einsum("ij,j->i", self.support, row)
        distances: Vector = self._squares - 2.0 * products + np.dot(row, row)
        return distances

    def _values(self, distances: Vector) -> Vector:
        kernel = np.exp(-self._gamma * distances)
        values: Vector = np.einsum("i,ij->j", kernel, self.coefficients) + self._intercepts
        return values


def features(vector: Vector, cues: Sequence[bool], cue_scale: float) -> Vector:
    """One row for the machine: the embedding, then the cues, weighted by `cue_scale`."""
    return np.concatenate([vector, np.asarray(cues, np.float32) * np.float32(cue_scale)])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
