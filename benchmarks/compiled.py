"""What `sam2-lit serve --compile` costs at start-up, and what it gains in frames/s over the WebSocket.

Servers with and without it alternate. The compiler's cache is empty at first.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.official import write_frames
from benchmarks.propagate import CLICK
from benchmarks.result import Result
from benchmarks.serving import Server, serving, stream, working
from sam2_lit.media.readers.opening import open_video
from sam2_lit.sample import SAMPLE


def run(repeats: int = 3, frame_count: int = 60) -> Iterator[Result]:
    """Seconds to start, and frames/s of a first and a second pass, with `--compile` and without."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {"TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled")}
        videos = folder / "videos"
        videos.mkdir()
        with open_video(SAMPLE) as reader:
            frame_count = write_frames(videos / "sample", reader, frame_count)
        servers, starts = [], []
        for arguments in ((), ("--compile",)):
            began = time.perf_counter()
            servers.append(stack.enter_context(serving(videos, *arguments, environment=environment)))
            starts.append(time.perf_counter() - began)
        yield Result("compile: server start", starts[1], "s", starts[0], starts[1] / starts[0], 1)
        passes = [[asyncio.run(_passes(server)) for server in servers] for _ in range(repeats + 1)][1:]
    for index, name in enumerate(("first", "second")):
        plain, compiled = (median(frame_count / each[which][index] for each in passes) for which in (0, 1))
        yield Result(f"compile: {name} pass, pocket", compiled, "frames/s", plain, compiled / plain, repeats)


async def _passes(server: Server) -> tuple[float, float]:
    async with working(server, "videos/sample") as work:
        await work.click(CLICK.object_id, CLICK.frame_index, list(CLICK.point))
        first, _ = await stream(work)
        await work.click(CLICK.object_id, CLICK.frame_index, list(CLICK.point))
        second, _ = await stream(work)
        return first, second
