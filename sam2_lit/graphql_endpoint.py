"""`/graphql`: POST, three kinds of subscription, and GraphiQL for a browser."""

from typing import Any, cast

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

from sam2_lit.errors import ErrorCode
from sam2_lit.graphiql import graphiql_page
from sam2_lit.limits import is_token
from sam2_lit.schema import schema
from sam2_lit.schema.context import Context
from sam2_lit.settings import Settings


class TransportHandler(BaseGraphQLTransportWSHandler[Context, None]):
    async def handle_task_exception(self, error: Exception) -> None:
        """Strawberry logs a client that left in the middle of a stream as if the server had failed."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)


class GraphQLEndpoint(GraphQL[Context, None]):
    """Strawberry's ASGI view with the engine as context, this server's own GraphiQL, and the token checked."""

    graphql_transport_ws_handler_class = TransportHandler

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            schema,
            subscription_protocols=(
                GRAPHQL_TRANSPORT_WS_PROTOCOL,
                GRAPHQL_SSE_PROTOCOL,
                MULTIPART_SUBSCRIPTION_PROTOCOL,
            ),
            multipart_uploads_enabled=True,
            allowed_origins=settings.allowed_origin,
        )
        self._token = settings.auth_token

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        state = request.app.state
        return Context(state.engine, state.exporter, _base_url(request))

    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page()

    async def on_ws_connect(self, context: Context) -> Any:
        """Refuses a connection whose `connection_init` does not carry the token."""
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
    url = connection.base_url
    return str(url.replace(scheme={"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)))
