"""`/graphql`: POST, three kinds of subscription, and GraphiQL for a browser."""

import asyncio
import time
from datetime import timedelta
from types import NoneType
from typing import Any, cast

from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.schema import schema
from sam2_lit.schema.context import Context
from sam2_lit.schema.query_limits import QueryLimits
from sam2_lit.server.middleware.access import is_token
from sam2_lit.server.routes.graphiql import graphiql_page
from sam2_lit.settings import Settings


class TransportHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """graphql-transport-ws for clients that may send anything, or nothing any more."""

    async def handle(self) -> None:
        watch = asyncio.create_task(self._close_when_idle())
        try:
            await super().handle()
        finally:
            watch.cancel()

    async def handle_message(self, message: Message) -> None:
        self._last_message = time.monotonic()
        if not _is_well_formed(message):
            await self.handle_invalid_message("Failed to parse message")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        allowed = self.max_subscriptions_per_connection
        if self.connection_acknowledged and allowed is not None and len(self.operations) >= allowed:
            refusal = LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self.operations)} operations are running on this connection, which is the limit",
            )
            error = GraphQLError(refusal.message, extensions=refusal.extensions)
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
            return
        await super().handle_subscribe(message)

    async def _close_when_idle(self) -> None:
        assert isinstance(self.view, GraphQLEndpoint)
        idle = self.view.idle_timeout
        self._last_message = time.monotonic()
        while (left := self._last_message + idle - time.monotonic()) > 0 or self.operations:
            await asyncio.sleep(max(left, idle / 10))
        await self.websocket.close(code=1000, reason="Idle")

    async def handle_task_exception(self, error: Exception) -> None:
        """Strawberry logs a client that left in the middle of a stream as if the server had failed."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)


class GraphQLEndpoint(GraphQL[Context, None]):
    """Strawberry's ASGI view with the engine as context, this server's own GraphiQL, and the token checked."""

    graphql_transport_ws_handler_class = TransportHandler

    def __init__(self, settings: Settings) -> None:
        self.idle_timeout = settings.idle_timeout
        super().__init__(
            schema,
            graphql_ide="graphiql" if settings.graphiql else None,
            max_subscriptions_per_connection=settings.max_subscriptions,
            connection_init_wait_timeout=timedelta(seconds=min(60.0, settings.idle_timeout)),
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

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        state = request.app.state
        return Context(state.engine, state.exporter, state.metrics, _base_url(request), self._query_limits)

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page()

    async def on_ws_connect(self, context: Context) -> Any:
        """Refuses a connection whose `connection_init` does not carry the token."""
        parameters = context.connection_params or {}
        authorization = parameters.get("Authorization") or parameters.get("authorization") or ""
        if self._token is not None and not is_token(self._token, str(authorization)):
            raise ConnectionRejectionError({"code": ErrorCode.UNAUTHENTICATED.value})
        return await super().on_ws_connect(context)


def _is_well_formed(message: object) -> bool:
    """Whether Strawberry can look into a message without failing."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] == "complete":
        return isinstance(message.get("id"), str)
    if message["type"] != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(message.get("id"), str)
        and isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), (dict, NoneType))
        and isinstance(payload.get("operationName"), (str, NoneType))
    )


def graphql_routes(settings: Settings) -> list[BaseRoute]:
    endpoint = GraphQLEndpoint(settings)
    return [
        Route("/graphql", cast(Any, endpoint), methods=["GET", "POST"]),
        WebSocketRoute("/graphql", cast(Any, endpoint)),
    ]


def _base_url(connection: HTTPConnection) -> str:
    url = connection.base_url
    return str(url.replace(scheme={"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)))
