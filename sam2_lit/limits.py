"""What a request has to satisfy before the application sees it."""

import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.http_errors import as_response

# What a GraphQL multipart upload holds beside the file.
_ENVELOPE = 64 * 1024
_OPEN_PATHS = ("/healthz", "/readyz", "/static/")
_PAGES = ("/", "/graphql")


class BodyLimitMiddleware:
    """Refuses a request body of more than `limit` bytes with UPLOAD_TOO_LARGE, as soon as that is known."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = self.limit + _ENVELOPE
        declared = Headers(scope=scope).get("content-length", "")
        received = 0
        refusal = LitError(
            ErrorCode.UPLOAD_TOO_LARGE,
            f"the request is larger than {allowed} bytes; an uploaded file may have {self.limit} bytes",
        )
        if declared.isdigit() and int(declared) > allowed:
            await as_response(refusal)(scope, receive, send)
            return

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > allowed:
                raise refusal
            return message

        await self.app(scope, counted, send)


class AccessMiddleware:
    """Asks every HTTP request for the token; a WebSocket is asked by `connection_init` (graphql_endpoint).

    Health and the pages' own files are open: they tell nothing of anybody's work. With a query string `/graphql` is an
    operation, not a page.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.token is None or scope["type"] != "http" or scope["path"].startswith(_OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        authorization = Headers(scope=scope).get("authorization", "")
        is_page = scope["path"] in _PAGES and scope["method"] == "GET" and not scope["query_string"]
        if is_page or is_token(self.token, authorization):
            await self.app(scope, receive, send)
            return
        refusal = LitError(
            ErrorCode.UNAUTHENTICATED, "send the server's token in the header Authorization: Bearer <token>"
        )
        await as_response(refusal)(scope, receive, send)


def is_token(token: str, authorization: str) -> bool:
    """Whether an Authorization header carries the token, compared in constant time."""
    return secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode())
