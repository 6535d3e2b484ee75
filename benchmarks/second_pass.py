"""A pass over a video after a correction on frame 0, compared with the official predictor's.

pocket streams whole passes over the sample over the WebSocket. sam2.1_hiera_tiny has its real size (1024 pixels) and
random weights, which the server cannot load: its tracker runs in this process, over a few frames.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.official import Click, OfficialRun, iou, pocket, untrained, write_frames
from benchmarks.result import Result
from benchmarks.serving import Server, serving, stream, working
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.kernels import MeasuredKernels
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from sam2_lit.sample import SAMPLE

FIRST, CORRECTION = Click(1, 0, (0.163, 0.565)), Click(1, 0, (0.17, 0.6))
GIB = 2**30


def run(repeats: int = 2, tiny_frames: int = 4) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            count = write_frames(frames, reader)
        yield _pocket(frames, count, repeats)
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            write_frames(frames, reader, tiny_frames)
        yield from _tiny(frames, tiny_frames)


def _pocket(frames: Path, count: int, repeats: int) -> Result:
    predictor = pocket()
    ours, theirs = [], []
    with serving(frames.parent) as server:
        for _ in range(repeats):
            ours.append(count / asyncio.run(_streamed(server)))
            official = OfficialRun(predictor, frames)
            official.click(FIRST)
            official.propagate()
            official.click(CORRECTION)
            theirs.append(count / official.propagate()[0])
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Result("second-pass: pocket", median(ours), "frames/s", median(theirs), ratio, repeats)


async def _streamed(server: Server) -> float:
    async with working(server, "videos/sample") as work:
        await work.click(FIRST.object_id, FIRST.frame_index, list(FIRST.point))
        await stream(work)
        await work.click(CORRECTION.object_id, CORRECTION.frame_index, list(CORRECTION.point))
        seconds, _ = await stream(work)
        return seconds


def _tiny(frames: Path, count: int) -> Iterator[Result]:
    """Takes one sample, since a pass of each takes minutes on a CPU."""
    official = OfficialRun(untrained("sam2.1_hiera_tiny", SAM2VideoPredictor), frames)
    official.click(FIRST)
    official.propagate()
    official.click(CORRECTION)
    theirs, official_masks = official.propagate()
    del official

    predictor = untrained("sam2.1_hiera_tiny", LitPredictor)
    predictor.prepare(kernels=MeasuredKernels())
    source = FrameSource(open_video(frames), predictor.image_size, predictor.encode_image, EmbeddingCache(GIB))
    tracker = Tracker(predictor, source, CacheBudget(GIB), CacheBudget(GIB))
    for click in (FIRST, CORRECTION):
        tracker.prompt(click.object_id, click.frame_index, PointPrompt((click.point,), (1,), True))
        started = time.perf_counter()
        masks = {index: tracker.track(index, False, again=True) for index in range(count)}
        ours = time.perf_counter() - started
    tracker.close()
    alike = min(iou(masks[index][0].mask, official_masks[index][1]) for index in range(1, count))
    name = f"second-pass: sam2.1_hiera_tiny, random weights, {count} frames"
    yield Result(name, count / ours, "frames/s", count / theirs, theirs / ours, 1)
    yield Result("second-pass: sam2.1_hiera_tiny, least IoU with the official masks", alike, "", 1.0, alike, 1)
