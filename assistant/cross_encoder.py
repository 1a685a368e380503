"""Scores every sentence of a passage for "this sentence answers this question", read in context.

One pass reads the question, the heading path and all sentences of a passage, each opened by a
marker token (as in BertSum, Liu and Lapata 2019); a sentence is scored from the mean of its tokens
beside the mean of the question's. It is thus judged with its neighbours around it, at a fraction of
the cost of one pass a sentence. The weights are made by `python -m assistant.training`.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelInvalid

# `[unused0]` of BERT's vocabulary, which no text can hold.
MARKER_ID = 1
MAX_TOKENS = 320
# The score of a sentence that the model did not see: no answer.
UNREAD = -12.0
_MAX_QUESTION_TOKENS = 96
_MAX_HEADING_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of one question and passage; `parts` are half-open ranges of token positions.

    The first part is the question, each other a sentence. Sentences that did not fit into
    `MAX_TOKENS` have no part. `segments` are 0 for the question and 1 for the passage.
    """

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    parts: tuple[tuple[int, int], ...]

    @property
    def sentences(self) -> int:
        """How many sentences of the passage were read."""
        return len(self.parts) - 1

    def means(self) -> NDArray[np.float32]:
        """`[parts, tokens]`: times the states of the tokens, it gives the mean of each part."""
        weights = np.zeros((len(self.parts), len(self.ids)), np.float32)
        for row, (start, end) in enumerate(self.parts):
            weights[row, start:end] = 1.0 / (end - start)
        return weights


class PassageTokenizer:
    """Lays a question and a passage out as the model reads them."""

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer` is a `tokenizers.Tokenizer` of BERT's uncased vocabulary."""
        self._tokenizer = tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start: int = tokenizer.token_to_id("[CLS]")
        self._end: int = tokenizer.token_to_id("[SEP]")

    def encode(self, question: str, heading: str, sentences: Sequence[str]) -> Encoded:
        """`[CLS] question [SEP] heading (marker sentence)... [SEP]`."""
        words = self._words([question or "?", heading, *sentences])
        first = [self._start, *words[0][:_MAX_QUESTION_TOKENS], self._end]
        second = list(words[1][:_MAX_HEADING_TOKENS])
        parts = [(1, max(2, len(first) - 1))]
        for sentence in words[2:]:
            room = MAX_TOKENS - len(first) - len(second) - 2
            if room < len(sentence) and len(parts) > 1:
                break
            start = len(first) + len(second)
            second += [MARKER_ID, *sentence[:room]]
            parts.append((start, len(first) + len(second)))
        second.append(self._end)
        segments = (0,) * len(first) + (1,) * len(second)
        return Encoded((*first, *second), segments, tuple(parts))

    def _words(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


class SentenceCrossEncoder:
    """The trained scorer, run by onnxruntime alone."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelInvalid when a file of `folder` is missing or not what its card names."""
        import onnxruntime
        from tokenizers import Tokenizer

        card = _checked_card(folder)
        self.identity: str = card["identity"]
        self._tokenizer = PassageTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @classmethod
    def shipped(cls) -> "SentenceCrossEncoder":
        """The model of this package; raises ModelInvalid when it is missing or altered."""
        return cls(Path(__file__).parent / "models" / "selector")

    def scores(self, question: str, heading: str, sentences: Sequence[str]) -> NDArray[np.float64]:
        """`[len(sentences)]` logits; `UNREAD` for a sentence that did not fit."""
        encoded = self._tokenizer.encode(question, heading, sentences)
        logits: NDArray[np.float32] = self._session.run(
            ["scores"],
            {
                "input_ids": np.array([encoded.ids], np.int64),
                "token_type_ids": np.array([encoded.segments], np.int64),
                "means": encoded.means()[None],
            },
        )[0][0]
        found = np.full(len(sentences), UNREAD)
        found[: encoded.sentences] = logits
        return found


def _checked_card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
        for name, expected in card["files"].items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                    raise ModelInvalid(
                        f"{folder / name} is not the file that card.json names; "
                        "check it out again, or make it with `python -m assistant.training`"
                    )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelInvalid(f"no usable model in {folder}: {error}") from error
    return card
