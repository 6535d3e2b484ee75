"""Who may call the server: everyone, those with its token, its users by their own tokens, or those of a proxy."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.server.tokens import Login, TokenFile, is_token
from sam2_lit.settings import Settings

PROXY_USER: Final = "sam2_lit.proxy_user"
"""The key of an ASGI scope for the user that a trusted proxy names; None where none does."""
LOGIN: Final = "sam2_lit.login"
"""The key of an ASGI scope for the login of an HTTP request that was let in."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Access:
    """Lets in who may call the server, by its settings; `access_problem` has checked them."""

    def __init__(self, settings: Settings) -> None:
        """Raises OSError or ValueError where the file of tokens cannot be used."""
        self._tokens = None if settings.tokens is None else TokenFile(settings.tokens)
        self._has_proxy = settings.user_header is not None
        self._token = settings.auth_token
        self._everyone = Login(None)

    async def watch(self) -> None:
        """Looks for tokens that were revoked, until cancelled; returns at once where there are none."""
        if self._tokens is not None:
            await self._tokens.watch()

    @property
    def refusal(self) -> LitError:
        """What a call gets that is not let in."""
        right = "send the server's token in the header Authorization: Bearer <token>"
        if self._tokens is not None:
            right = "send your token in the header Authorization: Bearer <token>"
        elif self._has_proxy:
            right = "this server knows its users from a proxy: call it through that"
        return LitError(ErrorCode.UNAUTHENTICATED, right)

    def login(self, proxy_user: str | None, authorization: str) -> Login | None:
        """The login of a call; None where it is not let in.

        Args:
            proxy_user: the value of PROXY_USER in its scope.
            authorization: its Authorization header, or that of a WebSocket's `connection_init`; empty without one.
        """
        if self._has_proxy and proxy_user is not None:
            return Login(proxy_user)
        if self._tokens is not None:
            return self._tokens.login(authorization)
        if self._token is not None:
            return self._everyone if is_token(self._token, authorization) else None
        return None if self._has_proxy else self._everyone


def access_problem(settings: Settings) -> str | None:
    """What is wrong with the settings of who may call the server, in words; None where they are right."""
    has_users = settings.tokens is not None or settings.user_header is not None
    limits = (settings.max_user_sessions, settings.max_user_propagations)
    if not (has_users or settings.auth_token or settings.no_auth or _is_loopback(settings.host)):
        return (
            f"--host {settings.host} lets other machines in: set --auth-token or --tokens as well, or listen on "
            "127.0.0.1; --no-auth accepts anyone"
        )
    if has_users and settings.auth_token:
        return "--auth-token is one token for everyone: leave it out where --tokens or --user-header says who is who"
    if limits != (None, None) and not has_users:
        return "--max-user-sessions and --max-user-propagations need users: set --tokens or --user-header as well"
    return _proxy_problem(settings) or _tokens_problem(settings)


def networks(addresses: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    """Addresses, or networks such as 10.0.0.0/8, as networks. Raises ValueError for what is neither."""
    return [ip_network(each, strict=False) for each in addresses]


def _proxy_problem(settings: Settings) -> str | None:
    if (settings.user_header is None) != (not settings.trusted_proxy):
        return "--user-header and --trusted-proxy need each other: a header says who asks only where a proxy sets it"
    if settings.user_header is not None and _HEADER_NAME.fullmatch(settings.user_header) is None:
        return f"--user-header {settings.user_header!r} is not the name of a header"
    try:
        networks(settings.trusted_proxy)
    except ValueError as error:
        return f"--trusted-proxy must be an IP address or a network such as 10.0.0.0/8: {error}"
    return None


def _tokens_problem(settings: Settings) -> str | None:
    try:
        if settings.tokens is not None:
            TokenFile(settings.tokens)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return f"--tokens {settings.tokens} cannot be used: {reason}"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
