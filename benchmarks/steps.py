"""CPU time of each part of tracking one object on a frame, compared with the same part of the official predictor.

Times are one thread's CPU time. The two alternate frame by frame; the minimum of each is reported, which other programs
on the machine disturbed least.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.result import Result
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.cpu_threads import single_threaded
from sam2_lit.engine.device.kernels import MeasuredKernels
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from sam2_lit.sample import SAMPLE

CLICK = Click(1, 0, (0.163, 0.565))
FRAMES, WARM = 30, 18
PARTS = {
    "image encoder": ("encode_image", "forward_image"),
    "memory attention": ("condition", "_prepare_memory_conditioned_features"),
    "mask decoder": ("decode", "_forward_sam_heads"),
    "memory encoder": ("encode_memory", "_encode_new_memory"),
}


def run() -> Iterator[Result]:
    """The minimum time over frames whose memory is full."""
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            write_frames(frames, reader, FRAMES)
        with single_threaded():
            ours, official = _times(frames)
    for part, (our_name, official_name) in PARTS.items():
        value, reference = _settled(ours[our_name]), _settled(official[official_name])
        yield Result(f"steps: {part}", value * 1000, "ms", reference * 1000, reference / value, FRAMES - WARM)


def _settled(times: list[float]) -> float:
    return min(times[-(FRAMES - WARM) :])


def _times(frames: Path) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    plain = pocket()
    official_times = _timed(plain, [name for _, name in PARTS.values()])
    official = OfficialRun(plain, frames)
    official.click(CLICK)

    model = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    predictor: Any = model.predictor
    predictor.prepare(kernels=MeasuredKernels())
    our_times = _timed(predictor, [name for name, _ in PARTS.values()])
    source = FrameSource(open_video(frames), model.image_size, predictor.encode_image)
    tracker = Tracker(predictor, source, CacheBudget(2**28), CacheBudget(2**28))
    tracker.prompt(1, 0, PointPrompt((CLICK.point,), (1,), True))
    for _, index, _ in official.frames():
        tracker.track(index, False, again=True)
    tracker.close()
    return our_times, official_times


def _timed(predictor: Any, names: list[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            began = time.thread_time()
            outcome = method(*arguments, **keywords)
            times[name].append(time.thread_time() - began)
            return outcome

        return call

    for name in names:
        object.__setattr__(predictor, name, timed(name, getattr(predictor, name)))
    return times
