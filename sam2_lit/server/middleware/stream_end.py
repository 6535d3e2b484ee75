"""Ends streams when the server shuts down, and when the token of their client is revoked."""

import asyncio
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.server.access import LOGIN
from sam2_lit.server.tokens import Login


class StreamEndMiddleware:
    """Ends streaming responses when `app.state.stopping` or their login's `revoked` is set, as if clients had left.

    The server waits for all responses before it stops, and a stream of events may have no end. Responses that have not
    started are finished.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        login: Login | None = scope.get(LOGIN)
        ends = [scope["app"].state.stopping, *([] if login is None else [login.revoked])]
        response = _Response(receive, send, ends)
        await self.app(scope, response.receive, response.send)
        await response.complete()


class _Response:
    """One response. Once its request is received, waiting for more also ends with one of the events `ends`."""

    def __init__(self, receive: Receive, send: Send, ends: Sequence[asyncio.Event]) -> None:
        self._receive = receive
        self._send = send
        self._ends = ends
        self._is_received = False
        self._has_started = False
        self._is_complete = False

    async def receive(self) -> Message:
        if not self._is_received:
            message = await self._receive()
            self._is_received = not message.get("more_body", False)
            return message
        left = asyncio.ensure_future(self._receive())
        ended = [asyncio.ensure_future(each.wait()) for each in self._ends]
        try:
            await asyncio.wait([left, *ended], return_when=asyncio.FIRST_COMPLETED)
            if left.done() or not self._has_started:
                return await left
            return {"type": "http.disconnect"}
        finally:
            for each in (left, *ended):
                each.cancel()

    async def send(self, message: Message) -> None:
        self._has_started = True
        if message["type"] == "http.response.body":
            self._is_complete = not message.get("more_body", False)
        await self._send(message)

    async def complete(self) -> None:
        """Ends a response that was cut off."""
        if self._has_started and not self._is_complete and any(each.is_set() for each in self._ends):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
