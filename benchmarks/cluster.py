"""A cluster of two workers on this machine: what the death of a worker costs, and what the way to another process does.

Needs Ray and PostgreSQL (`scripts/setup dev`, `scripts/setup-postgresql`). Workers compute on one thread each, as the
server that they are compared with.
"""

import asyncio
import os
import random
import secrets
import signal
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psycopg
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from PIL import Image

from benchmarks.result import Result
from benchmarks.serving import START, Server, Work, masks_of, serving, working
from sam2_lit.sample import SAMPLE as SAMPLE_FILE
from tests.store.postgresql import postgresql

SAMPLE = "sample/sample.mp4"
WORKERS = 2
CALLS = 200
SESSIONS = 50
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# Without it, Ray makes a token and stores it in the home folder.
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
CANCEL = "mutation ($i: CancelPropagateInVideoInput!) { cancelPropagateInVideo(input: $i) { success } }"
NAME = "mutation ($i: NameObjectInput!) { nameObject(input: $i) { name } }"


@dataclass(frozen=True)
class Cluster:
    """A front of two workers, and its database."""

    front: Server
    database: str

    def workers(self) -> Counter[int]:
        """The processes that own sessions, and how many each."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute("SELECT worker FROM sessions WHERE worker IS NOT NULL").fetchall()
        return Counter(int(worker.split(".")[1]) for (worker,) in rows)

    def worker_of(self, session_id: str) -> int:
        with psycopg.connect(self.database) as connection:
            query = "SELECT worker FROM sessions WHERE id = %s"
            [worker] = connection.execute(query, [session_id]).fetchone() or (None,)
        return int(worker.split(".")[1])


def run(kills: int = 10, seed: int = 0) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder, clusters(Path(folder)) as cluster:
        yield from _kills(cluster, kills, random.Random(seed))
        with serving(Path(folder), "--learn-on", "0", environment=ONE_THREAD) as alone:
            yield from _stream(cluster, alone)
            yield from _calls(cluster, alone)
        yield from _sessions(cluster)


@contextmanager
def clusters(folder: Path) -> Iterator[Cluster]:
    """Runs a front of two workers, over an empty folder of videos."""
    videos = folder / "videos"
    videos.mkdir()
    with postgresql() as database:
        url = database.new_database(secrets.token_hex(4))
        flags = ("--cluster", "auto", "--workers", str(WORKERS), "--database-url", url, "--learn-on", "0")
        with serving(videos, *flags, "--media-dir", str(folder / "media"), environment=ONE_THREAD | TOKEN) as front:
            cluster = Cluster(front, url)
            _wait_for_workers(cluster)
            yield cluster


def _kills(cluster: Cluster, kills: int, random: random.Random) -> Iterator[Result]:
    """Streams over the sample, whose worker is killed at a random frame."""
    whole = asyncio.run(_streamed(cluster, None))
    frames = len(whole.masks)
    missing = different = 0
    pauses, usual = [], []
    print("kill | after frame | frames missing | masks that differ | longest pause after it, s", file=sys.stderr)
    for number in range(kills):
        seen = asyncio.run(_streamed(cluster, random.randrange(1, frames - 1)))
        lacking = frames - len(seen.masks)
        differing = sum(
            not np.array_equal(mask, seen.masks[frame][object_id])
            for frame, masks in whole.masks.items()
            if frame in seen.masks
            for object_id, mask in masks.items()
        )
        row = (number, seen.killed_at, lacking, differing, f"{seen.pause:.2f}")
        print(" | ".join(map(str, row)), file=sys.stderr)
        missing, different = missing + lacking, different + differing
        pauses.append(seen.pause)
        usual.append(seen.usual)
        _wait_for_workers(cluster)
    yield Result("cluster: frames missing after kill -9 of the worker", missing, "frames", 0, float(not missing), kills)
    yield Result(
        "cluster: masks that differ from an undisturbed pass", different, "masks", 0, float(not different), kills
    )
    for name, of in (("median", median), ("worst", max)):
        value, between = of(pauses), median(usual)
        yield Result(f"cluster: {name} pause of a stream, over the usual", value, "s", between, between / value, kills)


@dataclass(frozen=True)
class Seen:
    """A stream: masks by frame and object, the longest pause after the kill, the usual one, all in seconds."""

    masks: dict[int, dict[int, Any]]
    pause: float
    usual: float
    killed_at: int | None


async def _streamed(cluster: Cluster, kill_after: int | None) -> Seen:
    """`kill_after` is the number of the frame in its stream."""
    async with working(cluster.front, SAMPLE) as work:
        await work.click(1, 0, _point())
        masks: dict[int, dict[int, Any]] = {}
        gaps: list[float] = []
        killed_at, at_kill, last = None, 0, time.perf_counter()
        async for moment, frame in work.propagate():
            gaps.append(moment - last)
            last = moment
            masks[frame["frameIndex"]] = masks_of(frame)
            if len(masks) == kill_after:
                killed_at, at_kill = frame["frameIndex"], len(gaps)
                os.kill(cluster.worker_of(work.session_id), signal.SIGKILL)
        return Seen(masks, max(gaps[at_kill:]), median(gaps[1:]), killed_at)


def _stream(cluster: Cluster, alone: Server, repeats: int = 3) -> Iterator[Result]:
    """Frames/s of one stream, alternately."""
    rates: dict[str, list[float]] = {"cluster": [], "alone": []}
    for _ in range(repeats):
        for name, server in (("cluster", cluster.front), ("alone", alone)):
            rates[name].append(asyncio.run(_rate(server)))
    value, reference = median(rates["cluster"]), median(rates["alone"])
    yield Result("cluster: one stream, over a server alone", value, "frames/s", reference, value / reference, repeats)


async def _rate(server: Server) -> float:
    async with working(server, SAMPLE) as work:
        await work.click(1, 0, _point())
        moments = [moment async for moment, _ in work.propagate()]
        return (len(moments) - 1) / (moments[-1] - moments[0])


def _calls(cluster: Cluster, alone: Server) -> Iterator[Result]:
    for title, operation in (("a call that does nothing", CANCEL), ("a call that is stored", NAME)):
        value, reference = asyncio.run(_seconds(cluster.front, alone, operation))
        name = f"cluster: {title}, over a server alone"
        yield Result(name, value * 1000, "ms", reference * 1000, reference / value, CALLS)


async def _seconds(front: Server, alone: Server, operation: str) -> tuple[float, float]:
    """Medians, called alternately."""
    took: tuple[list[float], list[float]] = ([], [])
    async with working(front, SAMPLE) as there, working(alone, SAMPLE) as here:
        works: tuple[Work, Work] = (there, here)
        for work in works:
            await work.click(1, 0, _point())
        for number in range(CALLS):
            for work, seconds in zip(works, took, strict=True):
                variables = {"objectId": 1, "name": f"name {number}"} if operation is NAME else {}
                started = time.perf_counter()
                await work.ask(operation, **variables)
                seconds.append(time.perf_counter() - started)
    return median(took[0]), median(took[1])


def _sessions(cluster: Cluster) -> Iterator[Result]:
    before = sum(cluster.workers().values())
    asyncio.run(_start_sessions(cluster.front))
    placed = cluster.workers()
    fewest, most = min(placed.values()), max(placed.values())
    assert sum(placed.values()) - before == SESSIONS
    title = f"cluster: the fewer of {SESSIONS} sessions on two workers, over the more"
    yield Result(title, fewest, "sessions", most, fewest / most, SESSIONS)


async def _start_sessions(front: Server) -> None:
    transport = WebsocketsTransport(url=f"ws://{front.address}/graphql")
    async with Client(transport=transport, execute_timeout=None) as connection:
        for _ in range(SESSIONS):
            request = gql(START)
            request.variable_values = {"i": {"path": SAMPLE}}
            await connection.execute(request)


def _point() -> list[float]:
    """A place within object 1 on the sample's first frame, (x, y) relative to the frame."""
    first = min((SAMPLE_FILE.parent / "Annotations").rglob("*.png"))
    ids = np.array(Image.open(first))
    ys, xs = np.nonzero(ids == 1)
    middle = len(ys) // 2
    return [float(xs[middle] / ids.shape[1]), float(ys[middle] / ids.shape[0])]


def _wait_for_workers(cluster: Cluster) -> None:
    """Returns once both workers answer, with their models loaded."""
    while True:
        text = urllib.request.urlopen(f"http://{cluster.front.address}/metrics").read().decode()
        found = {line.split('worker="')[1].split('"')[0] for line in text.splitlines() if 'worker="' in line}
        if len(found) == WORKERS:
            return
        time.sleep(0.5)
