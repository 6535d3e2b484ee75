"""Two commits compared: tracking, clicks and training through both servers in one run.

    scripts/before-after COMMIT [--after COMMIT] [--rounds N]

The later commit is this tree, or `--after`.

Both servers run at once and take turns, so closely that what slows a shared machine down for some seconds slows both
down: they track a dozen frames each, click once each, train once each; the one whose turn it is not is idle. Which is
first alternates, and each round has two new servers. Both have this tree's weights. Ratios are medians of the turns'
ratios, over 1 where the later commit is faster, with the 95 % interval of the median.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.serving import Server, Work, masks_of, serving, working
from benchmarks.videos import starting_point, write_video
from sam2_lit.evaluation.intervals import bootstrap_interval

HERE = Path(__file__).parents[1]
WEIGHTS = HERE / "sam2_lit" / "pocket" / "weights.safetensors"
VIDEO, FRAMES, SLICE = "videos/long.mp4", 240, 12
CORRECTED = (40, 80, 120, 160, 200)
SHIFT = 70
"""The corrected mask is the tracked one of the earlier commit, moved right by this many pixels."""
CLICKS, BUSY_TURNS, BUSY_CLICKS = 20, 6, 8
PAUSE = 0.2
_IDLE = 0.05
"""CPU seconds in a second."""

Seconds = dict[str, float]
Pair = tuple[Server, Server]
Pairs = dict[str, list[tuple[float, float]]]


async def one_round(servers: Pair, pairs: Pairs) -> None:
    async with _sessions(servers) as works:
        for server in servers:
            await _settled(server)
        for work in works:
            await _click(work, 0)
        await _pass("first pass", servers, works, pairs)
        for work in works:
            await _click(work, 1)
        await _pass("second pass", servers, works, pairs)
        for frame_index in CORRECTED:
            [tracked, _] = [[frame async for _, frame in work.propagate(frame_index, 1)] for work in works]
            mask = np.roll(masks_of(tracked[-1])[1], SHIFT, axis=1)

            async def correct(place: int, frame_index: int = frame_index, mask: np.ndarray = mask) -> Seconds:
                await _settled(servers[place])
                started = time.perf_counter()
                corrected = await works[place].correct(1, frame_index, mask)
                # How many steps a training takes is the learning's, not the machine's.
                adapter = corrected["adapter"]
                return {
                    "correction, a step of training": adapter["seconds"] / adapter["steps"],
                    "correction, all else": time.perf_counter() - started - adapter["seconds"],
                }

            await _turns(1, correct, pairs)
            for server in servers:
                await _settled(server)
    async with _sessions(servers) as works, _sessions(servers) as others:
        for server in servers:
            await _settled(server)
        for work in (*works, *others, *works):
            await _click(work, 0)

        async def idle(place: int) -> Seconds:
            return {"click, idle": await _click_after_pause(works[place])}

        async def busy(place: int) -> Seconds:
            reading = asyncio.create_task(_read(others[place]))
            await asyncio.sleep(1)
            seconds = [await _click_after_pause(works[place]) for _ in range(BUSY_CLICKS)]
            assert not reading.done(), "the other session finished before the clicks did"
            reading.cancel()
            await asyncio.wait([reading])
            return {"click while another session propagates": median(seconds)}

        await _turns(CLICKS, idle, pairs)
        await _turns(BUSY_TURNS, busy, pairs)


async def _turns(count: int, act: Callable[[int], Awaitable[Seconds]], pairs: Pairs) -> None:
    """Lets both servers act `count` times each, by their place in the pair."""
    for turn in range(count):
        taken = {place: await act(place) for place in ((0, 1) if turn % 2 else (1, 0))}
        for name in taken[0]:
            pairs[name].append((taken[0][name], taken[1][name]))


async def _pass(name: str, servers: Pair, works: list[Work], pairs: Pairs) -> None:
    """Tracks the video: the time of a frame, and its CPU time, which other work on the machine changes less."""
    starts = [iter(range(0, FRAMES, SLICE)) for _ in works]

    async def track(place: int) -> Seconds:
        before, started = servers[place].cpu_seconds(), time.perf_counter()
        moments = [moment async for moment, _ in works[place].propagate(next(starts[place]), SLICE)]
        cpu_seconds = servers[place].cpu_seconds() - before
        return {
            f"{name}, a frame": (moments[-1] - started) / len(moments),
            f"{name}, CPU time of a frame": cpu_seconds / len(moments),
        }

    await _turns(FRAMES // SLICE, track, pairs)


@asynccontextmanager
async def _sessions(servers: Pair) -> AsyncIterator[list[Work]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(working(server, VIDEO)) for server in servers]


async def _click_after_pause(work: Work) -> float:
    await asyncio.sleep(PAUSE)
    return await _click(work, 1)


async def _click(work: Work, disc: int) -> float:
    started = time.perf_counter()
    await work.click(1, 0, list(starting_point(1 + disc)))
    return time.perf_counter() - started


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


async def _read(work: Work) -> None:
    async for _ in work.propagate():
        pass


@contextmanager
def _both(videos: Path, trees: tuple[Path, Path], *, swapped: bool) -> Iterator[Pair]:
    """The servers of both trees; the second tree's starts first where `swapped`."""
    one, other = reversed(trees) if swapped else trees
    weights = ("--checkpoint", str(WEIGHTS))
    with serving(videos, *weights, tree=one) as first, serving(videos, *weights, tree=other) as second:
        yield (second, first) if swapped else (first, second)


def compare(videos: Path, trees: tuple[Path, Path], rounds: int) -> None:
    pairs: Pairs = defaultdict(list)
    for index in range(rounds):
        with _both(videos, trees, swapped=index % 2 == 1) as servers:
            asyncio.run(one_round(servers, pairs))
        print(f"round {index + 1} of {rounds}", file=sys.stderr, flush=True)
    print(f"{'':40}  {'before':>9}  {'after':>9}  ratio  95 % interval  turns")
    for name, taken in pairs.items():
        ratios = np.array([before / after for before, after in taken])
        least, most = bootstrap_interval(lambda drawn: np.median(drawn, axis=1), ratios) or (np.nan, np.nan)
        befores, afters = (median(each) * 1000 for each in zip(*taken, strict=True))
        print(
            f"{name:40}  {befores:6.1f} ms  {afters:6.1f} ms  {np.median(ratios):.3f}  "
            f"{least:.3f} to {most:.3f}  {len(taken):5}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/before-after", description=__doc__)
    parser.add_argument("tree", type=Path, help="a checkout of the earlier commit")
    parser.add_argument("--after", type=Path, default=HERE, help="a checkout of the later commit")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        videos = Path(folder)
        write_video(videos / Path(VIDEO).name, FRAMES)
        compare(videos, (arguments.tree, arguments.after), arguments.rounds)


if __name__ == "__main__":
    main()
