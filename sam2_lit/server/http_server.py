"""Serves the application on a socket."""

import socket
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from sam2_lit.server.access import networks
from sam2_lit.server.middleware.proxy_user import ProxyUserMiddleware
from sam2_lit.settings import MIB, Settings


class HttpServer(uvicorn.Server):
    """Uvicorn that lets the operating system close connections whose client stops reading (TCP_USER_TIMEOUT, RFC 5482).

    Otherwise such a client would keep its stream, and with it its session, open forever. When it shuts down, it ends
    the streams of `app`, and then waits for the other responses.
    """

    def __init__(self, config: uvicorn.Config, app: Starlette, stalled_after: float) -> None:
        """`stalled_after` is in seconds."""
        super().__init__(config)
        self._app = app
        self._stalled_after = stalled_after

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not hasattr(socket, "TCP_USER_TIMEOUT"):
            return
        for server in self.servers:
            for listening in server.sockets:
                # Accepted connections inherit the option.
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._stalled_after * 1000))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.stopping.set()
        await super().shutdown(sockets)


def http_server(app: Starlette, settings: Settings) -> HttpServer:
    served: ASGIApp = app
    if settings.user_header is not None:
        # Uvicorn would replace the address of the proxy by the one of its client before anything of ours sees it.
        served = ProxyUserMiddleware(
            cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), list(settings.trusted_proxy))),
            settings.user_header,
            networks(settings.trusted_proxy),
        )
    config = uvicorn.Config(
        cast(Any, served),
        proxy_headers=settings.user_header is None,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # At debug it logs every message of a WebSocket, and `connection_init` has the token.
        log_level=settings.log_level.lower().replace("debug", "info"),
        ws_max_size=settings.max_body * MIB,
    )
    return HttpServer(config, app, settings.idle_timeout)
