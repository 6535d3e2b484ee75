"""Eight objects over the WebSocket, compared with the official predictor's bare loop, which tracks them one by one."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.official import Click, Masks, OfficialRun, least_iou, pocket, write_frames
from benchmarks.result import Result
from benchmarks.serving import Server, serving, stream, working
from sam2_lit.media.readers.opening import open_video
from sam2_lit.sample import SAMPLE

CLICKS = tuple(
    Click(1 + across + 4 * down, 0, (0.163 + 0.2 * across, 0.565 - 0.3 * down))
    for down in range(2)
    for across in range(4)
)


def run(repeats: int = 3, frame_count: int = 40) -> Iterator[Result]:
    predictor = pocket()
    streamed, bare, alike = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        with open_video(SAMPLE) as reader:
            frame_count = write_frames(frames, reader, frame_count)
        with serving(frames.parent) as server:
            for _ in range(repeats):
                seconds, masks = asyncio.run(_ours(server))
                official = OfficialRun(predictor, frames)
                for click in CLICKS:
                    official.click(click)
                official_seconds, official_masks = official.propagate()
                streamed.append(frame_count / seconds)
                bare.append(frame_count / official_seconds)
                alike.append(least_iou(masks, official_masks))
    ratio = median(ours / theirs for ours, theirs in zip(streamed, bare, strict=True))
    name = f"objects: pocket, {len(CLICKS)} objects, {frame_count} frames"
    yield Result(name, median(streamed), "frames/s", median(bare), ratio, repeats)
    yield Result("objects: least IoU of a mask with the official one", min(alike), "", 1.0, min(alike), repeats)


async def _ours(server: Server) -> tuple[float, Masks]:
    async with working(server, "videos/sample") as work:
        for click in CLICKS:
            await work.click(click.object_id, click.frame_index, list(click.point))
        return await stream(work)
