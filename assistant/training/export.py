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
import onnx
import torch
from onnx import numpy_helper

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
        heads = [n.name for n in onnx.load(str(traced)).graph.node if "/head/" in n.name]
        quantise(traced, folder / "model.onnx", nodes_to_exclude=heads)
        _store_head_as_int8(folder / "model.onnx")
    shutil.copyfile(tokenizer_file, folder / "tokenizer.json")
    files = {name: _sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    described = {**card, "identity": f"selector@{files['model.onnx'][:12]}", "files": files}
    (folder / "card.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    correlation = _agreement(model, tokenizer_file, folder, examples)
    if correlation < LEAST_CORRELATION:
        raise ValueError(f"the export agrees by {correlation:.4f}, expected {LEAST_CORRELATION}")
    return correlation


def _store_head_as_int8(path: Path) -> None:
    """Keeps the matrices of the head as int8 with a scale for each column.

    The head sees products and distances of states, whose range int8 cannot hold, so it goes on
    multiplying floats; only its weights are stored small.
    """
    model = onnx.load(str(path))
    graph = model.graph
    held = {i.name: i for i in graph.initializer}
    for node in [n for n in graph.node if n.op_type in ("MatMul", "Gemm") and "/head/" in n.name]:
        weight = held.get(node.input[1])
        if weight is None:
            raise ValueError(f"{node.name} of the head multiplies by what is no weight")
        matrix = numpy_helper.to_array(weight)
        axis = 0 if any(a.name == "transB" and a.i for a in node.attribute) else 1
        scales = np.maximum(np.abs(matrix).max(1 - axis, keepdims=True) / 127, 1e-12)
        small = np.round(matrix / scales).astype(np.int8)
        graph.initializer.remove(weight)
        graph.initializer.extend(
            [
                numpy_helper.from_array(small, f"{weight.name}_int8"),
                numpy_helper.from_array(scales.ravel().astype(np.float32), f"{weight.name}_scale"),
                numpy_helper.from_array(np.zeros(scales.size, np.int8), f"{weight.name}_zero"),
            ]
        )
        parts = [f"{weight.name}_{part}" for part in ("int8", "scale", "zero")]
        graph.node.insert(
            0, onnx.helper.make_node("DequantizeLinear", parts, [weight.name], axis=axis)
        )
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


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
