"""Access control: who is let in, the origins whose pages may call the server, and the host names it answers to."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.users import current_user
from sam2_lit.server.access import LOGIN, PROXY_USER, Access
from sam2_lit.server.error_responses import send_error
from sam2_lit.server.event_streams import TOKEN_HEADER

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1", "[::1]")

_OPEN_PATHS = ("/healthz", "/readyz", "/static/")
_PAGES = ("/", "/graphql")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class LoginMiddleware:
    """Lets in HTTP requests by their token or their proxy, and notes whose they are in `current_user`.

    WebSockets send the token in `connection_init` (graphql_endpoint). Health checks, the pages and their files need
    none, since they contain no user's data. With a query string `/graphql` is an operation, and with the token of an
    event stream it is that stream, not a page.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        login = self.access.login(scope.get(PROXY_USER), headers.get("authorization", ""))
        asks_for_data = scope["query_string"] or TOKEN_HEADER in headers
        is_page = scope["path"] in _PAGES and scope["method"] in ("GET", "HEAD") and not asks_for_data
        if login is None and not is_page:
            await send_error(self.access.refusal, scope, receive, send)
            return
        if login is not None:
            current_user.set(login.user)
            scope = {**scope, LOGIN: login}
        await self.app(scope, receive, send)


class OriginMiddleware:
    """Refuses unsafe requests from pages of other origins (CSRF), unless the origin is allowed.

    A browser posts a form to another site without a CORS preflight, and says where the form comes from by `Origin`, or
    by `Sec-Fetch-Site` where it sends no `Origin`. Clients that are not browsers send neither, and pass.
    """

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...]) -> None:
        self.app = app
        self.allowed_origins = allowed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS or self._is_allowed(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        refusal = LitError(
            ErrorCode.UNAUTHENTICATED,
            "pages of other origins may not call this server; allow an origin with --allowed-origin",
        )
        await send_error(refusal, scope, receive, send)

    def _is_allowed(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return (
            "*" in self.allowed_origins
            or origin in self.allowed_origins
            or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
        )


def served_hosts(host: str, allowed_hosts: tuple[str, ...]) -> list[str]:
    """The host names that a server that listens on `host` answers to.

    On loopback these are loopback's names and `allowed_hosts`, so that pages of a foreign name that resolves to this
    machine (DNS rebinding) are not same-origin. On other addresses it is any name unless `allowed_hosts` is given: the
    token protects those.
    """
    if host in LOOPBACK_HOSTS or host.startswith("127."):
        return [*LOOPBACK_HOSTS, host, *allowed_hosts]
    return list(allowed_hosts) or ["*"]
