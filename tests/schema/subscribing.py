"""A minimal subscriber to propagations, and what it counts."""

import asyncio
import json
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from sam2_lit.engine.device.steps import Rank
from tests.client_session import PROPAGATE, ClientSession
from tests.running import Client

LENGTH = 80
"""Frames of the long clip."""
SHORT = 8
"""Frames of the short clip."""


def tracked(session: ClientSession) -> int:
    return int(session.state.tracker.frames_tracked)


def operation(session: ClientSession, **arguments: Any) -> dict[str, Any]:
    return {"query": PROPAGATE, "variables": {"input": {"sessionId": session.session_id, **arguments}}}


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

    async def next_message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.connection.recv())
        return message

    async def next_frame(self) -> dict[str, Any]:
        message = await self.receive("next")
        frame: dict[str, Any] = message["payload"]["data"]["propagateInVideo"]
        return frame


@asynccontextmanager
async def connected(server: Client) -> AsyncIterator[websockets.ClientConnection]:
    """A WebSocket whose `connection_init` is acknowledged."""
    async with websockets.connect(server.ws_url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        socket = Socket(connection)
        await socket.send(type="connection_init")
        await socket.receive("connection_ack")
        yield connection


@asynccontextmanager
async def running_on_socket(session: ClientSession, payload: dict[str, Any]) -> AsyncIterator[Socket]:
    """Runs an operation as "1" on a socket of its own."""
    async with connected(session.server) as connection:
        socket = Socket(connection)
        await socket.send(type="subscribe", id="1", payload=payload)
        yield socket


@asynccontextmanager
async def subscribed(session: ClientSession, **arguments: Any) -> AsyncIterator[Socket]:
    async with running_on_socket(session, operation(session, **arguments)) as socket:
        yield socket


async def settled(session: ClientSession) -> tuple[int, int]:
    """Frames tracked now, and after a time in which another session was tracked for 30 frames.

    Sessions take turns, so a propagation that goes on tracks as many, or as many as it may hold.
    """
    at_once = tracked(session)
    taking_turns = asyncio.run_coroutine_threadsafe(_take_turns(session, 30), session.server.loop)
    await asyncio.wrap_future(taking_turns)
    return at_once, tracked(session)


async def _take_turns(session: ClientSession, turns: int) -> None:
    worker = session.server.engine.device.worker
    for _ in range(turns):
        await worker.run(iter_once(), rank=Rank.PROPAGATION, session="another")


def iter_once() -> Generator[None, None, None]:
    yield
