"""The kernels that a model may use on this CPU, timed as the server does at its first start, against PyTorch's own.

One thread's CPU time, the least of two runs, or of ten where the other kernel promises to be faster, at the shapes of
`pocket` and, with random weights, of `sam2.1_hiera_tiny`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.official import untrained
from benchmarks.result import Result
from sam2_lit.engine.device.kernels import MeasuredKernels
from sam2_lit.engine.device.process_setup import set_up_process
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.predictor import LitPredictor

_TIMED = 2


def run() -> Iterator[Result]:
    set_up_process()
    pocket = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    yield from _measured("pocket", pocket.predictor)
    yield from _measured("sam2.1_hiera_tiny", untrained("sam2.1_hiera_tiny", LitPredictor))


def _measured(model: str, predictor: Any) -> Iterator[Result]:
    kernels = MeasuredKernels()
    predictor.prepare(kernels=kernels)
    for shape, seconds in kernels.timings.items():
        own, *others = seconds.items()
        for name, other in others:
            label = f"kernels: {model}, {shape}, {name}{' (chosen)' if kernels.chosen[shape] == name else ''}"
            yield Result(label, other * 1e6, "µs", own[1] * 1e6, own[1] / other, _TIMED)
    yield Result(f"kernels: {model}, all measurements", kernels.measuring, "s", None, 1.0, 1)
