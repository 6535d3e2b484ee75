"""Logs one line for each HTTP request that is not a GraphQL operation."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.records.users import current_user
from sam2_lit.server.logs import log_request

_GRAPHQL_PATH = "/graphql"


class RequestLogMiddleware:
    """Logs HTTP requests with their status. GraphQL operations are logged by `OperationObserver`, with their session.

    A request to `/graphql` that fails before an operation runs is logged here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            if scope["path"] != _GRAPHQL_PATH or not 200 <= status < 300:
                request = f"{scope['method']} {scope['path']}"
                log_request(request, seconds=time.perf_counter() - started, user=current_user.get(), status=status)
