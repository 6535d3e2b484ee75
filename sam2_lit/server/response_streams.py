"""Results of operations as an event stream or as multipart."""

import asyncio
import contextvars
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sam2_lit.server.content_negotiation import MediaType
from sam2_lit.server.operation_results import OperationMessage, StreamedResult

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class _Format(Protocol[T_contra]):
    """How what is sent is framed."""

    @property
    def content_type(self) -> str: ...
    @property
    def heartbeat_seconds(self) -> float: ...
    @property
    def opening(self) -> str: ...
    @property
    def heartbeat(self) -> str: ...
    @property
    def closing(self) -> str: ...

    def part(self, sent: T_contra) -> str: ...


@dataclass(frozen=True)
class _EventStream:
    """graphql-sse, distinct connections mode.

    Lines end with LF: urql and @graphql-tools/executor-http read no others, and Strawberry's `SSETransport` ends them
    with CRLF.
    """

    content_type: str = f"{MediaType.EVENTS}; charset=utf-8"
    heartbeat_seconds: float = 15
    opening: str = ":\n\n"
    heartbeat: str = ":\n\n"
    closing: str = "event: complete\ndata:\n\n"

    def part(self, sent: StreamedResult) -> str:
        identifier = f"id: {sent.event_id}\n" if sent.event_id else ""
        return f"event: next\n{identifier}data: {_encode(sent.result)}\n\n"


@dataclass(frozen=True)
class _SharedEventStream:
    """graphql-sse, single connection mode: each event names its operation."""

    content_type: str = _EventStream.content_type
    heartbeat_seconds: float = _EventStream.heartbeat_seconds
    opening: str = _EventStream.opening
    heartbeat: str = _EventStream.heartbeat
    closing: str = ""

    def part(self, sent: OperationMessage) -> str:
        if sent.result is None:
            return f"event: complete\ndata: {_encode({'id': sent.operation_id})}\n\n"
        return f"event: next\ndata: {_encode({'id': sent.operation_id, 'payload': sent.result})}\n\n"


@dataclass(frozen=True)
class _Multipart:
    """Apollo's multipart protocol for subscriptions, version 1.0, in the form of RFC 2046.

    Each part is sent with the boundary after it, so that a client can read it at once. Strawberry's
    `MultipartSubscriptionTransport` sends no boundary before the first part, two after the last, and a second media
    type within its Content-Type.
    """

    content_type: str = f'{MediaType.MULTIPART}; boundary="graphql"; subscriptionSpec=1.0'
    heartbeat_seconds: float = 5
    opening: str = "--graphql"
    heartbeat: str = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{}\r\n--graphql"
    closing: str = "--\r\n"

    def part(self, sent: StreamedResult) -> str:
        return self.heartbeat.replace("{}", _encode({"payload": sent.result}))


SHARED_EVENT_STREAM: _Format[OperationMessage] = _SharedEventStream()
RESULT_STREAMS: Mapping[MediaType, _Format[StreamedResult]] = {
    MediaType.EVENTS: _EventStream(),
    MediaType.MULTIPART: _Multipart(),
}


class ResultStream(StreamingResponse, Generic[T]):
    """Sends each result as soon as there is one, and heartbeats between them.

    Whichever way the response ends, `results` are closed before the call returns.
    """

    def __init__(self, format: _Format[T], results: AsyncGenerator[T, None]) -> None:
        self._format = format
        self._results = results
        self._step: asyncio.Task[T | None] | None = None
        headers = {
            "Content-Type": self._format.content_type,
            "Cache-Control": "no-cache, no-transform",
            "Vary": "Accept",
            # nginx would collect the parts before it passes them on.
            "X-Accel-Buffering": "no",
        }
        super().__init__(self._parts(), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Not in the generator: Starlette cancels it again for as long as it waits.
            if self._step is not None:
                self._step.cancel()
                await asyncio.wait([self._step])
            await self._results.aclose()

    async def _parts(self) -> AsyncGenerator[str, None]:
        # One context for every step of `results`, each of which runs as a task: a generator may set context variables.
        context = contextvars.copy_context()
        yield self._format.opening
        while True:
            self._step = asyncio.create_task(self._next(), context=context)
            while not self._step.done():
                await asyncio.wait([self._step], timeout=self._format.heartbeat_seconds)
                if not self._step.done():
                    yield self._format.heartbeat
            result = self._step.result()
            if result is None:
                break
            yield self._format.part(result)
        yield self._format.closing

    async def _next(self) -> T | None:
        return await anext(self._results, None)


def _encode(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
