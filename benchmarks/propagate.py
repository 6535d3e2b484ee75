"""Masks over the WebSocket compared with the official predictor's bare loop: the same weights, frames and prompt.

The server is a separate process; the official loop runs in this one, with its frames decoded beforehand, which the
server's time includes. The two alternate, the official loop with torch's default number of threads. Each of our runs
has a new session, so that no embedding is cached from the one before.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.official import Click, Masks, OfficialRun, least_iou, pocket, write_frames
from benchmarks.result import Result
from benchmarks.serving import Server, serving, stream, working
from sam2_lit.media.readers.opening import open_video
from sam2_lit.sample import SAMPLE

CLICK = Click(1, 0, (0.163, 0.565))


def run(repeats: int = 3, frame_count: int = 60) -> Iterator[Result]:
    """Frames/s over the WebSocket, and the least IoU of any frame's mask with the official one."""
    predictor = pocket()
    streamed, bare, alike = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            frame_count = write_frames(frames, reader, frame_count)
        with serving(frames.parent) as server:
            for repeat in range(repeats + 1):
                seconds, masks = asyncio.run(_ours(server))
                official = OfficialRun(predictor, frames)
                official.click(CLICK)
                official_seconds, official_masks = official.propagate()
                if repeat == 0:
                    continue
                streamed.append(frame_count / seconds)
                bare.append(frame_count / official_seconds)
                print(f"propagate: {streamed[-1]:.2f} and {bare[-1]:.2f} frames/s", file=sys.stderr, flush=True)
                alike.append(least_iou(masks, official_masks))
    ratio = median(ours / theirs for ours, theirs in zip(streamed, bare, strict=True))
    yield Result("propagate: pocket, 1 object", median(streamed), "frames/s", median(bare), ratio, repeats)
    yield Result("propagate: least IoU of a mask with the official one", min(alike), "", 1.0, min(alike), repeats)


async def _ours(server: Server) -> tuple[float, Masks]:
    async with working(server, "videos/sample") as work:
        await work.click(CLICK.object_id, CLICK.frame_index, list(CLICK.point))
        return await stream(work)
