"""Load: subscribers that stay, that vanish mid-stream and that read slowly, and one client that clicks.

Reports what the server holds before and after, whether every finished stream had every frame once per revision, and
whether a click took no longer than one tracked frame plus its own time.
"""

import asyncio
import json
import random
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import websockets

from benchmarks.result import Result
from benchmarks.serving import CLOSE, START, Server, serving
from benchmarks.videos import starting_point, write_video

FRAMES = 48
PATH = "videos/load.mp4"
ADD_POINTS = "mutation ($i: AddPointsInput!) { addPoints(input: $i) { frameIndex } }"
PROPAGATE = """subscription ($i: PropagateInVideoInput!) {
  propagateInVideo(input: $i) { frameIndex revision completed total rleMaskList { rleMask { counts } } }
}"""
SETTLE_SECONDS = 8.0


@dataclass(frozen=True)
class Held:
    """What a server process holds; memory in MiB."""

    memory: float
    threads: int
    files: int
    tasks: int


@dataclass
class Tally:
    """What clients saw."""

    streams: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    faults: list[str] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)


def run(seconds: float = 60.0) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "load.mp4", FRAMES)
        with serving(Path(folder)) as server:
            alone, frame, before, after, tally = asyncio.run(_measure(server, seconds))
    for name in ("memory", "threads", "files", "tasks"):
        value, reference = getattr(after, name), getattr(before, name)
        yield Result(f"load: {name} after {seconds:g} s, over before", value, "", reference, reference / value, 1)
    finished = tally.streams["finished"]
    whole = 1 - len(tally.faults) / max(1, finished)
    yield Result("load: finished streams with every frame once per revision", whole, "", 1.0, whole, finished)
    allowed = frame + alone
    p95 = quantiles(tally.clicks, n=20)[-1]
    title = "load: p95 of a click during propagations, over a tracked frame plus the click alone"
    yield Result(title, p95 * 1000, "ms", allowed * 1000, allowed / p95, len(tally.clicks))
    print(f"{dict(tally.streams)}, {tally.frames} frames, before {before}, after {after}; {tally.faults[:3]}")


Person = Callable[[Server, Tally, random.Random], Awaitable[None]]


async def _measure(server: Server, seconds: float) -> tuple[float, float, Held, Held, Tally]:
    """Seconds of a click alone and of a tracked frame, what the server holds before and after, and what clients saw."""
    async with _session(server) as session:
        await _clicks(server, session, 5)
        alone = quantiles(await _clicks(server, session, 40), n=20)[-1]
        gaps = await _gaps(server, session)
    await _crowd(server, min(seconds, 20.0), Tally())
    before = await _settled(server)
    tally = Tally()
    await _crowd(server, seconds, tally)
    return alone, median(gaps), before, await _settled(server), tally


async def _crowd(server: Server, seconds: float, tally: Tally) -> None:
    end = time.monotonic() + seconds
    people: list[Callable[[Server, Tally, random.Random], Awaitable[None]]] = [
        _stay,
        _stay,
        _vanish,
        _vanish,
        _dawdle,
        _click,
    ]

    async def keep_on(person: Callable[[Server, Tally, random.Random], Awaitable[None]], seed: int) -> None:
        chance = random.Random(seed)
        while time.monotonic() < end:
            await person(server, tally, chance)

    await asyncio.gather(*(keep_on(person, seed) for seed, person in enumerate(people)))


async def _stay(server: Server, tally: Tally, chance: random.Random) -> None:
    """Reads a propagation to its end; in half of them a click in the middle sends it back."""
    async with _session(server) as session, _subscribed(server, session) as events:
        seen: list[tuple[int, int]] = []
        click_at = chance.choice((0, chance.randrange(5, 20)))
        async for event in events:
            tally.frames += 1
            seen.append((event["revision"], event["frameIndex"]))
            if click_at and len(seen) == click_at:
                await _ask(server, ADD_POINTS, _point(session, seen[-3][1]))
        tally.streams["finished"] += 1
        if len(set(seen)) != len(seen) or {frame for _, frame in seen} != set(range(FRAMES)):
            tally.faults.append(f"frames by revision: {seen}")


async def _vanish(server: Server, tally: Tally, chance: random.Random) -> None:
    """Drops its connection in the middle of a stream."""
    async with _session(server) as session:
        async with _subscribed(server, session, abort=True) as events:
            for _ in range(chance.randrange(1, 12)):
                await anext(events)
                tally.frames += 1
        tally.streams["vanished"] += 1


async def _dawdle(server: Server, tally: Tally, chance: random.Random) -> None:
    """Pauses after every frame."""
    async with _session(server) as session, _subscribed(server, session) as events:
        for _ in range(12):
            await anext(events)
            tally.frames += 1
            await asyncio.sleep(chance.uniform(0.1, 0.6))
        tally.streams["dawdled"] += 1


async def _click(server: Server, tally: Tally, chance: random.Random) -> None:
    async with _session(server) as session:
        await _clicks(server, session, 1)
        for _ in range(20):
            tally.clicks += await _clicks(server, session, 1)
            await asyncio.sleep(chance.uniform(0.05, 0.3))


async def _clicks(server: Server, session: str, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        await _ask(server, ADD_POINTS, _point(session, 0))
        times.append(time.perf_counter() - began)
    return times


async def _gaps(server: Server, session: str) -> list[float]:
    """Seconds per frame of a propagation on an otherwise idle server."""
    async with _subscribed(server, session) as events:
        moments = [time.perf_counter() async for _ in events]
    return [later - earlier for earlier, later in pairwise(moments)]


def _point(session: str, frame: int) -> dict[str, Any]:
    point = {"points": [list(starting_point(1))], "labels": [1], "clearOldPoints": True}
    return {"sessionId": session, "frameIndex": frame, "objectId": 1, **point}


@asynccontextmanager
async def _session(server: Server) -> AsyncIterator[str]:
    started = await _ask(server, START, {"path": PATH})
    session: str = started["startSession"]["sessionId"]
    await _ask(server, ADD_POINTS, _point(session, 0))
    yield session
    await _ask(server, CLOSE, {"sessionId": session})


@asynccontextmanager
async def _subscribed(
    server: Server, session: str, abort: bool = False
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    address = f"ws://{server.address}/graphql"
    async with websockets.connect(address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        payload = {"query": PROPAGATE, "variables": {"i": {"sessionId": session}}}
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))

        async def events() -> AsyncIterator[dict[str, Any]]:
            while (message := json.loads(await socket.recv()))["type"] == "next":
                yield message["payload"]["data"]["propagateInVideo"]
            assert message["type"] == "complete", message

        yield events()
        if abort:
            socket.transport.abort()


async def _ask(server: Server, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    answer = await asyncio.to_thread(_post, server, {"query": query, "variables": {"i": variables}})
    if "errors" in answer:
        raise RuntimeError(str(answer["errors"]))
    data: dict[str, Any] = answer["data"]
    return data


def _post(server: Server, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://{server.address}/graphql", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        read: dict[str, Any] = json.load(answer)
        return read


async def _settled(server: Server) -> Held:
    """What the server holds once all clients have left and their connections have had time to close."""
    await asyncio.sleep(SETTLE_SECONDS)
    with urllib.request.urlopen(f"http://{server.address}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    tasks = next(line.split()[1] for line in lines if line.startswith("sam2_lit_tasks "))
    process = Path(f"/proc/{server.process_id}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return Held(
        memory=int(status["VmRSS"].split()[0]) / 1024,
        threads=int(status["Threads"]),
        files=len(list((process / "fd").iterdir())),
        tasks=int(float(tasks)),
    )
