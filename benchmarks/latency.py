"""p95 of a click while another session propagates, over the same clicks on an idle server."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from benchmarks.result import Result
from benchmarks.serving import Server, Work, serving, working
from benchmarks.videos import starting_point, write_video

CLICKS = 40


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "long.mp4", 600)
        with serving(Path(folder)) as server:
            idle, busy = asyncio.run(_measure(server))
    for name, of in (("p95", lambda times: quantiles(times, n=20)[-1]), ("median", median)):
        value, reference = of(busy), of(idle)
        title = f"latency: {name} of a click while another session propagates, over that on an idle server"
        yield Result(title, value * 1000, "ms", reference * 1000, reference / value, CLICKS)


async def _measure(server: Server) -> tuple[list[float], list[float]]:
    """Clicks on an object's frame, each one more on the same frame, as an annotator places them."""
    path = "videos/long.mp4"
    async with working(server, path) as work:
        await _clicks(work, 5)
        idle = await _clicks(work, CLICKS)
        async with working(server, path) as other:
            await other.click(1, 0, list(starting_point(1)))
            frames = other.propagate()
            await anext(frames)
            reading = asyncio.create_task(_read(frames))
            busy = await _clicks(work, CLICKS)
            assert not reading.done(), "the other session came to its end before the clicks did"
            reading.cancel()
    return idle, busy


async def _clicks(work: Work, count: int) -> list[float]:
    times = []
    for index in range(count):
        started = time.perf_counter()
        await work.click(1, 0, list(starting_point(1 + index % 3)))
        times.append(time.perf_counter() - started)
    return times


async def _read(frames: object) -> None:
    async for _ in frames:  # type: ignore[attr-defined]
        pass
