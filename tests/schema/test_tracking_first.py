"""What a call tracks first: it holds nobody up, can be watched, and ends with a cancellation or its client."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.client_session import ClientSession, rle_of
from tests.clips import Clip, iou, mask_of
from tests.running import GraphQLFailure, Server
from tests.schema.subscribing import running_on_socket, settled, subscribed, tracked

FAR = 24
NEAR = 12
CORRECT = "mutation ($input: AddCorrectionInput!) { addCorrection(input: $input) { skipped } }"
PROGRESS = """subscription ($s: String!) {
    trackingProgress(sessionId: $s) { purpose frameIndex completed total } }"""


def correction(session: ClientSession, clip: Clip) -> dict[str, Any]:
    """A correction by a mask, as an operation."""
    prompt = {"objectId": 1, "frameIndex": FAR, "rleMask": clip.rle(1, 0)}
    return {"query": CORRECT, "variables": {"input": {"sessionId": session.session_id, **prompt}}}


async def correcting(session: ClientSession, clip: Clip, frame_index: int = FAR) -> "asyncio.Task[Any]":
    """A correction far ahead that is on its way."""
    before = tracked(session)
    call = asyncio.create_task(asyncio.to_thread(session.correct, 1, frame_index, rleMask=clip.rle(1, 0)))
    while tracked(session) < before + 2:
        assert not call.done()
        await asyncio.sleep(0.005)
    return call


async def cancel(session: ClientSession) -> bool:
    answer = await asyncio.to_thread(session.mutate, "cancelPropagateInVideo", "CancelPropagateInVideoInput", "success")
    return bool(answer["success"])


def kinds(session: ClientSession) -> list[str]:
    return [each["kind"] for each in session.interactions()]


def test_another_sessions_stream_takes_turns_with_the_tracking_of_a_correction(
    long_session: ClientSession, server: Server, long_clip: str, clip: Clip
) -> None:
    other = ClientSession.start(server, long_clip)
    other.add_mask(1, 0, clip.rle(1, 0))

    async def stream_meanwhile() -> None:
        async with subscribed(other) as socket:
            await socket.next_frame()
            call = await correcting(long_session, clip)
            for _ in range(8):
                await socket.next_frame()
            assert not call.done()
            assert tracked(long_session) < FAR
            await cancel(long_session)
            with pytest.raises(GraphQLFailure):
                await call

    asyncio.run(stream_meanwhile())
    other.close()


def test_a_click_of_another_session_does_not_wait_for_the_tracking_of_a_correction(
    long_session: ClientSession, session: ClientSession, clip: Clip
) -> None:
    async def click() -> int:
        call = await correcting(long_session, clip)
        before = tracked(long_session)
        await asyncio.to_thread(session.add_points, 1, 0, clip.center(1, 0))
        counted = tracked(long_session) - before
        await cancel(long_session)
        with pytest.raises(GraphQLFailure):
            await call
        return counted

    # The frame in progress, and those tracked while the request and its response are sent.
    assert asyncio.run(click()) < 10


def test_a_click_during_the_tracking_of_a_correction_is_answered_and_tracked_on_from(
    long_session: ClientSession, clip: Clip
) -> None:
    async def click() -> tuple[bool, int, Any]:
        call = await correcting(long_session, clip, NEAR)
        await asyncio.to_thread(long_session.add_mask, 2, 0, clip.rle(2, 0))
        answered = not call.done(), tracked(long_session)
        return *answered, await call

    was_tracking, at_click, answer = asyncio.run(click())

    assert was_tracking and at_click < NEAR
    assert answer["adapter"]["frameIndices"] == [NEAR]
    # Once up to the click, and once again with the second object.
    assert tracked(long_session) <= at_click + NEAR + 1
    frame = long_session.masks(NEAR, NEAR)[0]
    assert mask_of(rle_of(frame, 2)).any()
    assert iou(mask_of(rle_of(frame, 1)), clip.masks[1][0]) == 1


def test_cancelling_ends_the_tracking_of_a_correction_within_a_frame_and_changes_nothing(
    long_session: ClientSession, clip: Clip
) -> None:
    async def follow() -> tuple[tuple[bool, bool], tuple[int, int], str | None]:
        call = await correcting(long_session, clip)
        cancelled = await cancel(long_session)
        counts = await settled(long_session)
        with pytest.raises(GraphQLFailure) as failure:
            await call
        return (cancelled, await cancel(long_session)), counts, failure.value.code

    cancelled, (at_once, later), code = asyncio.run(follow())

    assert cancelled == (True, False)
    assert later - at_once <= 1
    assert code == "CANCELLED"
    assert kinds(long_session) == ["PROMPT"]


def test_cancelling_ends_propagate_to_frame_within_a_frame(long_session: ClientSession) -> None:
    async def follow() -> tuple[int, int]:
        call = asyncio.create_task(asyncio.to_thread(long_session.propagate_to, FAR))
        while tracked(long_session) < 2:
            await asyncio.sleep(0.005)
        assert await cancel(long_session)
        counts = await settled(long_session)
        with pytest.raises(GraphQLFailure, match="cancelled"):
            await call
        return counts

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1 and later < FAR


def test_cancelling_where_nothing_runs_says_so(session: ClientSession) -> None:
    assert asyncio.run(cancel(session)) is False


def test_an_http_client_that_leaves_ends_the_tracking_of_its_correction(
    long_session: ClientSession, clip: Clip
) -> None:
    async def leave() -> int:
        address = urlsplit(long_session.server.url)
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        body = json.dumps(correction(long_session, clip)).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        while tracked(long_session) < 2:
            await asyncio.sleep(0.005)
        writer.close()
        while long_session.streams:
            await asyncio.sleep(0.005)
        return (await settled(long_session))[1]

    assert asyncio.run(leave()) < FAR
    assert kinds(long_session) == ["PROMPT"]


def test_completing_a_correction_on_a_websocket_ends_its_tracking(long_session: ClientSession, clip: Clip) -> None:
    async def leave() -> int:
        async with running_on_socket(long_session, correction(long_session, clip)) as socket:
            while tracked(long_session) < 2:
                await asyncio.sleep(0.005)
            await socket.send(type="complete", id="1")
            while long_session.streams:
                await asyncio.sleep(0.005)
            return (await settled(long_session))[1]

    assert asyncio.run(leave()) < FAR
    assert kinds(long_session) == ["PROMPT"]


def test_the_tracking_of_a_correction_can_be_watched(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))
    watch = {"query": PROGRESS, "variables": {"s": session.session_id}}

    async def follow() -> list[dict[str, Any]]:
        async with running_on_socket(session, watch) as socket:
            await socket.send(type="ping")
            await socket.receive("pong")
            await asyncio.to_thread(session.correct, 1, 4, rleMask=clip.rle(1, 4))
            events = [await socket.receive("next") for _ in range(4)]
            return [event["payload"]["data"]["trackingProgress"] for event in events]

    assert asyncio.run(follow()) == [
        {"purpose": "CORRECTION", "frameIndex": frame, "completed": frame, "total": 4} for frame in (1, 2, 3, 4)
    ]


def test_a_correction_of_an_object_that_is_removed_meanwhile_is_refused(
    long_session: ClientSession, clip: Clip
) -> None:
    async def follow() -> str | None:
        call = await correcting(long_session, clip)
        remove = long_session.mutate
        await asyncio.to_thread(remove, "removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
        with pytest.raises(GraphQLFailure) as failure:
            await call
        return failure.value.code

    assert asyncio.run(follow()) == "OBJECT_NOT_FOUND"
    assert long_session.info()["objects"] == []


def test_closing_the_session_ends_the_tracking_of_a_correction(long_session: ClientSession, clip: Clip) -> None:
    async def follow() -> str | None:
        call = await correcting(long_session, clip)
        await asyncio.to_thread(long_session.close)
        with pytest.raises(GraphQLFailure) as failure:
            await call
        return failure.value.code

    assert asyncio.run(follow()) == "SESSION_NOT_FOUND"
