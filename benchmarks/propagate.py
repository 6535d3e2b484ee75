"""Masks streamed over the WebSocket beside the official predictor's bare loop: the same weights, frames and prompt.

The server is a process of its own; the official loop runs in this one, with its frames decoded beforehand, which the
server's time includes. The two take turns. The official loop is timed with torch's own number of threads. Its masks are
taken with as many threads as the server tracks with, since that number changes the rounding of any model.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.result import Result
from sam2_lit.app import SAMPLE
from sam2_lit.cli import tracking_threads
from sam2_lit.engine.models import load_model
from sam2_lit.media.reader import open_video

POINT = [0.163, 0.565]
START = "mutation ($i: StartSessionInput!) { startSession(input: $i) { sessionId } }"
ADD_POINTS = "mutation ($i: AddPointsInput!) { addPoints(input: $i) { frameIndex } }"
CLOSE = "mutation ($i: CloseSessionInput!) { closeSession(input: $i) { success } }"
PROPAGATE = """subscription ($i: PropagateInVideoInput!) {
  propagateInVideo(input: $i) { frameIndex rleMaskList { rleMask { size counts } } }
}"""

Masks = dict[int, NDArray[np.bool_]]


def run(repeats: int = 5) -> Iterator[Result]:
    """Frames a second over the WebSocket, and the least IoU of any frame's mask with the official one."""
    predictor = load_model(
        "pocket", predictor_class=SAM2VideoPredictor, device="cpu", checkpoints_dir=Path("checkpoints")
    ).predictor
    threads = torch.get_num_threads()
    streamed, bare, alike = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "sample"
        frame_count = write_frames(frames)
        torch.set_num_threads(tracking_threads())
        _, official_masks = official(predictor, frames)
        torch.set_num_threads(threads)
        with serving(frames.parent) as url:
            for repeat in range(repeats + 1):
                seconds, masks = asyncio.run(stream(url, "videos/sample"))
                official_seconds, _ = official(predictor, frames)
                if repeat == 0:
                    continue
                streamed.append(frame_count / seconds)
                bare.append(frame_count / official_seconds)
                alike.append(min(iou(masks[index], official_masks[index]) for index in range(frame_count)))
    ratio = median(ours / theirs for ours, theirs in zip(streamed, bare, strict=True))
    yield Result("propagate, pocket, 1 object", median(streamed), "frames/s", median(bare), ratio, repeats)
    yield Result("propagate, least IoU of a frame", min(alike), "IoU", 1.0, min(alike), repeats)


def write_frames(folder: Path) -> int:
    """The sample as JPEG frames, which the official predictor and the server both read. Returns how many."""
    folder.mkdir()
    with open_video(SAMPLE) as reader:
        for index in range(reader.info.frame_count):
            Image.fromarray(reader.frame(index)).save(folder / f"{index:05d}.jpg", quality=95)
        return reader.info.frame_count


@contextmanager
def serving(videos: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "sam2_lit", "serve", "--port", "0", "--videos", str(videos)]
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen([*command, "--data-dir", data], stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if found := re.search(r"running on http://(\S+:\d+)", line):
                    break
            else:
                raise RuntimeError("the server did not start")
            yield f"ws://{found[1]}/graphql"
        finally:
            server.terminate()
            server.communicate()


async def stream(url: str, path: str) -> tuple[float, Masks]:
    """Seconds from the subscription to its last frame, and the masks."""
    async with Client(transport=WebsocketsTransport(url=url)) as session:

        async def ask(operation: str, **variables: object) -> dict[str, Any]:
            request = gql(operation)
            request.variable_values = {"i": variables}
            answer: dict[str, Any] = await session.execute(request)
            return answer

        session_id = (await ask(START, path=path))["startSession"]["sessionId"]
        prompt = {"frameIndex": 0, "objectId": 1, "points": [POINT], "labels": [1], "clearOldPoints": True}
        await ask(ADD_POINTS, sessionId=session_id, **prompt)
        request = gql(PROPAGATE)
        request.variable_values = {"i": {"sessionId": session_id}}
        started = time.perf_counter()
        events = [event["propagateInVideo"] async for event in session.subscribe(request)]
        seconds = time.perf_counter() - started
        await ask(CLOSE, sessionId=session_id)
    masks = {}
    for event in events:
        rle = event["rleMaskList"][0]["rleMask"]
        masks[event["frameIndex"]] = coco.decode({"size": rle["size"], "counts": rle["counts"].encode()}).astype(bool)
    return seconds, masks


def official(predictor: SAM2VideoPredictor, frames: Path) -> tuple[float, Masks]:
    """Seconds of the official predictor's own loop over frames in memory, and its masks."""
    state = predictor.init_state(str(frames))
    predictor.add_new_points_or_box(state, 0, 1, points=[POINT], labels=[1], normalize_coords=False)
    logits: dict[int, torch.Tensor] = {}
    started = time.perf_counter()
    for index, _, video_logits in predictor.propagate_in_video(state):
        logits[index] = video_logits
    seconds = time.perf_counter() - started
    return seconds, {index: (each[0, 0] > 0).numpy() for index, each in logits.items()}


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0
