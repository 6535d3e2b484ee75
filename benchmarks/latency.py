"""p95 of a click while another session propagates, over the same clicks on an idle server.

The pauses between clicks let the other session progress; its frames/s are given with and without clicks.
"""

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
PAUSE = 0.2


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "long.mp4", 600)
        with serving(Path(folder)) as server:
            idle, busy, undisturbed, helper = asyncio.run(_measure(server))
    for name, of in (("p95", lambda times: quantiles(times, n=20)[-1]), ("median", median)):
        value, reference = of(busy), of(idle)
        title = f"latency: {name} of a click while another session propagates, over that on an idle server"
        yield Result(title, value * 1000, "ms", reference * 1000, reference / value, CLICKS)
    title = f"latency: frames of the other session with a click every {PAUSE} s, over those without clicks"
    yield Result(title, helper, "frames/s", undisturbed, helper / undisturbed, 1)


async def _measure(server: Server) -> tuple[list[float], list[float], float, float]:
    """Seconds of clicks, idle and busy, each adding to the same frame as an annotator does; two frame rates."""
    path = "videos/long.mp4"
    async with working(server, path) as work:
        await clicks(work, 5)
        idle = await clicks(work, CLICKS)
        async with working(server, path) as other:
            await other.click(1, 0, list(starting_point(1)))
            moments: list[float] = []
            reading = asyncio.create_task(_read(other, moments))
            await asyncio.sleep(6)
            began = time.perf_counter()
            busy = await clicks(work, CLICKS)
            ended = time.perf_counter()
            assert not reading.done(), "the other session finished before the clicks did"
            reading.cancel()
    undisturbed = sum(began - 4 < moment < began for moment in moments) / 4
    return idle, busy, undisturbed, sum(began < moment < ended for moment in moments) / (ended - began)


async def clicks(work: Work, count: int) -> list[float]:
    times = []
    for index in range(count):
        await asyncio.sleep(PAUSE)
        started = time.perf_counter()
        await work.click(1, 0, list(starting_point(1 + index % 3)))
        times.append(time.perf_counter() - started)
    return times


async def _read(work: Work, moments: list[float]) -> None:
    async for moment, _ in work.propagate():
        moments.append(moment)
