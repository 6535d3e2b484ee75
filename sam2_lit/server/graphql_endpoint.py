"""`/graphql`: queries and mutations by POST and GET, subscriptions by WebSocket, SSE and multipart, and GraphiQL."""

import asyncio
import json
from contextlib import aclosing
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from graphql import DocumentNode, OperationType
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.clients import checked_client, client_name
from sam2_lit.records.users import current_user
from sam2_lit.schema import schema
from sam2_lit.schema.context import Context
from sam2_lit.schema.documents import chosen_operation, parse_document
from sam2_lit.schema.query_limits import QueryLimits
from sam2_lit.server.access import PROXY_USER, Access
from sam2_lit.server.content_negotiation import STREAMS, MediaType, accepted_media_types, response_media_type
from sam2_lit.server.error_responses import BadRequest, error_response
from sam2_lit.server.event_streams import EventStreams, stream_token
from sam2_lit.server.graphql_request import GraphQLRequest, decode_json, is_operation, read_request
from sam2_lit.server.operation_observer import OperationObserver
from sam2_lit.server.operation_results import Results, each_of, formatted, streamed
from sam2_lit.server.persisted_documents import AllowedDocuments, PersistedDocuments
from sam2_lit.server.request_limits import RequestLimits
from sam2_lit.server.response_streams import (
    RESULT_STREAMS,
    SHARED_EVENT_STREAM,
    ResultStream,
)
from sam2_lit.server.routes.graphiql import graphiql_page
from sam2_lit.server.strawberry_private import TransportHandler
from sam2_lit.settings import Settings

_LONGEST_WAIT_FOR_INIT = 60.0
"""Seconds that a WebSocket may take to send `connection_init`, and a client to open the event stream it reserved."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")


class GraphQLEndpoint(GraphQL[Context, None]):
    """Strawberry's ASGI view over the engine.

    Strawberry serves WebSockets, which this class lets in. Over HTTP this class serves operations itself, by the
    GraphQL-over-HTTP specification: Strawberry's view does not know `application/graphql-response+json`, sends an event
    stream to any client that lists it, and refuses in plain text.
    """

    graphql_transport_ws_handler_class = TransportHandler

    def __init__(self, settings: Settings, access: Access) -> None:
        self.idle_timeout = settings.idle_timeout
        self.request_limits = RequestLimits(settings.max_points, settings.max_tokens)
        allowed = settings.persisted_only
        self.documents = PersistedDocuments(AllowedDocuments.read(allowed) if allowed else None)
        opening_timeout = min(_LONGEST_WAIT_FOR_INIT, settings.idle_timeout)
        self._event_streams = EventStreams(
            settings.max_connections, settings.max_subscriptions, opening_timeout, settings.idle_timeout
        )
        super().__init__(
            schema,
            max_subscriptions_per_connection=settings.max_subscriptions,
            connection_init_wait_timeout=timedelta(seconds=opening_timeout),
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=settings.allowed_origin,
        )
        self._access = access
        self._serves_graphiql = settings.graphiql
        self._query_limits = QueryLimits(
            settings.max_depth, settings.max_aliases, settings.max_tokens, settings.introspection
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        accepted = accepted_media_types(request.headers.get("accept"))
        try:
            response = await self._respond(request, accepted)
        except (LitError, HTTPException) as error:
            response = await error_response(request, error)
            media = _json_type(accepted)
            response.headers["Content-Type"] = _content_type(media)
            if media is MediaType.RESULT and response.status_code == HTTPStatus.OK:
                response.status_code = HTTPStatus.BAD_REQUEST
            response.headers["Vary"] = "Accept"
        except ClientDisconnect:
            return
        try:
            await response(scope, receive, send)
        finally:
            await request.close()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        # Of a WebSocket; until it is let in, nothing is executed.
        current_user.set(request.scope.get(PROXY_USER))
        return self._context(request)

    def decode_json(self, data: str | bytes) -> object:
        """The value of a WebSocket's message.

        Raises:
            LitError: it holds too much to be decoded at once.
            JSONDecodeError: it is not JSON; Strawberry expects no other error.
        """
        self.request_limits.check_values(data)
        try:
            return decode_json(data, "the message")
        except BadRequest as error:
            raise json.JSONDecodeError(error.message, "", 0) from error

    async def on_ws_connect(self, context: Context) -> Any:
        """Rejects a connection that neither its `connection_init` nor a proxy lets in."""
        parameters = context.connection_params or {}
        authorization = parameters.get("Authorization") or parameters.get("authorization") or ""
        login = self._access.login(current_user.get(), str(authorization))
        if login is None:
            raise ConnectionRejectionError({"code": ErrorCode.UNAUTHENTICATED.value})
        context.revoked = login.revoked
        # Operations of the connection are executed in tasks that begin with a copy of this one's context.
        current_user.set(login.user)
        client_name.set(checked_client(parameters.get("clientName") or parameters.get("X-Client-Name")))
        return await super().on_ws_connect(context)

    async def _respond(self, request: Request, accepted: tuple[MediaType, ...]) -> Response:
        """Executes the request's operation.

        Raises:
            LitError, HTTPException: the request is malformed, or its operation is not executed this way.
        """
        if request.method not in _METHODS:
            raise BadRequest(
                f"/graphql does not accept {request.method}; use POST",
                HTTPStatus.METHOD_NOT_ALLOWED,
                {"Allow": ", ".join(_METHODS)},
            )
        if request.method in ("PUT", "DELETE") or self._event_streams.is_meant_by(request):
            return await self._respond_on_event_stream(request)
        if self._serves_graphiql and _is_for_a_page(request):
            return await graphiql_page()
        asked, document, kind = await self._read(request)
        media = response_media_type(accepted, kind is OperationType.SUBSCRIPTION)
        if media is None:
            raise _not_acceptable(accepted, kind)
        context = self._context(request, document)
        results = self._results(asked, context)
        if kind is OperationType.SUBSCRIPTION:
            return ResultStream(RESULT_STREAMS[media], streamed(results, lambda: context.event_id))
        # Executed to its end first, so that a client that leaves does not interrupt a mutation.
        async with aclosing(results):
            complete = [result async for result in results]
        if media in STREAMS:
            return ResultStream(RESULT_STREAMS[media], streamed(each_of(complete), lambda: context.event_id))
        [result] = complete
        is_refused = media is MediaType.RESULT and "data" not in result
        return JSONResponse(
            result,
            status_code=HTTPStatus.BAD_REQUEST if is_refused else HTTPStatus.OK,
            headers={"Content-Type": _content_type(media), "Vary": "Accept"},
        )

    async def _respond_on_event_stream(self, request: Request) -> Response:
        """graphql-sse's single connection mode. Raises LitError as `_respond`."""
        token = stream_token(request)
        if request.method == "PUT":
            return PlainTextResponse(self._event_streams.reserve(), HTTPStatus.CREATED)
        if request.method == "GET" and not is_operation(request):
            return ResultStream(SHARED_EVENT_STREAM, self._event_streams.open(token))
        stream = self._event_streams.get(token)
        if request.method == "DELETE":
            stream.stop(request.query_params.get("operationId", ""))
            return Response()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise BadRequest("an upload is not executed on an event stream; send it without the stream's token")
        asked, document, _ = await self._read(request)
        operation_id = asked.extensions.get("operationId")
        if not isinstance(operation_id, str) or not operation_id:
            raise BadRequest(
                "an operation on an event stream needs an id, a string of your choice, as "
                '`extensions: {"operationId": "…"}`'
            )
        context = self._context(request, document)
        context.validated = asyncio.get_running_loop().create_future()
        refused = await stream.start(operation_id, self._results(asked, context), context.validated)
        if refused is not None:
            return JSONResponse(refused, HTTPStatus.BAD_REQUEST)
        return Response(status_code=HTTPStatus.ACCEPTED)

    async def _read(self, request: Request) -> tuple[GraphQLRequest, DocumentNode | None, OperationType]:
        """The request, its parsed document (None where it has a syntax error), and the kind of its operation.

        Raises LitError where the request is malformed, or its kind of operation is not executed by its method.
        """
        asked = await read_request(request, self.request_limits, self.documents)
        document = parse_document(asked.query, self._query_limits.tokens)
        operation = chosen_operation(document, asked.operation_name) if document else None
        # What cannot be executed is refused like a query.
        kind = operation.operation if operation else OperationType.QUERY
        _check_method(request.method, kind)
        return asked, document, kind

    async def _results(self, asked: GraphQLRequest, context: Context) -> Results:
        """The operation's results, as GraphQL's specification formats them (section 7.1)."""
        results = await self.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
        )
        async with aclosing(results):
            async for result in results:
                yield formatted(cast(ExecutionResult, result))

    def _context(self, connection: HTTPConnection, document: DocumentNode | None = None) -> Context:
        state = connection.app.state
        client_name.set(checked_client(connection.headers.get("x-client-name")))
        observer = OperationObserver(state.metrics)
        return Context(
            state.engine,
            state.exporter,
            state.importer,
            observer,
            _base_url(connection),
            self._query_limits,
            document,
            last_event_id=connection.headers.get("last-event-id"),
        )


def graphql_routes(settings: Settings, access: Access) -> list[BaseRoute]:
    endpoint = GraphQLEndpoint(settings, access)
    return [
        Route("/graphql", cast(Any, endpoint)),
        WebSocketRoute("/graphql", cast(Any, endpoint)),
    ]


def _base_url(connection: HTTPConnection) -> str:
    """The server's address as http or https, of a WebSocket as well; ends in a slash."""
    url = connection.base_url
    return str(url.replace(scheme={"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)))


def _is_for_a_page(request: Request) -> bool:
    """Whether a browser asks for GraphiQL, not for the result of an operation."""
    accept = request.headers.get("accept", "")
    return not is_operation(request) and ("text/html" in accept or "*/*" in accept)


def _check_method(method: str, kind: OperationType) -> None:
    if method == "POST" or kind is OperationType.QUERY or (method == "GET" and kind is OperationType.SUBSCRIPTION):
        return
    message = f"a {kind.value} is not executed by {method}; use POST"
    raise BadRequest(message, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})


def _not_acceptable(accepted: tuple[MediaType, ...], kind: OperationType) -> BadRequest:
    if kind is OperationType.SUBSCRIPTION and accepted:
        return BadRequest(
            "a subscription is a stream; send Accept: text/event-stream or multipart/mixed;subscriptionSpec=1.0, "
            "or over a WebSocket with the subprotocol graphql-transport-ws"
        )
    offered = ", ".join(MediaType)
    return BadRequest(f"Accept has no media type of this server; it has {offered}", HTTPStatus.NOT_ACCEPTABLE)


def _json_type(accepted: tuple[MediaType, ...]) -> MediaType:
    return next((media for media in accepted if media not in STREAMS), MediaType.JSON)


def _content_type(media: MediaType) -> str:
    return f"{media}; charset=utf-8"
