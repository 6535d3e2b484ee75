"""Two commits compared: tracking, clicks and training through both servers in one run.

    scripts/before-after COMMIT [--after COMMIT] [--rounds N]

The later commit is this tree, or `--after`.

Both servers run at once and take turns: in each round each does the same work, the other one is idle, and which is
first alternates. Every second round begins with two new servers: where a process lies in memory makes it faster or
slower by several percent for all its life. Ratios are medians of the rounds' ratios, over 1 where the later commit is
faster. On a virtual machine two runs of one benchmark differ by more than the few percent that this must show.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency import clicks
from benchmarks.serving import Server, Work, serving, stream, working
from benchmarks.videos import starting_point, write_video
from sam2_lit.sample import SAMPLE

HERE = Path(__file__).parents[1]
FISH, AGAIN = [0.163, 0.565], [0.17, 0.6]
CORRECTED = 60
SHIFT = 12
"""The corrected mask is the tracked one moved right by this many pixels: the same for both trees."""
CLICKS = 15
_ROUNDS_OF_SERVERS = 2
_IDLE = 0.05
"""CPU seconds in a second."""

Seconds = dict[str, float]


async def one_round(server: Server) -> Seconds:
    seconds = {}
    async with working(server, "videos/sample.mp4") as work:
        await _settled(server)
        await work.click(1, 0, FISH)
        _, passed = await _pass(server, work, "first pass")
        seconds |= passed
        await work.click(1, 0, AGAIN, clear=False)
        masks, passed = await _pass(server, work, "second pass")
        seconds |= passed
        mask = np.roll(masks[CORRECTED][1], SHIFT, axis=1)
        started = time.perf_counter()
        corrected = await work.correct(1, CORRECTED, mask)
        seconds["correction with training"] = time.perf_counter() - started
        assert corrected["adapter"], corrected
    async with working(server, "videos/long.mp4") as work, working(server, "videos/long.mp4") as other:
        await _settled(server)
        await clicks(work, 2)
        seconds["click, idle"] = median(await clicks(work, CLICKS))
        await other.click(1, 0, list(starting_point(1)))
        reading = asyncio.create_task(_read(other))
        await asyncio.sleep(2)
        seconds["click while another session propagates"] = median(await clicks(work, CLICKS))
        assert not reading.done(), "the other session finished before the clicks did"
        reading.cancel()
    await _settled(server)
    return seconds


async def _settled(server: Server) -> None:
    """Returns once the server is idle: what it does in the background is done, and disturbs nothing that is timed.

    That is reading a new video to its end, and training on after a correction.
    """
    before = server.cpu_seconds()
    while True:
        await asyncio.sleep(1)
        now = server.cpu_seconds()
        if now - before < _IDLE:
            return
        before = now


async def _pass(server: Server, work: Work, name: str) -> tuple[dict[int, dict[int, NDArray[np.bool_]]], Seconds]:
    """The masks, and the time and CPU time of a frame: other work on the machine changes the second far less."""
    before = server.cpu_seconds()
    seconds, masks = await stream(work)
    cpu_seconds = server.cpu_seconds() - before
    return masks, {f"{name}, a frame": seconds / len(masks), f"{name}, CPU time of a frame": cpu_seconds / len(masks)}


async def _read(work: Work) -> None:
    async for _ in work.propagate():
        pass


@contextmanager
def _both(videos: Path, trees: tuple[Path, Path], *, swapped: bool) -> Iterator[tuple[Server, Server]]:
    """The servers of both trees; the second tree's starts first where `swapped`, so that each has both places."""
    one, other = reversed(trees) if swapped else trees
    with serving(videos, tree=one) as first, serving(videos, tree=other) as second:
        yield (second, first) if swapped else (first, second)


def compare(videos: Path, trees: tuple[Path, Path], rounds: int) -> None:
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for first in range(0, rounds, _ROUNDS_OF_SERVERS):
        with _both(videos, trees, swapped=first // _ROUNDS_OF_SERVERS % 2 == 1) as (before, after):
            for index in range(first, min(first + _ROUNDS_OF_SERVERS, rounds)):
                order = (before, after) if index % 2 else (after, before)
                taken = {server: asyncio.run(one_round(server)) for server in order}
                for name in taken[before]:
                    times[name].append((taken[before][name], taken[after][name]))
                print(f"round {index + 1} of {rounds}", file=sys.stderr, flush=True)
    print(f"{'':40}  {'before':>8}  {'after':>8}  ratio  least  most")
    for name, pairs in times.items():
        ratios = sorted(b / a for b, a in pairs)
        befores, afters = (median(each) * 1000 for each in zip(*pairs, strict=True))
        print(
            f"{name:40}  {befores:5.1f} ms  {afters:5.1f} ms  {median(ratios):.3f}  {ratios[0]:.3f}  {ratios[-1]:.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/before-after", description=__doc__)
    parser.add_argument("tree", type=Path, help="a checkout of the earlier commit")
    parser.add_argument("--after", type=Path, default=HERE, help="a checkout of the later commit")
    parser.add_argument("--rounds", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        videos = Path(folder)
        (videos / "sample.mp4").symlink_to(SAMPLE)
        write_video(videos / "long.mp4", 600)
        compare(videos, (arguments.tree, arguments.after), arguments.rounds)


if __name__ == "__main__":
    main()
