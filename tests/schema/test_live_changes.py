"""Clicks and corrections while a propagation streams."""

import asyncio
import threading
from typing import Any

import pytest

from tests.client_session import ClientSession
from tests.clips import Clip, iou, mask_of
from tests.running import Server
from tests.schema.subscribing import subscribed, tracked


def test_a_click_in_one_session_does_not_wait_for_anothers_propagation(
    long_session: ClientSession, session: ClientSession, clip: Clip
) -> None:
    async def click() -> tuple[int, int]:
        async with subscribed(long_session) as socket:
            await socket.next_frame()
            before = tracked(long_session)
            await asyncio.to_thread(session.add_points, 1, 0, clip.center(1, 0))
            return before, tracked(long_session)

    before, after = asyncio.run(click())

    # The frame in progress, and those tracked while the request and its response are sent.
    assert after - before < 10


def test_a_correction_during_propagation_sends_its_frame_and_those_after_it_again(
    long_session: ClientSession, clip: Clip
) -> None:
    async def follow() -> list[dict[str, Any]]:
        async with subscribed(long_session, maxFrames=24) as socket:
            frames = [await socket.next_frame() for _ in range(10)]
            await asyncio.to_thread(long_session.correct, 1, 4, rleMask=clip.rle(1, 4), trainLora=False)
            while frames[-1]["completed"] < frames[-1]["total"]:
                frames.append(await socket.next_frame())
            return frames

    frames = asyncio.run(follow())

    again = [frame["frameIndex"] for frame in frames if frame["revision"] == 1]
    assert again == list(range(4, 25))
    assert [frame["revision"] for frame in frames] == sorted(frame["revision"] for frame in frames)


def test_a_live_correction_trains_and_the_last_revisions_equal_a_propagation_afterwards(
    long_session: ClientSession, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    async def follow() -> tuple[dict[int, Any], dict[int, Any], Any]:
        first: dict[int, Any] = {}
        last: dict[int, Any] = {}
        async with subscribed(long_session, maxFrames=12) as socket:
            while len(first) < 6:
                frame = await socket.next_frame()
                first[frame["frameIndex"]] = frame["rleMaskList"]
            # The other disc, so that the frames after it have to change.
            correcting = asyncio.create_task(asyncio.to_thread(long_session.correct, 1, 3, rleMask=clip.rle(2, 3)))
            while frame["completed"] < frame["total"]:
                frame = await socket.next_frame()
                last[frame["frameIndex"]] = frame["rleMaskList"]
            return first, last, await correcting

    first, last, correction = asyncio.run(follow())
    afterwards = {
        event["frameIndex"]: event["rleMaskList"]
        for event in long_session.propagate(startFrameIndex=3, direction="FORWARD", maxFrames=9)
    }

    assert correction["adapter"]["frameIndices"] == [3]
    assert {index: last[index] for index in range(4, 13)} == {index: afterwards[index] for index in range(4, 13)}
    for index in (4, 5):
        before, after = (mask_of(masks[0]["rleMask"]) for masks in (first[index], last[index]))
        assert iou(before, clip.masks[1][index]) > 0.5 and iou(after, clip.masks[2][index]) > 0.5


def test_clicks_in_another_session_change_no_bit_of_what_is_streamed(
    server: Server, long_clip: str, clip: Clip
) -> None:
    def streamed(clicking: ClientSession | None) -> list[dict[str, Any]]:
        session = ClientSession.start(server, long_clip)
        session.add_mask(1, 0, clip.rle(1, 0))
        done = threading.Event()

        def click() -> None:
            while clicking is not None and not done.is_set():
                clicking.add_mask(1, 0, clip.rle(1, 0))

        clicks = threading.Thread(target=click)
        clicks.start()
        frames = session.propagate(maxFrames=20)
        done.set()
        clicks.join()
        session.close()
        return [{"frame": frame["frameIndex"], "masks": frame["rleMaskList"]} for frame in frames]

    other = ClientSession.start(server, long_clip)
    assert streamed(other) == streamed(None)
    other.close()
