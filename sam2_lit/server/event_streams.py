"""Event streams that many operations share: graphql-sse's single connection mode.

A client reserves a stream by PUT, opens it by GET, starts operations by POST with an `operationId`, and ends one by
DELETE. Protocol: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from sam2_lit.errors import ErrorCode, LitError, internal_error
from sam2_lit.records.users import current_user
from sam2_lit.server.error_responses import BadRequest
from sam2_lit.server.operation_results import OperationMessage, Result, Results

logger = logging.getLogger(__name__)

TOKEN_HEADER = "X-GraphQL-Event-Stream-Token"

_MOST_WAITING = 4
"""Messages of a stream that its client has not been sent; its operations pause until it reads."""


def stream_token(request: Request) -> str | None:
    """The token of the stream that a request is about: in the header, or as `token` in the query string."""
    return request.headers.get(TOKEN_HEADER) or request.query_params.get("token") or None


class EventStreams:
    """The streams that clients have reserved, by token."""

    def __init__(self, max_streams: int, max_operations: int, opening_timeout: float, idle_timeout: float) -> None:
        """A reservation is dropped unless it is opened within `opening_timeout` seconds. The rest: `EventStream`."""
        self._max_streams = max_streams
        self._max_operations = max_operations
        self._opening_timeout = opening_timeout
        self._idle_timeout = idle_timeout
        self._streams: dict[str, EventStream] = {}

    def is_meant_by(self, request: Request) -> bool:
        """Whether a GET or POST is about a stream. A `token` in a query string may also be for a proxy."""
        if request.method == "HEAD":
            return False
        return TOKEN_HEADER in request.headers or stream_token(request) in self._streams

    def reserve(self) -> str:
        """Reserves a stream and returns its token, which cannot be guessed. Raises LitError (CAPACITY_EXCEEDED)."""
        if len(self._streams) >= self._max_streams:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED, f"{len(self._streams)} event streams are reserved, which is the limit"
            )
        token = secrets.token_urlsafe(32)
        self._streams[token] = EventStream(self._max_operations, self._idle_timeout, current_user.get())
        asyncio.get_running_loop().call_later(self._opening_timeout, self._drop_unopened, token)
        return token

    def get(self, token: str | None) -> "EventStream":
        """The stream of a token. Raises BadRequest (404) where the current user has none."""
        stream = self._streams.get(token or "")
        if stream is None or stream.user != current_user.get():
            raise BadRequest(
                "no event stream is reserved under this token; reserve one by PUT and send its token in the header "
                f"{TOKEN_HEADER}",
                HTTPStatus.NOT_FOUND,
            )
        return stream

    def open(self, token: str | None) -> AsyncGenerator[OperationMessage, None]:
        """The messages of a reserved stream, which is dropped when the generator is closed.

        Raises BadRequest: there is no such stream (404), or it is open already (409).
        """
        stream = self.get(token)
        if stream.is_open:
            raise BadRequest("the event stream of this token is open already; reserve another", HTTPStatus.CONFLICT)
        stream.is_open = True
        return self._messages(token or "", stream)

    async def _messages(self, token: str, stream: "EventStream") -> AsyncGenerator[OperationMessage, None]:
        try:
            async for message in stream.messages():
                yield message
        finally:
            self._drop(token)

    def _drop_unopened(self, token: str) -> None:
        if (stream := self._streams.get(token)) is not None and not stream.is_open:
            self._drop(token)

    def _drop(self, token: str) -> None:
        self._streams.pop(token).close()


class EventStream:
    """One reserved stream: its running operations, and their messages that wait to be sent."""

    def __init__(self, max_operations: int, idle_timeout: float, user: str | None) -> None:
        """An open stream of a user ends when it has had no operation for `idle_timeout` seconds."""
        self.is_open = False
        self.user = user
        self._max_operations = max_operations
        self._idle_timeout = idle_timeout
        self._last_used = time.monotonic()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._waiting: asyncio.Queue[tuple[asyncio.Task[None], OperationMessage]] = asyncio.Queue(_MOST_WAITING)

    async def start(self, operation_id: str, results: Results, validated: asyncio.Future[None]) -> Result | None:
        """Runs an operation, and returns once its document is valid; its results are sent on the stream.

        Returns the response of an operation that is not executed, of which nothing is sent. Raises LitError: the id is
        in use (BAD_REQUEST, 409), or too many operations run (CAPACITY_EXCEEDED).
        """
        self._check_free(operation_id)
        refused: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(self._run(operation_id, results, refused, validated))
        self._operations[operation_id] = running
        decided: list[asyncio.Future[Any]] = [validated, refused, running]
        await asyncio.wait(decided, return_when=asyncio.FIRST_COMPLETED)
        return refused.result() if refused.done() else None

    def stop(self, operation_id: str) -> None:
        """Ends an operation; nothing more of it is sent. Does nothing where it has ended."""
        if (running := self._operations.pop(operation_id, None)) is not None:
            self._last_used = time.monotonic()
            running.cancel()

    def close(self) -> None:
        """Ends all operations."""
        for operation_id in list(self._operations):
            self.stop(operation_id)

    async def messages(self) -> AsyncGenerator[OperationMessage, None]:
        """What the operations send, until the stream is idle."""
        self._last_used = time.monotonic()
        while self._operations or time.monotonic() < self._last_used + self._idle_timeout:
            try:
                operation, message = await asyncio.wait_for(self._waiting.get(), self._idle_timeout / 10)
            except TimeoutError:
                continue
            # An operation that was stopped may have left messages.
            if self._operations.get(message.operation_id) is not operation:
                continue
            if message.result is None:
                self.stop(message.operation_id)
            yield message

    def _check_free(self, operation_id: str) -> None:
        if operation_id in self._operations:
            raise BadRequest(
                f"an operation with the id {operation_id[:100]!r} is running on this event stream; send another id",
                HTTPStatus.CONFLICT,
            )
        if len(self._operations) >= self._max_operations:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self._operations)} operations are running on this event stream, which is the limit",
            )

    async def _run(
        self, operation_id: str, results: Results, refused: asyncio.Future[Result], validated: asyncio.Future[None]
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        is_first = True
        try:
            async with aclosing(results):
                async for result in results:
                    # A subscription that fails at its start has no data either, and was accepted already.
                    if is_first and "data" not in result and not validated.done():
                        del self._operations[operation_id]
                        refused.set_result(result)
                        return
                    is_first = False
                    await self._waiting.put((task, OperationMessage(operation_id, result)))
        except Exception:
            error_id = secrets.token_hex(8)
            logger.exception("error %s in an operation on an event stream", error_id)
            error = internal_error(error_id)
            failed = {"errors": [{"message": error.message, "extensions": error.extensions}]}
            await self._waiting.put((task, OperationMessage(operation_id, failed)))
        await self._waiting.put((task, OperationMessage(operation_id, None)))
