"""An encoder of messages that was fine-tuned on the gate's examples, with a linear head for each
thing that it is asked: urgent, personal, off topic, and each kind of emergency.

It is made by `python -m assistant.training.safety`, and run by onnxruntime alone.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelInvalid
from index.embedding import OnnxEmbedder
from index.errors import EmbedderFailure
from index.export import checked_card

FOLDER = Path(__file__).parent.parent / "models" / "safety" / "encoder"
HEADS = "heads.npz"


class MessageEncoder:
    """Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelInvalid when a file of `folder` is missing or not what its card names."""
        try:
            self.heads: tuple[str, ...] = tuple(checked_card(folder)["heads"])
            self._encoder = OnnxEmbedder(folder)
            with np.load(folder / HEADS) as arrays:
                self._weights: NDArray[np.float32] = arrays["weights"]
                self._biases: NDArray[np.float32] = arrays["biases"]
        except (EmbedderFailure, OSError, KeyError, ValueError) as error:
            raise ModelInvalid(
                f"the safety encoder in {folder} cannot be read ({error}); "
                "check the files out again"
            ) from error

    @classmethod
    def shipped(cls) -> "MessageEncoder":
        """The encoder of this package; raises ModelInvalid."""
        return cls(FOLDER)

    def logits(self, message: str) -> NDArray[np.float32]:
        """`[heads]` of a message, or of as much of its beginning as is read."""
        vector = self._encoder.embed([self._encoder.truncated(message)])[0]
        found: NDArray[np.float32] = vector @ self._weights + self._biases
        return found
