"""The first click after a restart of the server, against the same click without: on a video of 1,001 tracked frames."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.result import Result
from benchmarks.serving import Server, resumed, serving, stream, working
from benchmarks.videos import starting_point, write_video

FRAMES = 1001
# The discs move, so that their first place is a click like any other.
POINT = list(starting_point(1))


def run(repeats: int = 3) -> Iterator[Result]:
    """Each click is on a frame of its own near the end; each resumed one is the first that its server gets."""
    with tempfile.TemporaryDirectory() as folder:
        videos, data = Path(folder) / "videos", Path(folder) / "data"
        videos.mkdir()
        write_video(videos / "long.mp4", FRAMES)
        with serving(videos, data_dir=data) as server:
            session_id, without = asyncio.run(_tracked(server, repeats))
        after = []
        for each in range(repeats):
            with serving(videos, data_dir=data) as server:
                after.append(asyncio.run(_first_click(server, session_id, FRAMES - 1 - 2 * each)))
    value, reference = median(after), median(without)
    yield Result(f"resume: first click, frame {FRAMES - 1}", value, "s", reference, reference / value, repeats)


async def _tracked(server: Server, repeats: int) -> tuple[str, list[float]]:
    async with working(server, "videos/long.mp4", closes=False) as work:
        await work.click(1, 0, POINT)
        await stream(work)
        seconds = []
        for each in range(repeats):
            started = time.perf_counter()
            await work.click(1, FRAMES - 2 - 2 * each, POINT)
            seconds.append(time.perf_counter() - started)
        return work.session_id, seconds


async def _first_click(server: Server, session_id: str, frame_index: int) -> float:
    async with resumed(server, session_id) as work:
        started = time.perf_counter()
        await work.click(1, frame_index, POINT)
        return time.perf_counter() - started
