"""Seconds from startSession to the first mask of a 10-minute 720p video; for the official predictor, from init_state.

The official predictor holds all frames in memory, 30 GiB for 18,000 of them: it gets the first 1,000, already extracted
as JPEG. Its time grows with their number, so the ratio is a lower bound.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.official import Click, OfficialRun, pocket, write_frames
from benchmarks.result import Result
from benchmarks.serving import Server, serving, working
from benchmarks.videos import FPS, starting_point, write_video
from sam2_lit.media.readers.opening import open_video

OFFICIAL_FRAMES = 1000


def run(repeats: int = 3) -> Iterator[Result]:
    """Each of our runs has a new server, which has not opened the video before."""
    predictor = pocket()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        videos, frames = Path(folder) / "videos", Path(folder) / "frames"
        videos.mkdir()
        write_video(videos / "long.mp4", 600 * FPS)
        with open_video(videos / "long.mp4") as reader:
            write_frames(frames, reader, OFFICIAL_FRAMES)
        for _ in range(repeats):
            with serving(videos) as server:
                ours.append(asyncio.run(_first_mask(server)))
            started = time.perf_counter()
            OfficialRun(predictor, frames).click(Click(1, 0, starting_point(1)))
            theirs.append(time.perf_counter() - started)
    value, reference = median(ours), median(theirs)
    name = f"first mask: 10 minutes of 720p (official: {OFFICIAL_FRAMES} frames of them)"
    yield Result(name, value, "s", reference, reference / value, repeats)


async def _first_mask(server: Server) -> float:
    started = time.perf_counter()
    async with working(server, "videos/long.mp4") as work:
        await work.click(1, 0, list(starting_point(1)))
        return time.perf_counter() - started
