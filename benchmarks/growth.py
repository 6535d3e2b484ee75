"""How a frame's time, memory and disk grow with frames, objects, adapters, sessions and subscribers: five curves.

Frames and subscribers are of `pocket` for images of 64 pixels, whose frames take little time themselves; the others are
of `pocket`. All go over the WebSocket to a server of their own, but for the adapters, whose masks of a frame are
compared in this process. Times are the CPU time of all threads of the server, so that other programs count little.
References: the official predictor's bare loop for frames, objects, and, with one object, for
sessions; one pass of SAM 2's decoder for each adapter. The official predictor gets fewer frames and objects.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.websockets import WebsocketsTransport
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.growth_official import official_point
from benchmarks.growth_points import Point, draw, rows
from benchmarks.official import pocket
from benchmarks.result import Result
from benchmarks.serving import Server, Work, serving, working
from benchmarks.videos import starting_point, write_repeated, write_video
from sam2_lit import pocket as embedded
from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, fresh_adapter
from sam2_lit.lora.stacked_decoder import StackedDecoder
from tests.clips import draw_clip
from tests.small_model import write_config

FRAMES, OBJECTS, ADAPTERS = (100, 300, 1000, 3000, 10000, 20000), (1, 2, 4, 8, 16, 32), (0, 1, 2, 4, 8, 16)
SESSIONS, SUBSCRIBERS = (1, 2, 4, 8, 16), (1, 4, 16, 64)
MOST_OFFICIAL_FRAMES, MOST_OFFICIAL_OBJECTS = 1000, 8
SMALL_SIDE = 64
TRACKED, TIMED = 14, 5
WATCHED = 150
WATCH = "subscription ($i: String!) { sessionChanges(sessionId: $i) { cursor } }"


def run(names: Sequence[str] | None = None, plot: Path | None = None, seconds: float = 180.0) -> Iterator[Result]:
    """Each curve ends with the size that it has reached after `seconds`."""
    curves: dict[str, list[Point]] = {}
    for name in names or CURVES:
        curves[name] = []
        for point in CURVES[name](seconds):
            curves[name].append(point)
            yield from rows(name, point)
    if plot is not None:
        draw(curves, plot)


def by_frames(seconds: float) -> Iterator[Point]:
    """One session's frames, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_small_video(folder / "long.mp4", max(FRAMES))
        config, click = write_config(folder, SMALL_SIDE), _small_click()
        official = {
            size: official_point(folder / "long.mp4", [click], size, size // 2, config)
            for size in FRAMES
            if size <= MOST_OFFICIAL_FRAMES
        }
        with serving(folder, *_small(config), data_dir=folder / "data") as server:
            for point in asyncio.run(_long_stream(server, folder / "data", click, seconds)):
                reference = official.get(point.size)
                yield point if reference is None else point.against(*reference)


async def _long_stream(server: Server, data: Path, click: tuple[float, float], seconds: float) -> list[Point]:
    points: list[Point] = []
    spent: list[float] = []
    started = time.perf_counter()
    async with working(server, "videos/long.mp4") as work:
        await work.click(1, 0, list(click))
        async for moment, _ in work.propagate():
            spent.append(server.cpu_seconds())
            is_over = moment - started > seconds or len(spent) == max(FRAMES)
            if len(spent) in FRAMES or is_over:
                disk = sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) / 2**20
                step = _mean_step(spent, min(len(spent) // 2, 500))
                points.append(Point(len(spent), step, server.resident_mib(), disk))
            if is_over:
                break
    return points


def by_objects(seconds: float) -> Iterator[Point]:
    """Objects of one session that are tracked at once."""
    with _discs() as folder:
        started = time.perf_counter()
        for size in OBJECTS:
            clicks = [place for _, place in zip(range(size), _places(), strict=False)]
            with serving(folder) as server:
                point = asyncio.run(_streams(server, size, 1, clicks))
            if size <= MOST_OFFICIAL_OBJECTS:
                point = point.against(*official_point(folder / "long.mp4", clicks, TRACKED, TIMED))
            yield point
            if time.perf_counter() - started > seconds:
                return


def by_sessions(seconds: float) -> Iterator[Point]:
    """Sessions that track the same video at once, each one object: time of a frame of any of them."""
    with _discs() as folder:
        started = time.perf_counter()
        clicks = [starting_point(1)]
        alone, _ = official_point(folder / "long.mp4", clicks, TRACKED, TIMED)
        for size in SESSIONS:
            with serving(folder) as server:
                point = asyncio.run(_streams(server, size, size, clicks))
            yield point.against(alone, None)
            if time.perf_counter() - started > seconds:
                return


def by_subscribers(seconds: float) -> Iterator[Point]:
    """Clients that watch the changes of a session while it is tracked."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        write_small_video(folder / "long.mp4", WATCHED)
        config = write_config(folder, SMALL_SIDE)
        for size in SUBSCRIBERS:
            with serving(folder, *_small(config)) as server:
                yield asyncio.run(_watched(server, size))
            if time.perf_counter() - started > seconds:
                return


async def _streams(server: Server, size: int, sessions: int, clicks: Sequence[tuple[float, float]]) -> Point:
    """Milliseconds that a frame of any session takes, while all of them track."""
    async with AsyncExitStack() as stack:
        works = [await stack.enter_async_context(working(server, "videos/long.mp4")) for _ in range(sessions)]
        for work in works:
            for object_id, place in enumerate(clicks, 1):
                await work.click(object_id, 0, list(place))
        # All objects are in memory from the first frame on, but that of later frames grows with the first few.
        await asyncio.gather(*(_track(work, TRACKED - TIMED) for work in works))
        before = server.cpu_seconds()
        await asyncio.gather(*(_track(work, TIMED, TRACKED - TIMED) for work in works))
        step = (server.cpu_seconds() - before) / TIMED / sessions
        return Point(size, 1000 * step, server.resident_mib())


async def _watched(server: Server, size: int) -> Point:
    async with AsyncExitStack() as stack:
        work = await stack.enter_async_context(working(server, "videos/long.mp4"))
        await work.click(1, 0, list(_small_click()))
        received = [asyncio.Event() for _ in range(size)]
        for each in received:
            transport = WebsocketsTransport(url=f"ws://{server.address}/graphql")
            client = await stack.enter_async_context(Client(transport=transport))
            watching = asyncio.create_task(_watch(client, work.session_id, each))
            stack.callback(watching.cancel)
        await _track(work, WATCHED // 3)
        before = server.cpu_seconds()
        await _track(work, WATCHED - WATCHED // 3, WATCHED // 3)
        step = (server.cpu_seconds() - before) / (WATCHED - WATCHED // 3)
        await asyncio.gather(*(each.wait() for each in received))
        return Point(size, 1000 * step, server.resident_mib())


async def _watch(client: AsyncClientSession, session_id: str, received: asyncio.Event) -> None:
    request = gql(WATCH)
    request.variable_values = {"i": session_id}
    async for _ in client.subscribe(request):
        received.set()


async def _track(work: Work, frames: int, start: int | None = None) -> None:
    """Tracks the first frames of a pass, or so many from a frame on."""
    tracked = 0
    async for _ in work.propagate(start):
        tracked += 1
        if tracked == frames:
            break


def by_adapters(seconds: float) -> Iterator[Point]:
    """Adapters of an object whose masks of a frame are compared."""
    model = pocket()
    side, width = model.sam_image_embedding_size, model.hidden_dim
    levels = (torch.randn(1, width // 8, 4 * side, 4 * side), torch.randn(1, width // 4, 2 * side, 2 * side))
    features = DecoderFeatures(torch.randn(1, width, side, side), levels, multimask=False)
    decoder = StackedDecoder(model)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for size in ADAPTERS:
            adapters = [fresh_adapter(model.sam_mask_decoder, 8, 16.0, generator) for _ in range(size)]
            stacked = partial(_decode_stacked, decoder, features, adapters)
            one_by_one = partial(_decode_each, model, features, adapters)
            yield Point(size, _milliseconds(stacked)).against(_milliseconds(one_by_one), None)


def _decode_stacked(decoder: StackedDecoder, features: DecoderFeatures, adapters: Sequence[Adapter]) -> None:
    frame = decoder.prepare(features)
    if adapters:
        decoder.decode(frame, decoder.stacking.merge(decoder.stacking.stack(adapters)))


def _decode_each(model: SAM2VideoPredictor, features: DecoderFeatures, adapters: Sequence[Adapter]) -> None:
    for adapter in adapters:
        decode(model, features, adapter)


def _milliseconds(function: Callable[[], object]) -> float:
    seconds = []
    for _ in range(6):
        started = time.thread_time()
        with use_threads(1):
            function()
        seconds.append(time.thread_time() - started)
    return median(seconds[1:]) * 1000


@contextmanager
def _discs() -> Iterator[Path]:
    """A folder with `long.mp4`, 720p."""
    with tempfile.TemporaryDirectory() as folder:
        write_video(Path(folder) / "long.mp4", TRACKED)
        yield Path(folder)


def _mean_step(spent: Sequence[float], frames: int) -> float:
    """Milliseconds that each of the last frames took, from seconds spent up to each."""
    return (spent[-1] - spent[-1 - frames]) / frames * 1000


def write_small_video(path: Path, frame_count: int) -> None:
    """Discs that move to and fro, 192 x 128."""
    clip = draw_clip()
    write_repeated(path, np.concatenate([clip.frames, clip.frames[::-1]]), frame_count)


def _small_click() -> tuple[float, float]:
    x, y = draw_clip(1).center(1, 0)
    return x, y


def _small(config: Path) -> list[str]:
    return ["--model-config", str(config), "--checkpoint", str(embedded.WEIGHTS), "--device", "cpu"]


def _places() -> Iterator[tuple[float, float]]:
    """Of the three discs, and then of places in between."""
    yield from (starting_point(object_id) for object_id in (1, 2, 3))
    yield from ((0.05 + 0.12 * (place % 8), 0.1 + 0.2 * (place // 8)) for place in range(32))


CURVES: dict[str, Callable[[float], Iterator[Point]]] = {
    "frames": by_frames,
    "objects": by_objects,
    "adapters": by_adapters,
    "sessions": by_sessions,
    "subscribers": by_subscribers,
}
