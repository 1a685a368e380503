"""Sessions of onnxruntime for int8 models: fast where the processor is exact, exact everywhere.

Weights are signed bytes, activations unsigned. Processors with VNNI multiply those twice as fast as
two unsigned ones and sum them exactly; older x86 ones sum in 16 bits that overflow, and answer
something else. onnxruntime can avoid that (`session.x64quantprecision`), but then is slow on all of
them, so what this processor makes of such a product is tried once.
"""

from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

# An ONNX model that multiplies `rows` `[n, 64]` of unsigned bytes by 64 x 16 signed ones, all 127;
# how it is made stands in `tests/index/test_inference.py`.
PROBE = b64decode(
    "CAg6lwEKOAoFc2hhcGUSB3dlaWdodHMiD0NvbnN0YW50T2ZTaGFwZSoVCgV2YWx1ZSoJCAEQAyoBf0IAoAEECiQKBHJv"
    "d3MKB3dlaWdodHMSBHN1bXMiDU1hdE11bEludGVnZXISACoPCAIQBzoCQBBCBXNoYXBlWhQKBHJvd3MSDAoKCAISBgoA"
    "CgIIQGIMCgRzdW1zEgQKAggGQgQKABAR"
)


def open_session(model: Path, *, is_exact: bool | None = None) -> Any:
    """An `onnxruntime.InferenceSession` on one thread; several threads may run it at once.

    `is_exact` says whether this processor multiplies unsigned by signed bytes exactly; None tries.
    What a model gives is the same both ways. Raises what onnxruntime does for a file it can't read.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The arena keeps the peak of every text for ever; without it the server stays small.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    if not (multiplies_exactly() if is_exact is None else is_exact):
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


@cache
def multiplies_exactly() -> bool:
    """Whether sums of the largest products of unsigned and signed bytes come out right here."""
    import onnxruntime

    session = onnxruntime.InferenceSession(PROBE, providers=["CPUExecutionProvider"])
    sums = session.run(None, {"rows": np.full((4, 64), 255, np.uint8)})[0]
    return bool((sums == 64 * 255 * 127).all())
