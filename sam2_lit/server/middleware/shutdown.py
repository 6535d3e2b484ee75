"""Ends streams when the server shuts down."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ShutdownMiddleware:
    """Ends streaming responses when `app.state.stopping` is set, as if their clients had left.

    The server waits for all responses before it stops, and a stream of events may have no end. Responses that have not
    started are finished.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response = _Response(receive, send, scope["app"].state.stopping)
        await self.app(scope, response.receive, response.send)
        await response.complete()


class _Response:
    """One response. Once its request is received, waiting for more also ends when the server stops."""

    def __init__(self, receive: Receive, send: Send, stopping: asyncio.Event) -> None:
        self._receive = receive
        self._send = send
        self._stopping = stopping
        self._is_received = False
        self._has_started = False
        self._is_complete = False

    async def receive(self) -> Message:
        if not self._is_received:
            message = await self._receive()
            self._is_received = not message.get("more_body", False)
            return message
        left = asyncio.ensure_future(self._receive())
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait([left, stopped], return_when=asyncio.FIRST_COMPLETED)
            if left.done() or not self._has_started:
                return await left
            return {"type": "http.disconnect"}
        finally:
            left.cancel()
            stopped.cancel()

    async def send(self, message: Message) -> None:
        self._has_started = True
        if message["type"] == "http.response.body":
            self._is_complete = not message.get("more_body", False)
        await self._send(message)

    async def complete(self) -> None:
        """Ends a response that was cut off."""
        if self._has_started and not self._is_complete and self._stopping.is_set():
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
