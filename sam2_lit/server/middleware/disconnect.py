"""Ends the work for clients that have left."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class DisconnectMiddleware:
    """Cancels a POST request whose client disconnects before the response starts.

    Work that must not end halfway is shielded from it (`sam2_lit.engine.sessions.uninterrupted`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if not exchange.is_cancelled:
                raise
            exchange.task.uncancel()
        finally:
            exchange.end()


class _Exchange:
    """One request and its response, in the current task, which is cancelled when the client leaves in between."""

    def __init__(self, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.task = task
        self.is_cancelled = False
        self._receive = receive
        self._send = send
        self._has_started = False
        self._watch: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        if self._watch is not None:
            await asyncio.shield(self._watch)
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._watch = asyncio.create_task(self._cancel_on_disconnect())
        return message

    async def send(self, message: Message) -> None:
        self._has_started = True
        await self._send(message)

    def end(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    async def _cancel_on_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._has_started:
            self.is_cancelled = True
            self.task.cancel()
