"""Tracking in bfloat16 against float32, and against the official predictor in bfloat16 autocast, on one thread.

The engine without the network, over the sample's first frames. CPU time, so that other programs count little. A pass
ends early once it took `seconds`: a CPU without instructions for bfloat16 takes seconds a frame.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import cast

import torch

from benchmarks.objects import CLICKS
from benchmarks.official import Click, Masks, OfficialRun, iou, pocket, write_frames
from benchmarks.result import Result
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.cpu_threads import single_threaded
from sam2_lit.engine.device.kernels import MeasuredKernels
from sam2_lit.engine.device.torch_private import has_bfloat16_instructions
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from sam2_lit.sample import SAMPLE

BUDGET = 2**30


def run(frame_count: int = 24, seconds: float = 15.0) -> Iterator[Result]:
    there = float(has_bfloat16_instructions())
    yield Result("precision: this CPU has AVX512-BF16 or AMX", there, "", None, 1.0, 1)
    torch.set_flush_denormal(True)
    with tempfile.TemporaryDirectory() as folder, single_threaded():
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            write_frames(frames, reader, frame_count)
        for clicks in (CLICKS[:1], CLICKS):
            yield from _compared(frames, clicks, seconds)
    torch.set_flush_denormal(False)


def _compared(frames: Path, clicks: Sequence[Click], seconds: float) -> Iterator[Result]:
    plain, masks = _ours("float32", frames, clicks, seconds)
    half, masks_in_half = _ours("bfloat16", frames, clicks, seconds)
    official = _official(frames, clicks, seconds)
    name = f"precision: pocket, {len(clicks)} object{'s' * (len(clicks) > 1)}, bfloat16"
    yield Result(f"{name} against float32", half, "frames/s", plain, half / plain, len(masks_in_half))
    yield Result(f"{name} against the official one", half, "frames/s", official, half / official, len(masks_in_half))
    ious = [
        iou(mask, masks_in_half[index][object_id])
        for index in masks.keys() & masks_in_half.keys()
        for object_id, mask in masks[index].items()
    ]
    for which, value in (("least", min(ious)), ("mean", fmean(ious))):
        yield Result(f"{name}, {which} IoU with float32", value, "", None, value, len(ious))


def _ours(precision: str, frames: Path, clicks: Sequence[Click], seconds: float) -> tuple[float, Masks]:
    """Frames/s of tracked frames, and their masks."""
    model = load_model(
        "pocket", predictor_class=LitPredictor, device="cpu", precision=precision, checkpoints_dir=Path("checkpoints")
    )
    predictor = cast(LitPredictor, model.predictor)
    predictor.prepare(kernels=MeasuredKernels(), dtype=model.dtype)
    predictor.warm_up()
    source = FrameSource(open_video(frames), model.image_size, predictor.encode_image)
    tracker = Tracker(predictor, source, CacheBudget(BUDGET), CacheBudget(BUDGET))
    for click in clicks:
        tracker.prompt(click.object_id, click.frame_index, PointPrompt((click.point,), (1,), True))
    tracker.track(0, False, again=True)
    took: list[float] = []
    masks: Masks = {}
    for index in range(1, tracker.frame_count):
        started = time.thread_time()
        tracked = tracker.track(index, False, again=True)
        masks[index] = {each.object_id: each.mask for each in tracked}
        took.append(time.thread_time() - started)
        if sum(took) > seconds:
            break
    tracker.close()
    return 1 / median(took), masks


def _official(frames: Path, clicks: Sequence[Click], seconds: float) -> float:
    """Frames/s of tracked frames."""
    took: list[float] = []
    with torch.autocast("cpu", dtype=torch.bfloat16):
        run = OfficialRun(pocket(), frames)
        for click in clicks:
            run.click(click)
        tracked = run.frames()
        # The first was prompted.
        list(islice(tracked, 1))
        started = time.thread_time()
        for _ in tracked:
            took.append(time.thread_time() - started)
            if sum(took) > seconds:
                break
            started = time.thread_time()
    return 1 / median(took)
