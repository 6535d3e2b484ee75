"""What bounds `objects`, `second-pass` and `propagate`: operations in each part of a frame, and how fast they run.

Floating point operations are counted as PyTorch runs them, for the official predictor's call and for ours; a part
common to all objects counts once per frame, the others once per object. Times are one thread's CPU time, the minimum of
several runs. The ratio of operations bounds what larger batches could gain.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from benchmarks.objects import CLICKS
from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.result import Result
from benchmarks.steps import PARTS
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.cpu_threads import single_threaded
from sam2_lit.engine.device.kernels import MeasuredKernels
from sam2_lit.engine.device.torch_private import ATTENTION_OPERATOR
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from sam2_lit.sample import SAMPLE

FRAMES = 18
SHARED = "image encoder"


def _attention(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    return int(sdpa_flop_count(query, key, value))


# The counter covers fused attention on GPUs only.
_FUSED = {ATTENTION_OPERATOR: _attention}


class _Part:
    """Operations and minimum seconds of a part, over frames whose memory is full."""

    def __init__(self) -> None:
        self.operations: dict[int, int] = {}
        self.seconds: dict[int, float] = {}
        self.frame = 0
        self.counting = False

    def watched(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            counter = FlopCounterMode(display=False, custom_mapping=_FUSED) if self.counting else None
            began = time.thread_time()
            if counter is None:
                outcome = method(*arguments, **keywords)
                seconds = time.thread_time() - began
                self.seconds[self.frame] = self.seconds.get(self.frame, 0.0) + seconds
            else:
                with counter:
                    outcome = method(*arguments, **keywords)
                total = self.operations.get(self.frame, 0) + counter.get_total_flops()
                self.operations[self.frame] = total
            return outcome

        return call


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            write_frames(frames, reader, FRAMES)
        with single_threaded():
            peak = _peak()
            ours, official = _ours(frames), _official(frames)
    yield Result("limits: matrix product, one core", peak, "GFLOP/s", None, 1.0, 1)
    totals = [0.0, 0.0, 0.0, 0.0]
    for part in PARTS:
        our_part, their_part = ours[part], official[part]
        # Our trunk runs as a fused operator, which is not counted; its convolutions are the official ones.
        counted = their_part if part == SHARED else our_part
        numbers = [_last(counted.operations), _last(their_part.operations)]
        numbers += [min(list(each.seconds.values())[-3:]) for each in (our_part, their_part)]
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        yield from _rows(f"{part} ({'once per frame' if part == SHARED else f'{len(CLICKS)} objects'})", *numbers)
    yield from _rows(f"a frame of {len(CLICKS)} objects", *totals)


def _rows(name: str, ours: float, theirs: float, seconds: float, their_seconds: float) -> Iterator[Result]:
    giga, rate, their_rate = ours / 1e9, ours / seconds / 1e9, theirs / their_seconds / 1e9
    yield Result(f"limits: {name}", giga, "GFLOP", theirs / 1e9, theirs / ours, 1)
    yield Result(f"limits: {name}", seconds * 1000, "ms", their_seconds * 1000, their_seconds / seconds, 3)
    yield Result(f"limits: {name}", rate, "GFLOP/s", their_rate, rate / their_rate, 3)


def _last(values: dict[int, int]) -> float:
    return float(values[max(values)])


def _peak() -> float:
    """GFLOP/s of a float32 product of two matrices that fit the cache."""
    side = 768
    a, b = torch.rand(side, side), torch.rand(side, side)
    seconds = []
    for _ in range(20):
        began = time.thread_time()
        torch.mm(a, b)
        seconds.append(time.thread_time() - began)
    return 2 * side**3 / min(seconds) / 1e9


def _official(frames: Path) -> dict[str, _Part]:
    predictor = pocket()
    parts = _watch(predictor, official=True)
    run = OfficialRun(predictor, frames)
    for click in CLICKS:
        run.click(click)
    iterator = run.frames()
    for index in range(FRAMES):
        _set_frame(parts, index)
        next(iterator)
    return parts


def _ours(frames: Path) -> dict[str, _Part]:
    model = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    predictor: Any = model.predictor
    predictor.prepare(kernels=MeasuredKernels())
    parts = _watch(predictor, official=False)
    source = FrameSource(open_video(frames), model.image_size, predictor.encode_image)
    tracker = Tracker(predictor, source, CacheBudget(2**28), CacheBudget(2**28))
    for click in CLICKS:
        tracker.prompt(click.object_id, 0, _prompt(click))
    for index in range(FRAMES):
        _set_frame(parts, index)
        tracker.track(index, False, again=True)
    tracker.close()
    return parts


def _prompt(click: Click) -> PointPrompt:
    return PointPrompt((click.point,), (1,), True)


def _set_frame(parts: dict[str, _Part], index: int) -> None:
    for part in parts.values():
        part.frame, part.counting = index, index == FRAMES - 1


def _watch(predictor: Any, *, official: bool) -> dict[str, _Part]:
    parts = {}
    for name, methods in PARTS.items():
        part = parts[name] = _Part()
        method = methods[official]
        object.__setattr__(predictor, method, part.watched(getattr(predictor, method)))
    return parts
