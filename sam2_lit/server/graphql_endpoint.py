"""`/graphql`: POST, subscriptions by WebSocket, SSE and multipart, and GraphiQL for a browser."""

from datetime import timedelta
from typing import Any, cast

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)

from sam2_lit.errors import ErrorCode
from sam2_lit.schema import schema
from sam2_lit.schema.context import Context
from sam2_lit.schema.query_limits import QueryLimits
from sam2_lit.server.middleware.access import is_token
from sam2_lit.server.operation_observer import OperationObserver
from sam2_lit.server.request_limits import RequestLimits
from sam2_lit.server.routes.graphiql import graphiql_page
from sam2_lit.server.strawberry_private import TransportHandler
from sam2_lit.settings import Settings

_LONGEST_WAIT_FOR_INIT = 60.0
"""Seconds that a WebSocket may take to send `connection_init`."""


class GraphQLEndpoint(GraphQL[Context, None]):
    """Strawberry's ASGI view over the engine. Serves the package's own GraphiQL and checks a WebSocket's token."""

    graphql_transport_ws_handler_class = TransportHandler

    def __init__(self, settings: Settings) -> None:
        self.idle_timeout = settings.idle_timeout
        self.request_limits = RequestLimits(settings.max_points, settings.max_tokens)
        super().__init__(
            schema,
            graphql_ide="graphiql" if settings.graphiql else None,
            max_subscriptions_per_connection=settings.max_subscriptions,
            connection_init_wait_timeout=timedelta(seconds=min(_LONGEST_WAIT_FOR_INIT, settings.idle_timeout)),
            subscription_protocols=(
                GRAPHQL_TRANSPORT_WS_PROTOCOL,
                GRAPHQL_SSE_PROTOCOL,
                MULTIPART_SUBSCRIPTION_PROTOCOL,
            ),
            multipart_uploads_enabled=True,
            allowed_origins=settings.allowed_origin,
        )
        self._token = settings.auth_token
        self._query_limits = QueryLimits(
            settings.max_depth, settings.max_aliases, settings.max_tokens, settings.introspection
        )

    def decode_json(self, data: str | bytes) -> object:
        """What a client sent, of any transport. Raises LitError where it holds too much to be decoded at once."""
        self.request_limits.check_values(data)
        decoded = super().decode_json(data)
        if isinstance(decoded, dict):
            self.request_limits.check_document(decoded.get("query"))
        return decoded

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        state = request.app.state
        observer = OperationObserver(state.metrics)
        return Context(state.engine, state.exporter, observer, _base_url(request), self._query_limits)

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page()

    async def on_ws_connect(self, context: Context) -> Any:
        """Rejects a connection whose `connection_init` does not carry the token."""
        parameters = context.connection_params or {}
        authorization = parameters.get("Authorization") or parameters.get("authorization") or ""
        if self._token is not None and not is_token(self._token, str(authorization)):
            raise ConnectionRejectionError({"code": ErrorCode.UNAUTHENTICATED.value})
        return await super().on_ws_connect(context)


def graphql_routes(settings: Settings) -> list[BaseRoute]:
    endpoint = GraphQLEndpoint(settings)
    return [
        Route("/graphql", cast(Any, endpoint), methods=["GET", "POST"]),
        WebSocketRoute("/graphql", cast(Any, endpoint)),
    ]


def _base_url(connection: HTTPConnection) -> str:
    """The server's address as http or https, of a WebSocket as well; ends in a slash."""
    url = connection.base_url
    return str(url.replace(scheme={"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)))
