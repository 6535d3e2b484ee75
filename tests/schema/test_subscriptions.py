"""Subscriptions over each protocol, with a client of its own over a real socket, and what ends their work."""

import asyncio
import email.parser
import json
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import websockets
from httpx_sse import connect_sse

from tests.clips import FRAMES, Clip, draw_clip, iou, mask_of, write_clip
from tests.running import GraphQLFailure, Server
from tests.work import PROPAGATE, Work

LENGTH = 80


@pytest.fixture(scope="module")
def long_clip(videos: Path) -> str:
    """A clip so long that no test waits for its end."""
    frames = draw_clip(FRAMES).frames
    write_clip(videos / "long.mp4", np.concatenate([frames] * (LENGTH // FRAMES)))
    return "videos/long.mp4"


@pytest.fixture
def long_work(server: Server, long_clip: str, clip: Clip) -> Any:
    work = Work.begin(server, long_clip)
    work.add_mask(1, 0, clip.rle(1, 0))
    yield work
    work.close()


def tracked(work: Work) -> int:
    session = work.session
    return int(session.tracker.frames_tracked)


def operation(work: Work, **arguments: Any) -> dict[str, Any]:
    return {"query": PROPAGATE, "variables": {"input": {"sessionId": work.session_id, **arguments}}}


class Socket:
    """A minimal graphql-transport-ws client that can send `complete` or disconnect at any moment."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self, kind: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(await self.connection.recv())
            if message["type"] == kind:
                return message

    async def next_frame(self) -> dict[str, Any]:
        message = await self.receive("next")
        frame: dict[str, Any] = message["payload"]["data"]["propagateInVideo"]
        return frame


@asynccontextmanager
async def subscribed(work: Work, **arguments: Any) -> AsyncIterator[Socket]:
    async with websockets.connect(work.server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        socket = Socket(connection)
        await socket.send(type="connection_init")
        await socket.receive("connection_ack")
        await socket.send(type="subscribe", id="1", payload=operation(work, **arguments))
        yield socket


def test_a_propagation_streams_over_graphql_transport_ws(work: Work, clip: Clip) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))

    events = work.propagate(maxFrames=4)

    assert [event["frameIndex"] for event in events] == [0, 1, 2, 3, 4]


def test_a_propagation_streams_as_server_sent_events(work: Work, clip: Clip, server: Server) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))

    with (
        httpx.Client(timeout=60) as http,
        connect_sse(http, "POST", f"{server.url}/graphql", json=operation(work, maxFrames=4)) as source,
    ):
        events = list(source.iter_sse())

    assert [event.event for event in events] == ["next"] * 5 + ["complete"]
    frames = [event.json()["data"]["propagateInVideo"]["frameIndex"] for event in events[:-1]]
    assert frames == [0, 1, 2, 3, 4]


def test_a_propagation_streams_as_multipart(work: Work, clip: Clip, server: Server) -> None:
    work.add_mask(1, 0, clip.rle(1, 0))

    answer = server.http.post(
        "/graphql",
        json=operation(work, maxFrames=4),
        headers={"Accept": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'},
    )

    message = email.parser.BytesParser().parsebytes(
        f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode() + answer.content
    )
    texts = [str(part.get_payload()) for part in message.get_payload()]  # type: ignore[union-attr]
    parts = [json.loads(text) for text in texts if text.strip()]
    frames = [part["payload"]["data"]["propagateInVideo"]["frameIndex"] for part in parts if part.get("payload")]
    assert frames == [0, 1, 2, 3, 4]


def test_frames_are_sent_as_soon_as_they_are_tracked(long_work: Work) -> None:
    async def follow() -> int:
        async with subscribed(long_work) as socket:
            await socket.next_frame()
            await socket.next_frame()
            return tracked(long_work)

    assert asyncio.run(follow()) < LENGTH / 2


def test_complete_stops_the_work_within_a_frame(long_work: Work) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_work) as socket:
            for _ in range(3):
                await socket.next_frame()
            await socket.send(type="complete", id="1")
            await socket.send(type="ping")
            await socket.receive("pong")
            return await settled(long_work)

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1


def test_closing_the_socket_stops_the_work_within_a_frame(long_work: Work) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_work) as socket:
            for _ in range(3):
                await socket.next_frame()
        while long_work.streams:
            await asyncio.sleep(0)
        return await settled(long_work)

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1
    assert at_once < LENGTH / 2


def test_cancelling_stops_the_work_within_a_frame_and_ends_the_stream(long_work: Work) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_work) as socket:
            for _ in range(3):
                await socket.next_frame()
            await asyncio.to_thread(
                long_work.mutate, "cancelPropagateInVideo", "CancelPropagateInVideoInput", "success"
            )
            counts = await settled(long_work)
            await socket.receive("complete")
            return counts

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1


def test_closing_the_session_ends_its_streams(long_work: Work) -> None:
    async def follow() -> None:
        async with subscribed(long_work) as socket:
            await socket.next_frame()
            await asyncio.to_thread(long_work.close)
            await asyncio.wait_for(socket.receive("complete"), 30)

    asyncio.run(follow())


def test_removing_the_last_object_ends_the_stream(long_work: Work) -> None:
    async def follow() -> None:
        async with subscribed(long_work) as socket:
            await socket.next_frame()
            await asyncio.to_thread(long_work.mutate, "removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
            await asyncio.wait_for(socket.receive("complete"), 30)

    asyncio.run(follow())


def test_closing_the_session_ends_a_propagation_to_a_frame(long_work: Work) -> None:
    async def follow() -> None:
        tracking = asyncio.create_task(asyncio.to_thread(long_work.propagate_to, LENGTH - 1))
        while tracked(long_work) == 0:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(long_work.close)
        with pytest.raises(GraphQLFailure) as failure:
            await tracking
        assert failure.value.code == "SESSION_NOT_FOUND"

    asyncio.run(follow())


def test_a_slow_subscriber_slows_only_its_own_stream(long_work: Work, clip: Clip) -> None:
    async def dawdle() -> tuple[int, int]:
        frames = long_work.server.engine.propagate(long_work.session_id)
        loop = long_work.server.loop

        async def take_one_and_wait() -> tuple[int, int]:
            await anext(frames)
            counts = await settled(long_work)
            await frames.aclose()
            return counts

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(take_one_and_wait(), loop))

    _, later = asyncio.run(dawdle())

    assert later <= 1 + 4, "the stream holds at most four frames that nobody has read"


def test_a_click_in_one_session_does_not_wait_for_anothers_propagation(long_work: Work, work: Work, clip: Clip) -> None:
    async def click() -> tuple[int, int]:
        async with subscribed(long_work) as socket:
            await socket.next_frame()
            before = tracked(long_work)
            await asyncio.to_thread(work.add_points, 1, 0, clip.centre(1, 0))
            return before, tracked(long_work)

    before, after = asyncio.run(click())

    # The frame in progress, and those tracked while the request and its response are sent.
    assert after - before < 10


def test_a_correction_during_propagation_restarts_the_stream_at_the_frame_after_it(long_work: Work, clip: Clip) -> None:
    async def follow() -> list[dict[str, Any]]:
        async with subscribed(long_work, maxFrames=24) as socket:
            frames = [await socket.next_frame() for _ in range(10)]
            await asyncio.to_thread(long_work.correct, 1, 4, rleMask=clip.rle(1, 4), trainLora=False)
            while frames[-1]["completed"] < frames[-1]["total"]:
                frames.append(await socket.next_frame())
            return frames

    frames = asyncio.run(follow())

    again = [frame["frameIndex"] for frame in frames if frame["revision"] == 1]
    assert again == list(range(5, 25))
    assert [frame["revision"] for frame in frames] == sorted(frame["revision"] for frame in frames)


def test_a_live_correction_trains_and_the_last_revisions_equal_a_propagation_afterwards(
    long_work: Work, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another number of threads rounds differently.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    async def follow() -> tuple[dict[int, Any], dict[int, Any], Any]:
        first: dict[int, Any] = {}
        last: dict[int, Any] = {}
        async with subscribed(long_work, maxFrames=12) as socket:
            while len(first) < 6:
                frame = await socket.next_frame()
                first[frame["frameIndex"]] = frame["rleMaskList"]
            # The other disc, so that the frames after it have to change.
            correcting = asyncio.create_task(asyncio.to_thread(long_work.correct, 1, 3, rleMask=clip.rle(2, 3)))
            while frame["completed"] < frame["total"]:
                frame = await socket.next_frame()
                last[frame["frameIndex"]] = frame["rleMaskList"]
            return first, last, await correcting

    first, last, correction = asyncio.run(follow())
    afterwards = {
        event["frameIndex"]: event["rleMaskList"]
        for event in long_work.propagate(startFrameIndex=3, direction="FORWARD", maxFrames=9)
    }

    assert correction["adapter"]["frameIndices"] == [3]
    assert {index: last[index] for index in range(4, 13)} == {index: afterwards[index] for index in range(4, 13)}
    for index in (4, 5):
        before, after = (mask_of(masks[0]["rleMask"]) for masks in (first[index], last[index]))
        assert iou(before, clip.masks[1][index]) > 0.5 and iou(after, clip.masks[2][index]) > 0.5


def test_a_subscription_that_cannot_start_says_why(work: Work) -> None:
    async def follow() -> dict[str, Any]:
        async with subscribed(work) as socket:
            message: dict[str, Any] = json.loads(await socket.connection.recv())
            return message

    message = asyncio.run(follow())

    errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
    assert errors[0]["extensions"]["code"] == "NO_PROMPTS"


def test_the_training_feed_ends_with_the_session(work: Work) -> None:
    async def follow() -> None:
        async with websockets.connect(work.server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            await socket.send(type="connection_init")
            await socket.receive("connection_ack")
            query = "subscription ($s: String!) { loraTraining(sessionId: $s) { step } }"
            payload = {"query": query, "variables": {"s": work.session_id}}
            await socket.send(type="subscribe", id="1", payload=payload)
            await socket.send(type="ping")
            await socket.receive("pong")
            await asyncio.to_thread(work.close)
            await asyncio.wait_for(socket.receive("complete"), 30)

    asyncio.run(follow())


async def settled(work: Work) -> tuple[int, int]:
    """Frames tracked now, and once none has been tracked for half a second."""
    at_once = now = tracked(work)
    changed = time.monotonic()
    while time.monotonic() - changed < 0.5:
        await asyncio.sleep(0.05)
        if tracked(work) != now:
            now, changed = tracked(work), time.monotonic()
    return at_once, now


def test_clicks_in_another_session_change_no_bit_of_what_is_streamed(
    server: Server, long_clip: str, clip: Clip
) -> None:
    def streamed(clicking: Work | None) -> list[dict[str, Any]]:
        work = Work.begin(server, long_clip)
        work.add_mask(1, 0, clip.rle(1, 0))
        done = threading.Event()

        def click() -> None:
            while clicking is not None and not done.is_set():
                clicking.add_mask(1, 0, clip.rle(1, 0))

        clicks = threading.Thread(target=click)
        clicks.start()
        frames = work.propagate(maxFrames=20)
        done.set()
        clicks.join()
        work.close()
        return [{"frame": frame["frameIndex"], "masks": frame["rleMaskList"]} for frame in frames]

    other = Work.begin(server, long_clip)
    assert streamed(other) == streamed(None)
    other.close()
