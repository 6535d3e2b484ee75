"""Who may ask: which hosts the server answers under, whose pages may call it, and the token."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.server.error_responses import send_error

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1", "[::1]")

_OPEN_PATHS = ("/healthz", "/readyz", "/static/")
_PAGES = ("/", "/graphql")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class TokenMiddleware:
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
        await send_error(refusal, scope, receive, send)


class OriginMiddleware:
    """Refuses what a page of another site would change here (CSRF), unless its origin is allowed.

    A form of another site may be posted to this server without being asked first; only the browser says where it comes
    from, by `Origin`, or by `Sec-Fetch-Site` where it sends no origin. Clients that are no browsers send neither.
    """

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...]) -> None:
        self.app = app
        self.allowed_origins = allowed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS or self._is_ours(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        refusal = LitError(
            ErrorCode.UNAUTHENTICATED,
            "pages of other origins may not call this server; --allowed-origin lets one in",
        )
        await send_error(refusal, scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return (
            "*" in self.allowed_origins
            or origin in self.allowed_origins
            or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
        )


def is_token(token: str, authorization: str) -> bool:
    """Whether an Authorization header carries the token, compared in constant time."""
    return secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode())


def served_hosts(host: str, allowed_hosts: tuple[str, ...]) -> list[str]:
    """The hosts under which a server that listens on `host` answers.

    On loopback only its own names, so that no foreign name that is made to point here (DNS rebinding) makes a page of
    that name one of ours. Elsewhere any, unless some are named: there the token guards.
    """
    if host in LOOPBACK_HOSTS or host.startswith("127."):
        return [*LOOPBACK_HOSTS, host, *allowed_hosts]
    return list(allowed_hosts) or ["*"]
