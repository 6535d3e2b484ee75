"""Whether a model computes in bfloat16 on a CPU: measured once, stored, and read at every start.

A CPU multiplies matrices of bfloat16 up to twice as fast as those of float32 where it has instructions for it, and many
times slower where it has not. Masks change a little, with the model too. So both are measured, on this CPU, with this
model. That tracks a clip three times, which takes seconds with a small model and minutes with a large one. A server
that starts does not wait for it, and one that runs cannot change its precision: `sam2-lit doctor` measures, when the
machine is idle, and the next start reads what it found.
"""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, median
from typing import cast

import numpy as np
import torch
from filelock import FileLock
from torch import Tensor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.choice_file import read_choices, write_choices
from sam2_lit.engine.device.cpu_threads import available_threads, flush_denormals, single_threaded
from sam2_lit.engine.device.kernels import Kernels, cpu_name
from sam2_lit.engine.device.torch_private import has_bfloat16_instructions
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.fingerprint import fingerprint
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import MaskPrompt
from sam2_lit.thread_pool import ThreadPool

LEAST_SPEED, LEAST_IOU, LEAST_MEAN_IOU = 1.3, 0.98, 0.995
"""From which figures on bfloat16 is chosen."""

FRAMES = 24
"""How many of the clip are tracked."""

_SECONDS = 20.0
# Frames that are tracked on two threads as well.
_COMPARED = 4
_BUDGET = 2**28

PRECISION_FILE = "precision.json"


@dataclass(frozen=True)
class PrecisionFigures:
    """bfloat16 next to float32, on the same frames of one clip.

    - speed: a frame's CPU time in float32 over that in bfloat16, on one thread.
    - least_iou, mean_iou: of the masks with those of float32.
    - same_on_threads: whether the logits in bfloat16 are equal to the bit on one thread and on two.
    - masks: how many were compared.
    """

    speed: float
    least_iou: float
    mean_iou: float
    same_on_threads: bool
    masks: int

    def __str__(self) -> str:
        threads = "equal" if self.same_on_threads else "not equal"
        return (
            f"bfloat16 is {self.speed:.2f} times as fast as float32, IoU with its masks at least {self.least_iou:.4f},"
            f" {self.mean_iou:.4f} on average of {self.masks}, {threads} to the bit on one thread and two"
        )


def pays(figures: PrecisionFigures) -> bool:
    """Whether bfloat16 is worth it: clearly faster, nearly the same masks, and reproducible."""
    return (
        figures.speed >= LEAST_SPEED
        and figures.least_iou >= LEAST_IOU
        and figures.mean_iou >= LEAST_MEAN_IOU
        and figures.same_on_threads
    )


class PrecisionChoice:
    """What was measured of a model on this CPU with these libraries, in a file."""

    def __init__(self, folder: Path, model: LoadedModel) -> None:
        """The file is in `folder`, which need not exist. The model must not be prepared yet."""
        self._file = folder / PRECISION_FILE
        libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "sam2", "sam2-lit"))
        identity = fingerprint(model.predictor).hex()[:16]
        self._machine = f"{cpu_name()}; {libraries}; {model.name} {identity}"

    @property
    def figures(self) -> PrecisionFigures | None:
        """What was stored; None where nothing was, or it is of another program."""
        found = read_choices(self._file).get(self._machine)
        try:
            return None if found is None else PrecisionFigures(**found)
        except TypeError:
            return None

    def store(self, figures: PrecisionFigures) -> None:
        """Raises OSError."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock")):
            write_choices(self._file, {**read_choices(self._file), self._machine: asdict(figures)})

    def dtype(self) -> tuple[torch.dtype, str]:
        """What `--precision auto` computes in on this CPU, and why."""
        if not has_bfloat16_instructions():
            return torch.float32, "this CPU has neither AVX512-BF16 nor AMX"
        if (figures := self.figures) is None:
            return torch.float32, "`sam2-lit doctor` measures whether bfloat16 is better on this CPU"
        return (torch.bfloat16 if pays(figures) else torch.float32), str(figures)


def measure(
    load: Callable[[str], LoadedModel],
    video: Path,
    masks: Mapping[int, BoolMask],
    kernels: Kernels | None,
    frames: int,
) -> PrecisionFigures:
    """Tracks objects in a clip in float32 and in bfloat16.

    Args:
        load: loads the model for a `--precision`, on the CPU.
        masks: of the objects on frame 0, bool [H, W], by id.
        kernels: those that float32 has.
        frames: how many, less where float32 takes more than 20 s.
    """
    # Of a thread of its own, since it flushes denormals, as the device's does.
    thread = ThreadPool("precision", initializer=flush_denormals)
    try:
        return thread.submit(_measured, load, video, masks, kernels, frames).result()
    finally:
        thread.close()


@dataclass(frozen=True)
class _Pass:
    """CPU seconds of each frame, and by (object, frame) the masks, and the logits of the first frames."""

    seconds: list[float]
    masks: dict[tuple[int, int], BoolMask]
    logits: dict[tuple[int, int], Tensor]


def _measured(
    load: Callable[[str], LoadedModel],
    video: Path,
    masks: Mapping[int, BoolMask],
    kernels: Kernels | None,
    frames: int,
) -> PrecisionFigures:
    plain = _track(load("float32"), video, masks, kernels, frames, single_threaded(), _SECONDS)
    model = load("bfloat16")
    frames = 1 + len(plain.seconds)
    half = _track(model, video, masks, kernels, frames, single_threaded())
    threaded = half
    if available_threads() > 1:
        threaded = _track(model, video, masks, kernels, min(frames, 1 + _COMPARED), nullcontext())
    ious = [_iou(mask, half.masks[key]) for key, mask in plain.masks.items()]
    return PrecisionFigures(
        speed=median(plain.seconds) / median(half.seconds),
        least_iou=min(ious),
        mean_iou=fmean(ious),
        same_on_threads=all(torch.equal(each, half.logits[key]) for key, each in threaded.logits.items()),
        masks=len(ious),
    )


def _track(
    model: LoadedModel,
    video: Path,
    masks: Mapping[int, BoolMask],
    kernels: Kernels | None,
    frames: int,
    threads: AbstractContextManager[None],
    seconds: float = math.inf,
) -> _Pass:
    """Tracks the objects from frame 0 on, on the threads that `threads` sets, until it took so many seconds."""
    predictor = cast(LitPredictor, model.predictor)
    predictor.prepare(kernels=kernels, dtype=model.dtype)
    source = FrameSource(open_video(video), model.image_size, predictor.encode_image)
    tracker = Tracker(predictor, source, CacheBudget(_BUDGET), CacheBudget(_BUDGET))
    tracked = _Pass([], {}, {})
    with threads:
        predictor.warm_up()
        for object_id, mask in masks.items():
            tracker.prompt(object_id, 0, MaskPrompt(mask))
        for index in range(min(frames, tracker.frame_count)):
            started = time.thread_time()
            made = tracker.track(index, False, again=True)
            # The objects are prompted on the first frame, not tracked.
            if made:
                tracked.seconds.append(time.thread_time() - started)
            for each in made:
                tracked.masks[each.object_id, index] = each.mask
                if index <= _COMPARED:
                    tracked.logits[each.object_id, index] = tracker.logits(each.object_id, index)
            if sum(tracked.seconds) > seconds:
                break
    tracker.close()
    return tracked


def _iou(a: BoolMask, b: BoolMask) -> float:
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0
