"""Frames/s that are decoded and resized for a model of 1024 pixels: by one thread to floats, and by a pool to bytes.

The first is how frames are loaded for a CPU, the second for a GPU, which normalizes: `scripts/bench loading`.
"""

import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image

from benchmarks.result import Result
from sam2_lit.engine.device.preemption import NeverPreempted
from sam2_lit.engine.tracking.frame_loader import FrameLoader, frame_loader
from sam2_lit.media.readers.opening import open_video
from tests.clips import draw_clip, write_clip

FRAMES = 60
IMAGE_SIZE = 1024


def run(repeats: int = 3) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "video.mp4"
        frames = [np.asarray(Image.fromarray(each).resize((1280, 720))) for each in draw_clip(FRAMES).frames]
        write_clip(video, np.stack(frames))
        by_one, by_pool = [], []
        for _ in range(repeats):
            by_one.append(_frames_per_second(video, torch.device("cpu")))
            # Without a GPU here the bytes stay in pageable memory.
            by_pool.append(_frames_per_second(video, torch.device("mps")))
    name = f"loading: frames for {IMAGE_SIZE} pixels, a pool that makes bytes (one thread that makes floats)"
    ratio = median(pool / one for pool, one in zip(by_pool, by_one, strict=True))
    yield Result(name, median(by_pool), "frames/s", median(by_one), ratio, repeats)


def _frames_per_second(video: Path, device: torch.device) -> float:
    with open_video(video) as reader:
        loader: FrameLoader = frame_loader(reader, IMAGE_SIZE, device, NeverPreempted())
        started = time.perf_counter()
        waiting = deque(loader.start(index) for index in range(1 + loader.ahead))
        for index in range(1 + loader.ahead, FRAMES):
            waiting.popleft().result()
            waiting.append(loader.start(index))
        for each in waiting:
            each.result()
        seconds = time.perf_counter() - started
        loader.close()
    return FRAMES / seconds
