"""Limits the number of WebSocket connections."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sam2_lit.errors import ErrorCode

_TRY_AGAIN_LATER = 1013
"""RFC 6455's registry of close codes."""


class ConnectionLimitMiddleware:
    """Closes a WebSocket beyond the limit, with code 1013 and the reason; the others stay open.

    It is accepted first, since a browser does not tell a page why a handshake was refused.
    """

    def __init__(self, app: ASGIApp, connections: int) -> None:
        self.app = app
        self.connections = connections
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if self._open >= self.connections:
            code = ErrorCode.CAPACITY_EXCEEDED.value
            scope["app"].state.metrics.error_sent(code)
            socket = WebSocket(scope, receive, send)
            await socket.accept(next(iter(scope["subprotocols"]), None))
            await socket.close(_TRY_AGAIN_LATER, f"{code}: {self._open} connections are open, which is the limit")
            return
        self._open += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._open -= 1
