"""The trained scorer as per-channel int8 ONNX with its card, checked against the original."""

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.cross_encoder import PairTokenizer, SentenceCrossEncoder
from assistant.training.examples import Example
from assistant.training.model import SentenceScorer, batch_of
from index.export import quantise

LEAST_CORRELATION = 0.99
_OPSET = 17


def export(
    model: SentenceScorer,
    tokenizer_file: Path,
    folder: Path,
    *,
    examples: Sequence[Example],
    card: Mapping[str, Any],
) -> float:
    """Writes model, tokenizer and card to `folder`; gives the correlation with the original.

    Raises ValueError when the scores of the quantised model on `examples` correlate with those of
    `model` by less than `LEAST_CORRELATION`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        traced = Path(work) / "fp32.onnx"
        _trace(model, traced)
        quantise(traced, folder / "model.onnx")
    shutil.copyfile(tokenizer_file, folder / "tokenizer.json")
    files = {name: _sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    described = {**card, "identity": f"selector@{files['model.onnx'][:12]}", "files": files}
    (folder / "card.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    correlation = _agreement(model, tokenizer_file, folder, examples)
    if correlation < LEAST_CORRELATION:
        raise ValueError(f"the export agrees by {correlation:.4f}, expected {LEAST_CORRELATION}")
    return correlation


def _trace(model: SentenceScorer, path: Path) -> None:
    class Scores(torch.nn.Module):  # type: ignore[misc]
        """The scorer for texts without padding."""

        def __init__(self, scorer: SentenceScorer) -> None:
            super().__init__()
            self.scorer = scorer

        def forward(self, input_ids: Any, token_type_ids: Any, means: Any) -> Any:
            return self.scorer(input_ids, token_type_ids, torch.ones_like(input_ids), means)

    model.eval()
    ids = torch.ones((1, 9), dtype=torch.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Scores(model).eval(),
            (ids, torch.zeros_like(ids), torch.full((1, 2, 9), 1 / 9)),
            str(path),
            input_names=["input_ids", "token_type_ids", "means"],
            output_names=["scores"],
            dynamic_axes={
                "input_ids": {0: "pairs", 1: "tokens"},
                "token_type_ids": {0: "pairs", 1: "tokens"},
                "means": {0: "pairs", 2: "tokens"},
                "scores": {0: "pairs"},
            },
            opset_version=_OPSET,
            dynamo=False,
        )


def _agreement(
    model: SentenceScorer, tokenizer_file: Path, folder: Path, examples: Sequence[Example]
) -> float:
    from tokenizers import Tokenizer

    tokenizer = PairTokenizer(Tokenizer.from_file(str(tokenizer_file)))
    exported = SentenceCrossEncoder(folder)
    expected: list[float] = []
    found: list[float] = []
    with torch.no_grad():
        for example in examples:
            for pair in tokenizer.encode(example.question, example.candidates):
                expected.extend(batch_of([[pair]], [[0.0]]).logits(model).tolist())
            found.extend(exported.scores(example.question, example.candidates))
    return float(np.corrcoef(expected, found)[0, 1])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
