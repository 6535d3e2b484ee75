"""`/healthz` while 8 uploads, 40 requests for videos to be transcoded and 4 streams are running: p50 and p99.

The health check is asked for by a process of its own, so that what the other clients do does not delay it there.
"""

import asyncio
import http.client
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import quantiles

import av
import httpx

from benchmarks.result import Result
from benchmarks.serving import Server, serving, working
from benchmarks.videos import starting_point, write_video

SECONDS = 30.0
PAUSE = 0.02
UPLOADS, TRANSCODES, STREAMS = 8, 40, 4
FILMS = 5
UPLOAD = "mutation ($file: Upload!) { uploadVideo(file: $file, durationTimeSec: 3) { path } }"
WANTED_MS = 50.0


def run() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        videos = Path(folder)
        write_video(videos / "long.mp4", 600)
        for number in range(FILMS):
            _write_film(videos / f"film{number}.webm", videos / "long.mp4", 150)
        with serving(videos) as server:
            idle, busy = asyncio.run(_measure(server, (videos / "long.mp4").read_bytes()))
    for name, place in (("p50", 49), ("p99", 98)):
        value, alone = (quantiles(times, n=100)[place] * 1000 for times in (busy, idle))
        title = (
            f"health: {name} of /healthz during {UPLOADS} uploads, {TRANSCODES} transcode requests, {STREAMS} streams"
        )
        yield Result(f"{title}, over an idle server", value, "ms", alone, alone / value, len(busy))
    yield Result("health: the p99 over the one that is wanted", value, "ms", WANTED_MS, WANTED_MS / value, len(busy))


async def _measure(server: Server, film: bytes) -> tuple[list[float], list[float]]:
    """Seconds of each health check, on the idle server and on the busy one."""
    idle = await _probed(server, 5.0)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=f"http://{server.address}", timeout=None, limits=limits) as client:
        films = await _films(client)
        running = [asyncio.create_task(_again(lambda: _upload(client, film))) for _ in range(UPLOADS)]
        running += [asyncio.create_task(_stream(server)) for _ in range(STREAMS)]
        transcodes = [asyncio.create_task(_get(client, films[number % FILMS])) for number in range(TRANSCODES)]
        await asyncio.sleep(2)
        busy = await _probed(server, SECONDS)
        done = sum(each.done() for each in transcodes)
        print(f"{done} of {TRANSCODES} transcode requests were answered by the end", file=sys.stderr)
        for each in (*running, *transcodes):
            if each.done():
                each.result()
        # Ended otherwise, it would wait for the uploads that are running.
        os.kill(server.process_id, signal.SIGKILL)
        for each in (*running, *transcodes):
            each.cancel()
        await asyncio.gather(*running, *transcodes, return_exceptions=True)
    return idle, busy


async def _again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()


async def _upload(client: httpx.AsyncClient, film: bytes) -> None:
    form = {
        "operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}),
        "map": '{"0": ["variables.file"]}',
    }
    answer = (await client.post("/graphql", data=form, files={"0": ("film.mp4", film)})).json()
    if "errors" in answer:
        raise RuntimeError(answer["errors"])


async def _films(client: httpx.AsyncClient) -> list[str]:
    """The films' `video.mp4`, once all are listed: VP8 has hidden frames, so that their order is learned first."""
    while True:
        answer = await client.post("/graphql", json={"query": "{ videos { edges { node { path url } } } }"})
        nodes = [each["node"] for each in answer.json()["data"]["videos"]["edges"]]
        films = [httpx.URL(each["url"]).path for each in nodes if each["path"].endswith(".webm")]
        if len(films) == FILMS:
            return films
        await asyncio.sleep(0.2)


async def _get(client: httpx.AsyncClient, path: str) -> None:
    (await client.get(path)).raise_for_status()


async def _stream(server: Server) -> None:
    async with working(server, "videos/long.mp4") as work:
        await work.click(1, 0, list(starting_point(1)))
        while True:
            async for _ in work.propagate():
                pass


def _write_film(path: Path, source: Path, frame_count: int) -> None:
    """The start of a video as VP8, which is not played as it is."""
    with av.open(str(source)) as given, av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=30, options={"deadline": "realtime", "cpu-used": "8", "b": "4M"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index, frame in enumerate(given.decode(video=0)):
            if index == frame_count:
                break
            frame.pts = None
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


async def _probed(server: Server, seconds: float) -> list[float]:
    """Seconds of each health check, asked for in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.health", server.address, str(seconds)]
    prober = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    printed, _ = await prober.communicate()
    times: list[float] = json.loads(printed)
    return times


def _probe(address: str, seconds: float) -> list[float]:
    connection = http.client.HTTPConnection(address)
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    return times


if __name__ == "__main__":
    print(json.dumps(_probe(sys.argv[1], float(sys.argv[2]))))
