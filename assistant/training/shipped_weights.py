"""The weights that ship, as floats again, so that training can go on from them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from assistant.training.model import SentenceScorer

_Arrays = Mapping[str, NDArray[Any]]
_SMALL = "_quantized"


def shipped_weights(folder: Path) -> dict[str, Any]:
    """The state of a `SentenceScorer` out of `model.onnx` in `folder`, as `export` wrote it.

    What int8 rounded stays rounded. Raises ValueError where a weight is missing or does not fit.
    """
    graph = onnx.load(str(folder / "model.onnx")).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    # A matrix that is multiplied may have lost its name, but the node that does it has not.
    multiplied = {_layer_of(n.name): n.input[1] for n in graph.node if _multiplies(n)}
    state: dict[str, Any] = {}
    for name, parameter in SentenceScorer().state_dict().items():
        found = _floats(f"scorer.{name}", held)
        if found is None:
            found = _floats(multiplied.get(name.removesuffix(".weight"), ""), held)
            found = None if found is None else found.T
        if found is None or found.shape != tuple(parameter.shape):
            raise ValueError(
                f"{folder / 'model.onnx'}: expected {name} {list(parameter.shape)}, "
                f"found {None if found is None else list(found.shape)}"
            )
        state[name] = torch.tensor(found, dtype=torch.float32)
    return state


def _multiplies(node: Any) -> bool:
    return node.op_type in ("MatMul", "MatMulInteger", "Gemm") and not node.name.endswith(
        ("/self/MatMul", "/self/MatMul_1", "/scorer/MatMul")
    )


def _layer_of(node: str) -> str:
    """`/scorer/encoder/encoder/layer.0/output/dense/MatMul_quant` -> what the network calls it."""
    layer = node.removeprefix("/scorer/").rpartition("/")[0]
    return layer.replace("head/head.", "head.").replace("/", ".")


def _floats(name: str, held: _Arrays) -> NDArray[Any] | None:
    """The array `name`, by itself or as int8 with a scale for all or for each column."""
    bare = name.removesuffix(_SMALL)
    small = held.get(bare + _SMALL)
    if small is None:
        return held.get(bare)
    zero, scale = held[f"{bare}_zero_point"], held[f"{bare}_scale"]
    return (small.astype(np.float32) - zero.astype(np.float32)) * scale
