"""One log line for each HTTP request that is not a GraphQL operation."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.request_lines import LONGEST_NAME, log_request

_GRAPHQL_PATH = "/graphql"


class RequestLogMiddleware:
    """Logs HTTP requests with their status; a GraphQL operation logs itself, with more to say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            if scope["path"] != _GRAPHQL_PATH or status != 200:
                request = f"{scope['method']} {scope['path'][:LONGEST_NAME]}"
                log_request(request, seconds=time.perf_counter() - began, status=status)
