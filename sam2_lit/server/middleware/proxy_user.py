"""Takes the user from a header that a trusted proxy sets."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from sam2_lit.records.users import is_user_name
from sam2_lit.server.access import PROXY_USER


class ProxyUserMiddleware:
    """Notes as PROXY_USER whom the header names, where the connection comes from a proxy that is trusted.

    It must be outside of what replaces the address of the connection by one that `X-Forwarded-For` claims. A header
    that is there twice, as behind a proxy that adds its own to a client's, names nobody.
    """

    def __init__(self, app: ASGIApp, header: str, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self.app = app
        self.header = header.lower().encode("ascii")
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, PROXY_USER: self._user(scope)}
        await self.app(scope, receive, send)

    def _user(self, scope: Scope) -> str | None:
        named = [value for name, value in scope["headers"] if name == self.header]
        if len(named) != 1 or not self._is_trusted(scope.get("client")):
            return None
        try:
            user: str = named[0].decode("utf-8")
        except UnicodeDecodeError:
            return None
        return user if is_user_name(user) else None

    def _is_trusted(self, client: tuple[str, int] | None) -> bool:
        try:
            address = ip_address(client[0] if client else "")
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            # As a socket for both families names a client of the older one.
            address = address.ipv4_mapped
        return any(address in network for network in self.proxies)
