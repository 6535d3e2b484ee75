"""Subscriptions over each protocol, with a client of its own over a real socket, and what ends their work."""

import asyncio
import email.parser
import json
from typing import Any

import httpx
import pytest
import websockets
from httpx_sse import connect_sse

from tests.client_session import ClientSession
from tests.clips import Clip
from tests.running import GraphQLFailure, Server
from tests.schema.subscribing import LENGTH, Socket, operation, settled, subscribed, tracked


def test_a_propagation_streams_over_graphql_transport_ws(session: ClientSession, clip: Clip) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    events = session.propagate(maxFrames=4)

    assert [event["frameIndex"] for event in events] == [0, 1, 2, 3, 4]


def test_a_propagation_streams_as_server_sent_events(session: ClientSession, clip: Clip, server: Server) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    with (
        httpx.Client(timeout=60) as http,
        connect_sse(http, "POST", f"{server.url}/graphql", json=operation(session, maxFrames=4)) as source,
    ):
        events = list(source.iter_sse())

    assert [event.event for event in events] == ["next"] * 5 + ["complete"]
    frames = [event.json()["data"]["propagateInVideo"]["frameIndex"] for event in events[:-1]]
    assert frames == [0, 1, 2, 3, 4]


def test_a_propagation_streams_as_multipart(session: ClientSession, clip: Clip, server: Server) -> None:
    session.add_mask(1, 0, clip.rle(1, 0))

    answer = server.http.post(
        "/graphql",
        json=operation(session, maxFrames=4),
        headers={"Accept": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'},
    )

    message = email.parser.BytesParser().parsebytes(
        f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode() + answer.content
    )
    texts = [str(part.get_payload()) for part in message.get_payload()]  # type: ignore[union-attr]
    parts = [json.loads(text) for text in texts if text.strip()]
    frames = [part["payload"]["data"]["propagateInVideo"]["frameIndex"] for part in parts if part.get("payload")]
    assert frames == [0, 1, 2, 3, 4]


def test_frames_are_sent_as_soon_as_they_are_tracked(long_session: ClientSession) -> None:
    async def follow() -> int:
        async with subscribed(long_session) as socket:
            await socket.next_frame()
            await socket.next_frame()
            return tracked(long_session)

    assert asyncio.run(follow()) < LENGTH / 2


def test_complete_stops_the_work_within_a_frame(long_session: ClientSession) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_session) as socket:
            for _ in range(3):
                await socket.next_frame()
            await socket.send(type="complete", id="1")
            await socket.send(type="ping")
            await socket.receive("pong")
            return await settled(long_session)

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1


def test_closing_the_socket_stops_the_work_within_a_frame(long_session: ClientSession) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_session) as socket:
            for _ in range(3):
                await socket.next_frame()
        while long_session.streams:
            await asyncio.sleep(0)
        return await settled(long_session)

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1
    assert at_once < LENGTH / 2


def test_cancelling_stops_the_work_within_a_frame_and_ends_the_stream(long_session: ClientSession) -> None:
    async def follow() -> tuple[int, int]:
        async with subscribed(long_session) as socket:
            for _ in range(3):
                await socket.next_frame()
            await asyncio.to_thread(
                long_session.mutate, "cancelPropagateInVideo", "CancelPropagateInVideoInput", "success"
            )
            counts = await settled(long_session)
            await socket.receive("complete")
            return counts

    at_once, later = asyncio.run(follow())

    assert later - at_once <= 1


def test_closing_the_session_ends_its_streams(long_session: ClientSession) -> None:
    async def follow() -> None:
        async with subscribed(long_session) as socket:
            await socket.next_frame()
            await asyncio.to_thread(long_session.close)
            await socket.receive("complete")

    asyncio.run(follow())


def test_removing_the_last_object_ends_the_stream(long_session: ClientSession) -> None:
    async def follow() -> None:
        async with subscribed(long_session) as socket:
            await socket.next_frame()
            await asyncio.to_thread(long_session.mutate, "removeObject", "RemoveObjectInput", "frameIndex", objectId=1)
            await socket.receive("complete")

    asyncio.run(follow())


def test_closing_the_session_ends_a_propagation_to_a_frame(long_session: ClientSession) -> None:
    async def follow() -> None:
        tracking = asyncio.create_task(asyncio.to_thread(long_session.propagate_to, LENGTH - 1))
        while tracked(long_session) == 0:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(long_session.close)
        with pytest.raises(GraphQLFailure) as failure:
            await tracking
        assert failure.value.code == "SESSION_NOT_FOUND"

    asyncio.run(follow())


def test_a_slow_subscriber_slows_only_its_own_stream(long_session: ClientSession, clip: Clip) -> None:
    async def dawdle() -> tuple[int, int]:
        frames = long_session.server.engine.propagate(long_session.session_id)
        loop = long_session.server.loop

        async def take_one_and_wait() -> tuple[int, int]:
            await anext(frames)
            counts = await settled(long_session)
            await frames.aclose()
            return counts

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(take_one_and_wait(), loop))

    _, later = asyncio.run(dawdle())

    assert later <= 1 + 4, "the stream holds at most four frames that nobody has read"


def test_a_subscription_that_cannot_start_says_why(session: ClientSession) -> None:
    async def follow() -> dict[str, Any]:
        async with subscribed(session) as socket:
            message: dict[str, Any] = json.loads(await socket.connection.recv())
            return message

    message = asyncio.run(follow())

    errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
    assert errors[0]["extensions"]["code"] == "NO_PROMPTS"


def test_the_training_feed_ends_with_the_session(session: ClientSession) -> None:
    async def follow() -> None:
        async with websockets.connect(session.server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
            socket = Socket(connection)
            await socket.send(type="connection_init")
            await socket.receive("connection_ack")
            query = "subscription ($s: String!) { loraTraining(sessionId: $s) { step } }"
            payload = {"query": query, "variables": {"s": session.session_id}}
            await socket.send(type="subscribe", id="1", payload=payload)
            await socket.send(type="ping")
            await socket.receive("pong")
            await asyncio.to_thread(session.close)
            await socket.receive("complete")

    asyncio.run(follow())
