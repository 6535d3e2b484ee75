"""Eight people at once: three stream propagations, two correct far ahead, one trains, two click every half second.

Each has a session on a video of their own. Clicks are compared with the same clicks on the idle server, right before.
`--tree` runs the server of another checkout, such as an earlier version: all that is used of GraphQL is as old as
addCorrection.
"""

import asyncio
import re
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from gql.transport.exceptions import TransportQueryError

from benchmarks.result import Result
from benchmarks.serving import Server, Work, serving, working
from benchmarks.videos import point_on, write_video

STREAMERS, CORRECTORS, TRAINERS, CLICKERS = 3, 2, 1, 2
PEOPLE = STREAMERS + CORRECTORS + TRAINERS + CLICKERS
FRAMES = 150
FAR_FRAME = 120
TRAINED_FRAMES = range(12, 4, -1)
CLICK_SECONDS = 0.5
IDLE_SECONDS = 30.0
# Every second pass of a streamer, and every second correction of a corrector, is cancelled after so many seconds.
CANCELLED_SECONDS = 15.0
# For so long frames are counted that a correction tracks although it was cancelled.
LATE_SECONDS = 3.0
# In MiB: full within a third of the time, so that what grows afterwards is no cache.
BUDGETS = ("--feature-memory", "10", "--tracking-memory", "16", "--embedding-memory", "64")

CORRECT = "mutation ($i: AddCorrectionInput!) { addCorrection(input: $i) { skipped adapter { steps } } }"
CANCEL = "mutation ($i: CancelPropagateInVideoInput!) { cancelPropagateInVideo(input: $i) { success } }"
TRACK_TO = "mutation ($i: PropagateToFrameInput!) { propagateToFrame(input: $i) { frameIndex } }"
RESET = "mutation ($i: ResetSessionInput!) { resetSession(input: $i) { sessionId } }"
RESET_LORA = "mutation ($i: ResetLoraInput!) { resetLora(input: $i) { sessionId } }"
TRACKED = "query ($i: String!) { session(sessionId: $i) { trackedFrameCount } }"

_STEP_SECONDS = re.compile(r'^sam2_lit_step_seconds_sum\{kind="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass
class Seen:
    """What the clients of a crowd saw. Times are seconds, `memory` is the server's resident MiB, once a second.

    - frames: received by each streamer. late_frames: by the stream, after cancelPropagateInVideo had been answered.
    - late_tracked: by a correction that was cancelled, the same.
    - steps: seconds of the device's steps by rank.
    """

    errors: Counter[str] = field(default_factory=Counter)
    clicks: list[float] = field(default_factory=list)
    frames: Counter[int] = field(default_factory=Counter)
    late_frames: list[int] = field(default_factory=list)
    late_tracked: list[int] = field(default_factory=list)
    corrections: list[float] = field(default_factory=list)
    trainings: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)


Person = Callable[[Work, int, Seen], Awaitable[None]]
"""Does one thing in a session, the n-th time from 0; done over and over."""


def run(seconds: float = 180.0, tree: Path | None = None) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        for person in range(PEOPLE):
            # A video is its content: of different lengths, so that nobody gains from what others have computed.
            write_video(Path(folder) / f"{person}.mp4", FRAMES + person)
        with serving(Path(folder), *BUDGETS, tree=tree) as server:
            idle, seen = asyncio.run(_measure(server, seconds))
    yield from _results(idle, seen, seconds)
    rates = ", ".join(f"{seen.frames[place] / seconds:.2f}" for place in range(STREAMERS))
    print(
        f"crowd: {seconds:g} s; streams {rates} frames/s; {len(seen.clicks)} clicks, at most {max(seen.clicks):.2f} s; "
        f"{len(seen.corrections)} corrections far ahead, {_median(seen.corrections)}; "
        f"{len(seen.trainings)} corrections with training, {_median(seen.trainings)}; "
        f"cancelled {len(seen.late_frames)} streams and {len(seen.late_tracked)} corrections, frames after the answer "
        f"{seen.late_frames} and {seen.late_tracked}; errors {dict(seen.errors)}; device "
        f"{', '.join(f'{rank} {seen.steps[rank]:.0f} s' for rank in seen.steps)}; "
        f"memory each tenth {[round(seen.memory[len(seen.memory) * tenth // 10]) for tenth in range(10)]} MiB",
        file=sys.stderr,
    )


def _results(idle: list[float], seen: Seen, seconds: float) -> Iterator[Result]:
    for name, of in (("p50", median), ("p95", lambda times: quantiles(times, n=20)[-1])):
        value, reference = of(seen.clicks), of(idle)
        title = f"crowd: {name} of a click, over that on the idle server"
        yield Result(title, value * 1000, "ms", reference * 1000, reference / value, len(seen.clicks))
    rates = [seen.frames[place] / seconds for place in range(STREAMERS)]
    title = "crowd: the slowest stream, over the mean of the streams"
    yield Result(title, min(rates), "frames/s", mean(rates), min(rates) / mean(rates), STREAMERS)
    for title, late in (
        ("crowd: most frames of a stream after cancelPropagateInVideo was answered", seen.late_frames),
        ("crowd: most frames tracked by a correction after cancelPropagateInVideo was answered", seen.late_tracked),
    ):
        most = max(late, default=0)
        yield Result(title, most, "frames", 1, 1 / max(1, most), len(late))
    third, end = (_around(seen.memory, place) for place in (1 / 3, 1.0))
    yield Result("crowd: memory at the end, over that after a third", end, "MiB", third, third / end, 1)
    internal = seen.errors["INTERNAL"]
    yield Result("crowd: INTERNAL errors", internal, "", 0, float(not internal), sum(seen.errors.values()))


async def _measure(server: Server, seconds: float) -> tuple[list[float], Seen]:
    """Seconds of clicks on the idle server, and what the crowd saw."""
    people: list[Person] = [_stream(place) for place in range(STREAMERS)]
    people += [_correct] * CORRECTORS + [_train] * TRAINERS + [_click] * CLICKERS
    async with AsyncExitStack() as stack:
        works = []
        for place in range(PEOPLE):
            work = await stack.enter_async_context(working(server, f"videos/{place}.mp4", closes=False))
            await work.click(1, 0, _point(0))
            works.append(work)
        trainer = STREAMERS + CORRECTORS
        await works[trainer].ask(TRACK_TO, frameIndex=TRAINED_FRAMES[0])
        idle, seen = Seen(), Seen()
        await _gather(people[-CLICKERS:], works[-CLICKERS:], idle, min(IDLE_SECONDS, seconds))
        before = await asyncio.to_thread(_step_seconds, server)
        async with _sampled(server, seen):
            await _gather(people, works, seen, seconds)
        seen.steps = Counter(await asyncio.to_thread(_step_seconds, server))
        seen.steps.subtract(before)
        return idle.clicks, seen


async def _gather(people: Sequence[Person], works: Sequence[Work], seen: Seen, seconds: float) -> None:
    """All of them at once, for so long; what they are in the middle of then is dropped."""
    tasks = [asyncio.create_task(_repeat(*each, seen)) for each in zip(people, works, strict=True)]
    done, running = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in running:
        task.cancel()
    await asyncio.wait(tasks)
    for task in done:
        task.result()


async def _repeat(person: Person, work: Work, seen: Seen) -> None:
    for number in count():
        try:
            await person(work, number, seen)
        except TransportQueryError as error:
            seen.errors.update(_codes(error))
            await asyncio.sleep(CLICK_SECONDS)


def _stream(place: int) -> Person:
    async def stream(work: Work, number: int, seen: Seen) -> None:
        """Streams the whole video, or cancels on the way."""
        cancelling = asyncio.create_task(_cancel_later(work)) if number % 2 == 0 else None
        late = 0
        async for _ in work.propagate():
            seen.frames[place] += 1
            late += cancelling is not None and cancelling.done()
        if cancelling is not None and cancelling.done():
            seen.late_frames.append(late)
        elif cancelling is not None:
            cancelling.cancel()

    return stream


async def _cancel_later(work: Work) -> None:
    await asyncio.sleep(CANCELLED_SECONDS)
    await work.ask(CANCEL)


async def _correct(work: Work, number: int, seen: Seen) -> None:
    """Corrects a frame far ahead of the only one that has a mask, or cancels while that is tracked to."""
    await work.ask(RESET)
    await work.click(1, 0, _point(0))
    began = time.perf_counter()
    correcting = asyncio.create_task(work.ask(CORRECT, **_correction(FAR_FRAME)))
    try:
        if number % 2 == 0:
            await _cancel_later(work)
            tracked = await _tracked(work)
            await asyncio.wait({correcting}, timeout=LATE_SECONDS)
            seen.late_tracked.append(await _tracked(work) - tracked)
        await correcting
        seen.corrections.append(time.perf_counter() - began)
    except TransportQueryError as error:
        # What a call that was cancelled is answered with.
        if not (number % 2 == 0 and _codes(error) == ["CANCELLED"]):
            raise
    finally:
        correcting.cancel()


async def _train(work: Work, number: int, seen: Seen) -> None:
    """Corrects a tracked frame and trains; after a round of frames, starts with no adapters again."""
    position = number % len(TRAINED_FRAMES)
    if position == 0:
        await work.ask(RESET_LORA)
    began = time.perf_counter()
    await work.ask(CORRECT, **_correction(TRAINED_FRAMES[position]))
    seen.trainings.append(time.perf_counter() - began)


async def _click(work: Work, number: int, seen: Seen) -> None:
    """Clicks four times on a frame, then on the next."""
    frame_index = number // 4 % FRAMES
    began = time.perf_counter()
    await work.click(1, frame_index, _point(frame_index), clear=number % 4 == 0)
    took = time.perf_counter() - began
    seen.clicks.append(took)
    await asyncio.sleep(max(0.0, CLICK_SECONDS - took))


async def _tracked(work: Work) -> int:
    answer = await work.query(TRACKED)
    tracked: int = answer["session"]["trackedFrameCount"]
    return tracked


@asynccontextmanager
async def _sampled(server: Server, seen: Seen) -> AsyncIterator[None]:
    """Samples the server's memory within the block."""

    async def sample() -> None:
        while True:
            seen.memory.append(server.resident_mib())
            await asyncio.sleep(1)

    sampling = asyncio.create_task(sample())
    try:
        yield
    finally:
        sampling.cancel()


def _step_seconds(server: Server) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{server.address}/metrics", timeout=60) as answer:
        lines = answer.read().decode()
    return {rank: float(value) for rank, value in _STEP_SECONDS.findall(lines)}


def _around(samples: Sequence[float], place: float) -> float:
    """The median of the tenth of the samples that ends at `place`, a fraction of them."""
    end = max(1, round(len(samples) * place))
    return median(samples[max(0, end - max(1, len(samples) // 10)) : end])


def _point(frame_index: int) -> list[float]:
    return list(point_on(1, frame_index))


def _correction(frame_index: int) -> dict[str, Any]:
    return {"objectId": 1, "frameIndex": frame_index, "points": [_point(frame_index)], "labels": [1]}


def _codes(error: TransportQueryError) -> list[str]:
    return [each.get("extensions", {}).get("code", "without code") for each in error.errors or []]


def _median(times: Sequence[float]) -> str:
    return f"median {median(times):.2f} s" if times else "none finished"
