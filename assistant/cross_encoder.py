"""Scores candidate sentences for "this sentence answers this question", each read beside it.

One pass reads the question, the heading path of a sentence, the sentence before it where it leans
on that one, and the sentence, opened by a marker token. It is scored from the means of its own
tokens and of the question's (Reimers and Gurevych 2019) and from the state of `[CLS]`. The weights
are made by `python -m assistant.training`.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelInvalid
from index.inference import open_session

# `[unused0]` of BERT's vocabulary, which no text can hold.
MARKER_ID = 1
MAX_TOKENS = 256
_MAX_QUESTION_TOKENS = 96
_MAX_ASKED_TOKENS = 40
_MAX_HEADING_TOKENS = 32
_MAX_BEFORE_TOKENS = 40
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, under its heading path.

    `before` is what it leans on, and `asked` a question that it is known to answer, or "".
    """

    sentence: str
    heading: str = ""
    before: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a question and a candidate; `question` and `sentence` are half-open ranges.

    `segments` are 0 for the question and 1 for the rest.
    """

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    question: tuple[int, int]
    sentence: tuple[int, int]

    def means(self) -> NDArray[np.float32]:
        """`[2, tokens]`: times the states of the tokens, the means of question and sentence."""
        weights = np.zeros((2, len(self.ids)), np.float32)
        for row, (start, end) in enumerate((self.question, self.sentence)):
            weights[row, start:end] = 1.0 / (end - start)
        return weights


class PairTokenizer:
    """Lays a question and its candidates out as the model reads them."""

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer` is a `tokenizers.Tokenizer` of BERT's uncased vocabulary."""
        self._tokenizer = tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start: int = tokenizer.token_to_id("[CLS]")
        self._end: int = tokenizer.token_to_id("[SEP]")

    def encode(self, question: str, candidates: Sequence[Candidate]) -> list[Encoded]:
        """`[CLS] question [SEP] asked [SEP] heading before (marker) sentence [SEP]` for each.

        Without `asked`, one `[SEP]`. Of a heading that is too long the end is kept, of anything
        else the beginning.
        """
        asked = self._words([question or "?"])[0][:_MAX_QUESTION_TOKENS]
        first = [self._start, *asked, self._end]
        words = iter(
            self._words([t for c in candidates for t in (c.asked, c.heading, c.before, c.sentence)])
        )
        return [self._laid_out(first, *texts) for texts in zip(*[words] * 4, strict=True)]

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is one token."""
        return self._tokenizer.token_to_id(word) is not None

    def _laid_out(
        self,
        first: list[int],
        asked: list[int],
        heading: list[int],
        before: list[int],
        sentence: list[int],
    ) -> Encoded:
        known = [*asked[:_MAX_ASKED_TOKENS], self._end] if asked else []
        ids = [*first, *known, *heading[-_MAX_HEADING_TOKENS:], *before[:_MAX_BEFORE_TOKENS]]
        start = len(ids)
        ids += [MARKER_ID, *sentence[: MAX_TOKENS - start - 2]]
        span = (start, len(ids))
        ids.append(self._end)
        segments = (0,) * len(first) + (1,) * (len(ids) - len(first))
        return Encoded(tuple(ids), segments, (1, max(2, len(first) - 1)), span)

    def _words(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


class SentenceCrossEncoder:
    """The trained scorer, run by onnxruntime alone. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelInvalid when a file of `folder` is missing or not what its card names."""
        from tokenizers import Tokenizer

        card = _checked_card(folder)
        self.identity: str = card["identity"]
        self._tokenizer = PairTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")))
        self._session = open_session(folder / "model.onnx")

    @classmethod
    def shipped(cls) -> "SentenceCrossEncoder":
        """The model of this package; raises ModelInvalid when it is missing or altered."""
        return cls(Path(__file__).parent / "models" / "selector")

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is whole in the model's vocabulary, as common ones are."""
        return self._tokenizer.knows(word)

    def scores(self, question: str, candidates: Sequence[Candidate]) -> NDArray[np.float64]:
        """`[len(candidates)]` logits.

        Each candidate is run alone, as in `index.embedding.OnnxEmbedder` and for the same reason:
        its score must not depend on which others were weighed with it.
        """
        encoded = self._tokenizer.encode(question, candidates)
        with ThreadPoolExecutor(_THREADS) as pool:
            return np.array(list(pool.map(self._score, encoded)), np.float64)

    def _score(self, encoded: Encoded) -> float:
        feeds = {
            "input_ids": np.array([encoded.ids], np.int64),
            "token_type_ids": np.array([encoded.segments], np.int64),
            "means": encoded.means()[None],
        }
        return float(self._session.run(["scores"], feeds)[0][0])


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
