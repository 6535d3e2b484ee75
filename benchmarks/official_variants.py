"""The official predictor with what a user could switch on, against itself as it is: what our ratios would be then.

Denormals flushed to zero; channels-last weights; linear layers by oneDNN; the same in bfloat16 autocast, the precision
in which SAM 2 runs on a GPU. One object, torch's default number of threads, the sample's first frames.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.result import Result
from sam2_lit.engine.device.kernels import LINEAR
from sam2_lit.engine.tracking.weight_layout import KernelLinear
from sam2_lit.media.readers.opening import open_video
from sam2_lit.sample import SAMPLE

CLICK = Click(1, 0, (0.163, 0.565))


def _by_onednn(predictor: Any) -> None:
    for module in list(predictor.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Linear and "onednn" in LINEAR:
                setattr(module, name, KernelLinear(child, "onednn"))


def _in_channels_last(predictor: Any) -> None:
    predictor.to(memory_format=torch.channels_last)


def _bfloat16() -> AbstractContextManager[object]:
    return torch.autocast("cpu", dtype=torch.bfloat16)


VARIANTS: dict[str, tuple[Callable[[Any], None], bool, Callable[[], AbstractContextManager[object]]]] = {
    "as it is": (lambda predictor: None, False, nullcontext),
    "denormals flushed": (lambda predictor: None, True, nullcontext),
    "channels-last": (_in_channels_last, False, nullcontext),
    "linear layers by oneDNN": (_by_onednn, False, nullcontext),
    "bfloat16": (lambda predictor: None, False, _bfloat16),
}
"""What is done to the predictor, whether denormals are flushed, and the precision."""


def run(repeats: int = 3, frame_count: int = 16) -> Iterator[Result]:
    predictors = {}
    for name, (change, *_) in VARIANTS.items():
        predictors[name] = pocket()
        change(predictors[name])
    rates: dict[str, list[float]] = {name: [] for name in VARIANTS}
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            frame_count = write_frames(frames, reader, frame_count)
        for _ in range(repeats):
            for name, (_, flushed, precision) in VARIANTS.items():
                torch.set_flush_denormal(flushed)
                with precision():
                    run = OfficialRun(predictors[name], frames)
                    run.click(CLICK)
                    rates[name].append(frame_count / run.propagate()[0])
        torch.set_flush_denormal(False)
    plain = rates["as it is"]
    for name, found in rates.items():
        ratio = median(a / b for a, b in zip(found, plain, strict=True))
        yield Result(f"official: {name}", median(found), "frames/s", median(plain), ratio, repeats)
