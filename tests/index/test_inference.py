"""Sessions: what signed weights give, and whether this processor multiplies them exactly."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from assistant.cross_encoder import SentenceCrossEncoder
from index.export import quantise
from index.inference import PROBE, multiplies_exactly, open_session
from index.query_encoder import SHIPPED

_DRAW = np.random.default_rng(20261127)


def _multiplies(weights: np.ndarray) -> onnx.ModelProto:
    """A model of one layer: `x` `[n, k]` times `weights` `[k, m]`."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, weights.shape[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """Weights that are far from centred, so that their zero point is far from the middle."""
    path = tmp_path / "layer.onnx"
    onnx.save(_multiplies(_DRAW.normal(0.5, 1.0, (96, 48)).astype(np.float32)), str(path))
    return path


def test_the_probe_is_the_model_that_is_said() -> None:
    graph = helper.make_graph(
        [
            helper.make_node(
                "ConstantOfShape",
                ["shape"],
                ["weights"],
                value=helper.make_tensor("", TensorProto.INT8, [1], [127]),
            ),
            helper.make_node("MatMulInteger", ["rows", "weights"], ["sums"]),
        ],
        "",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [None, 64])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, None)],
        [helper.make_tensor("shape", TensorProto.INT64, [2], [64, 16])],
    )
    said = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    assert onnx.load_model_from_string(PROBE) == said


def test_this_processor_is_tried_and_not_guessed() -> None:
    session = onnxruntime.InferenceSession(PROBE, providers=["CPUExecutionProvider"])
    rows = _DRAW.integers(0, 256, (7, 64)).astype(np.uint8)

    sums = session.run(None, {"rows": rows})[0]

    expected = rows.astype(np.int64).sum(1, keepdims=True) * 127
    if multiplies_exactly():
        assert (sums == expected).all()
    else:
        assert (sums <= expected).all()


def test_quantised_weights_are_signed_and_multiply_as_unsigned_ones_do(
    layer: Path, tmp_path: Path
) -> None:
    unsigned, signed = tmp_path / "unsigned.onnx", tmp_path / "signed.onnx"
    quantize_dynamic(str(layer), str(unsigned), per_channel=True, weight_type=QuantType.QUInt8)

    quantise(layer, signed)

    kinds = {i.name: i.data_type for i in onnx.load(str(signed)).graph.initializer}
    assert TensorProto.INT8 in kinds.values()
    assert TensorProto.UINT8 not in kinds.values()
    rows = {"x": _DRAW.normal(0.0, 3.0, (9, 96)).astype(np.float32)}
    found = [open_session(path).run(None, rows)[0] for path in (unsigned, signed)]
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(
    "model",
    [
        SHIPPED / "model.onnx",
        Path("assistant/models/safety/model.onnx"),
        Path("assistant/models/selector/model.onnx"),
    ],
    ids=["query encoder", "safety", "selector"],
)
def test_the_shipped_models_multiply_signed_bytes(model: Path) -> None:
    root = Path(__file__).parents[2]
    graph = onnx.load(str(root / model)).graph
    kinds = {i.name: i.data_type for i in graph.initializer}
    multiplied = [n.input[1] for n in graph.node if n.op_type == "MatMulInteger"]

    assert len(multiplied) >= 36
    assert {kinds[name] for name in multiplied} == {TensorProto.INT8}


def test_the_careful_way_gives_the_same_vector() -> None:
    if not multiplies_exactly():
        pytest.skip("this processor knows the careful way only")
    ids = np.array([[101, 2129, 2146, 2515, 2009, 2202, 102]], np.int64)
    given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    given["token_type_ids"] = np.zeros_like(ids)
    rows = []
    for is_exact in (True, False):
        session = open_session(SHIPPED / "model.onnx", is_exact=is_exact)
        wanted = {item.name: given[item.name] for item in session.get_inputs()}
        rows.append(session.run(None, wanted)[0])

    assert (rows[0] == rows[1]).all()


def test_a_shipped_model_opens() -> None:
    assert SentenceCrossEncoder.shipped().knows("hair")
