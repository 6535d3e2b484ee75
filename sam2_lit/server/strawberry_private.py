"""The undocumented parts of Strawberry that this package relies on.

They are checked when the server is imported, and pyproject.toml bounds Strawberry's version to the tested ones: a
release may change them without notice.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import version
from types import NoneType
from typing import Any, Protocol, cast

from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.http.async_base_view import AsyncBaseHTTPView
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage
from strawberry.types import ExecutionContext

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.schema.context import Context
from sam2_lit.server.error_responses import BadRequest
from sam2_lit.server.persisted_documents import PersistedDocuments, is_persisted
from sam2_lit.server.request_limits import RequestLimits

_MESSAGE_TOO_BIG = 1009
_LONGEST_REASON = 123
"""RFC 6455: the close code, and the bytes of a reason."""
_FORBIDDEN = 4403
"""graphql-transport-ws: what Strawberry closes a socket with that is not let in."""


class ServingView(Protocol):
    """The GraphQL view that a handler belongs to."""

    idle_timeout: float
    request_limits: RequestLimits
    documents: PersistedDocuments


class TransportHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """graphql-transport-ws on one WebSocket.

    Beyond Strawberry's handler it closes sockets that are idle, or whose token is revoked, refuses malformed messages
    and operations over the limit with an error code, and does not log clients that disconnect. A document that cannot
    be executed ends its operation with `error`, as the protocol has it; Strawberry would close the socket with all its
    operations (4400).
    """

    async def handle(self) -> None:
        self._watches = [asyncio.create_task(self._close_when_idle())]
        try:
            await super().handle()
        except LitError as refusal:
            # Of a message that was not decoded, so that there is no operation to answer.
            await self.websocket.close(code=_MESSAGE_TOO_BIG, reason=refusal.message[:_LONGEST_REASON])
        finally:
            for watch in self._watches:
                watch.cancel()

    async def handle_message(self, message: Message) -> None:
        self._last_message = time.monotonic()
        if self.context.revoked is not None and self.context.revoked.is_set():
            return
        if not _is_well_formed(message):
            await self.handle_invalid_message("Failed to parse message")
            return
        if message["type"] == "connection_init" and message.get("payload") is None:
            # The protocol allows null, which clients in other languages send; Strawberry closes the socket (4400).
            message = {"type": "connection_init"}
        is_new = not self.connection_acknowledged
        await super().handle_message(message)
        if is_new and self.connection_acknowledged and self.context.revoked is not None:
            self._watches.append(asyncio.create_task(self._close_when_revoked(self.context.revoked)))

    async def send_message(self, message: Message) -> None:
        # A client that has read a long stream, and sent nothing meanwhile, was not idle.
        self._last_message = time.monotonic()
        await super().send_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        if self.connection_acknowledged:
            try:
                message["payload"]["query"] = self._checked_document(message)
            except LitError as refusal:
                error = GraphQLError(refusal.message, extensions=refusal.extensions)
                await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
                return
        await super().handle_subscribe(message)

    def _checked_document(self, message: SubscribeMessage) -> str:
        limit = self.max_subscriptions_per_connection
        if limit is not None and len(self.operations) >= limit:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self.operations)} operations are running on this connection, which is the limit",
            )
        payload: Mapping[str, Any] = message["payload"]
        self._serving_view.request_limits.check_document(payload.get("query"))
        query = self._serving_view.documents.find(payload.get("query"), payload.get("extensions"))
        if query is None:
            raise BadRequest("the operation has no query; send a GraphQL document as `query`")
        return query

    @property
    def _serving_view(self) -> ServingView:
        return cast(ServingView, self.view)

    async def handle_task_exception(self, error: Exception) -> None:
        """Strawberry would log a client that disconnects during a stream as a failure of the server."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        return None

    async def _close_when_idle(self) -> None:
        timeout = self._serving_view.idle_timeout
        self._last_message = time.monotonic()
        while (left := self._last_message + timeout - time.monotonic()) > 0 or self.operations:
            await asyncio.sleep(max(left, timeout / 10))
        await self.websocket.close(code=1000, reason="Idle")

    async def _close_when_revoked(self, revoked: asyncio.Event) -> None:
        await revoked.wait()
        # First, so that nothing more is sent while the client may delay the closing handshake.
        for operation_id in list(self.operations):
            await self.cleanup_operation(operation_id)
        await self.websocket.close(code=_FORBIDDEN, reason=f"{ErrorCode.UNAUTHENTICATED}: the token was revoked")


def _is_well_formed(message: object) -> bool:
    """Whether Strawberry's handler can read the message without raising."""
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
        and (isinstance(payload.get("query"), str) or (payload.get("query") is None and is_persisted(payload)))
        and isinstance(payload.get("variables"), (dict, NoneType))
        and isinstance(payload.get("operationName"), (str, NoneType))
        and isinstance(payload.get("extensions"), (dict, NoneType))
    )


_HANDLER_METHODS = (
    "handle",
    "handle_message",
    "handle_subscribe",
    "handle_task_exception",
    "handle_invalid_message",
    "send_message",
    "_get_pre_execution_close_reason",
    "cleanup_operation",
)
_HANDLER_ATTRIBUTES = (
    "connection_acknowledged",
    "context",
    "max_subscriptions_per_connection",
    "operations",
    "view",
    "websocket",
)
_VIEW_ATTRIBUTES = ("graphql_transport_ws_handler_class", "decode_json")
_CONTEXT_FIELDS = ("graphql_document", "parse_options", "pre_execution_errors", "validation_rules")


def missing_parts() -> list[str]:
    """The parts that the installed Strawberry lacks.

    Those of MaskErrors and ExecutionContext are used in `sam2_lit.schema`.
    """
    missing = [f"MaskErrors.{name}" for name in ("anonymise_error",) if not hasattr(MaskErrors, name)]
    handler = BaseGraphQLTransportWSHandler
    missing += [f"{handler.__name__}.{name}" for name in _HANDLER_METHODS if not hasattr(handler, name)]
    # Instance attributes: the names that the constructor assigns.
    assigned = handler.__init__.__code__.co_names
    missing += [f"{handler.__name__}.{name}" for name in _HANDLER_ATTRIBUTES if name not in assigned]
    missing += [f"AsyncBaseHTTPView.{name}" for name in _VIEW_ATTRIBUTES if not hasattr(AsyncBaseHTTPView, name)]
    in_context = [field.name for field in fields(ExecutionContext)]
    if "_provided_operation_name" not in ExecutionContext.__post_init__.__code__.co_names:
        missing.append("ExecutionContext._provided_operation_name")
    return missing + [f"ExecutionContext.{name}" for name in _CONTEXT_FIELDS if name not in in_context]


def check_strawberry() -> None:
    """Raises ImportError where the installed Strawberry lacks a part."""
    if missing := missing_parts():
        raise ImportError(
            f"strawberry-graphql {version('strawberry-graphql')} has no {', '.join(missing)}, which sam2-lit needs; "
            "install a version that sam2-lit's requirements allow"
        )


check_strawberry()
