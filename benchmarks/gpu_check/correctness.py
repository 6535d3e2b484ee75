"""Checks of tracking: reproducible, equal to the official predictor, and the same from files."""

import importlib.util
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor

from benchmarks.gpu_check.bench import TINY, Bench, differing
from sam2_lit.engine.device.cpu_threads import available_threads
from sam2_lit.engine.device.device_memory import free_bytes
from sam2_lit.engine.models.devices import autocast, compute_dtype, select_device
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.records.prompts import PointPrompt

MIB = 2**20
BFLOAT16, FLOAT32 = torch.bfloat16, torch.float32


@dataclass(frozen=True)
class Bounds:
    """How far logits, from about -20 to 20, may be from the official predictor's, and the least IoU of their masks."""

    largest: float
    mean: float
    iou: float


# Those of tests/engine/test_tracker.py. One step of a logit of 20 is 0.125 in bfloat16.
BOUNDS = {BFLOAT16: Bounds(0.75, 0.08, 0.99), FLOAT32: Bounds(0.1, 0.005, 0.999)}


@dataclass(frozen=True)
class Pass:
    """A click on each object on the first frame of a pass, the fourth and later ones on the second too.

    `corrected` is a frame on which object 1 is clicked again after the pass, which is then made once more.
    """

    name: str
    objects: int
    reverse: bool = False
    corrected: int | None = None

    def order(self, count: int) -> range:
        return range(count - 1, -1, -1) if self.reverse else range(count)

    def prompts(self, count: int) -> Iterator[tuple[int, int]]:
        """Object and frame of each click."""
        first, second, *_ = self.order(count)
        for object_id in range(1, self.objects + 1):
            yield object_id, first
            if object_id > 3:
                yield object_id, second


PASSES = (Pass("forward", 1), Pass("forward", 5), Pass("after a correction", 1, corrected=2), Pass("backward", 1, True))


def environment(bench: Bench) -> None:
    name = torch.cuda.get_device_name(bench.device)
    versions = f"torch {torch.__version__}, CUDA {torch.version.cuda}, Python {platform.python_version()}"
    bench.report.measured("device", f"{name}, {versions}, {available_threads()} CPU cores")
    chosen = select_device("auto")
    bench.report.check("auto chooses CUDA", chosen.type == "cuda", chosen, "cuda:0")
    bench.report.measured("precision", compute_dtype(bench.device))
    bench.report.measured("free memory", f"{(free_bytes(bench.device) or 0) // MIB} MiB")
    bench.report.measured("sam2's CUDA extension", bool(importlib.util.find_spec("sam2._C")))


def precision(bench: Bench) -> None:
    """The dtypes of what is kept of a frame."""
    predictor = bench.model("pocket")
    with torch.inference_mode():
        embedding = predictor.encode_image(torch.zeros(3, predictor.image_size, predictor.image_size))
        decoded = predictor.decode(embedding, embedding.top)
        [output] = predictor.encode_memory(embedding, decoded)
    computed = compute_dtype(bench.device)
    found = {
        "levels": {each.dtype for each in embedding.high_resolution} or {computed},
        "top": {embedding.top.dtype},
        "memory": {output["maskmem_features"].dtype},
        "masks": {output["pred_masks"].dtype},
    }
    expected = {"levels": {computed}, "top": {FLOAT32}, "memory": {BFLOAT16}, "masks": {FLOAT32}}
    bench.report.compare("precision of what is kept of a frame", found, expected)


def reproducible(bench: Bench) -> None:
    predictor = bench.model("pocket")
    first, *others = [bench.tracked(predictor, 2) for _ in range(3)]
    different = [key for other in others for key in differing(first, other)]
    bench.report.check("three passes are equal to the bit", not different, f"{len(different)} differ", "none")
    is_varied = all(float(each.std()) > 0 for each in first.values())
    bench.report.check("masks are not constant", is_varied, is_varied, "True")


def memory_file(bench: Bench) -> None:
    predictor = bench.model(TINY)
    frames = range(bench.scale.short)
    logits, milliseconds = [], []
    with tempfile.TemporaryDirectory() as folder:
        in_memory, on_disk = EmbeddingCache(2**32), EmbeddingCache(0, 2**32, Path(folder))
        for memory, cache in ((2**32, in_memory), (1, on_disk)):
            with bench.tracking(predictor, 2, cache=cache, memory=memory) as tracker:
                bench.track(tracker, frames)
                first = bench.logits(tracker, frames)
                started = time.perf_counter()
                bench.track(tracker, frames)
                torch.cuda.synchronize(bench.device)
                milliseconds.append(1000 * (time.perf_counter() - started) / len(frames))
                second = bench.logits(tracker, frames)
                logits.append(
                    {(part, *key): each for part, one in enumerate((first, second)) for key, each in one.items()}
                )
            cache.close()
    different = differing(*logits)  # type: ignore[arg-type]
    bench.report.check("memory and embeddings from files track to the bit", not different, len(different), "0 differ")
    more = milliseconds[1] - milliseconds[0]
    bench.report.measured("a frame from files takes longer by", f"{more:.1f} ms, two objects of {TINY}")


def equality_in_bfloat16(bench: Bench) -> None:
    """Against the official predictor, in the precision that the device computes in."""
    ours, official = bench.model("pocket"), bench.model("pocket", SAM2VideoPredictor)
    for each in PASSES:
        _compare(bench, each, ours, official, BOUNDS[compute_dtype(bench.device)])


def equality_in_float32(bench: Bench) -> None:
    """Against the official predictor, as on a GPU that has no bfloat16."""
    with _without_bfloat16():
        ours, official = bench.new_model("pocket"), bench.new_model("pocket", SAM2VideoPredictor)
        for each in PASSES[:3:2]:
            _compare(bench, each, ours, official, BOUNDS[FLOAT32])


@contextmanager
def _without_bfloat16() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(mock.patch("torch.cuda.get_device_capability", lambda device=None: (7, 5)))
        stack.enter_context(mock.patch.object(torch.version, "hip", None))
        stack.enter_context(torch.backends.cudnn.flags(enabled=True, allow_tf32=False))
        yield


def _compare(bench: Bench, tracked: Pass, ours: Any, official: Any, bounds: Bounds) -> None:
    own, theirs = _our_logits(bench, tracked, ours), _official_logits(bench, tracked, official)
    differences = {key: (own[key] - each).abs() for key, each in theirs.items()}
    largest, mean = (max(float(getattr(each, of)()) for each in differences.values()) for of in ("max", "mean"))
    least = min(_iou(own[key] > 0, each > 0) for key, each in theirs.items())
    is_right = largest <= bounds.largest and mean <= bounds.mean and least >= bounds.iou and own.keys() == theirs.keys()
    name = f"logits against the official predictor, {bounds_name(bounds)}, {tracked.name}, objects: {tracked.objects}"
    expected = f"at most {bounds.largest}, {bounds.mean}; IoU at least {bounds.iou}"
    bench.report.check(name, is_right, f"{largest:.3f}, {mean:.4f}; IoU {least:.4f}", expected)


def bounds_name(bounds: Bounds) -> str:
    return next(str(dtype).removeprefix("torch.") for dtype, each in BOUNDS.items() if each is bounds)


def _our_logits(bench: Bench, tracked: Pass, predictor: Any) -> dict[tuple[int, int], Tensor]:
    order = tracked.order(bench.scale.short)
    with bench.tracking(predictor, 0) as tracker:

        def click(object_id: int, frame: int) -> None:
            tracker.prompt(object_id, frame, PointPrompt((bench.point(object_id, frame),), (1,), True))

        for prompt in tracked.prompts(len(order)):
            click(*prompt)
        bench.track(tracker, order, reverse=tracked.reverse)
        if tracked.corrected is not None:
            click(1, tracked.corrected)
            bench.track(tracker, order, reverse=tracked.reverse)
        return bench.logits(tracker, order)


def _official_logits(bench: Bench, tracked: Pass, predictor: Any) -> dict[tuple[int, int], Tensor]:
    order = tracked.order(bench.scale.short)
    with torch.inference_mode(), autocast(bench.device, compute_dtype(bench.device)):
        state = predictor.init_state(str(bench.videos / "short"))

        def click(object_id: int, frame: int) -> None:
            points = [bench.point(object_id, frame)]
            predictor.add_new_points_or_box(state, frame, object_id, points=points, labels=[1], normalize_coords=False)

        def propagate() -> None:
            for _ in predictor.propagate_in_video(state, start_frame_idx=order[0], reverse=tracked.reverse):
                bench.clock.check()

        for prompt in tracked.prompts(len(order)):
            click(*prompt)
        propagate()
        if tracked.corrected is not None:
            click(1, tracked.corrected)
            propagate()
    return {
        (place + 1, index): output["pred_masks"].float().cpu()
        for place, outputs in state["output_dict_per_obj"].items()
        for index, output in outputs["non_cond_frame_outputs"].items()
    }


def _iou(a: Tensor, b: Tensor) -> float:
    union = float((a | b).sum())
    return float((a & b).sum()) / union if union else 1.0
