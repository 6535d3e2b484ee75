"""The context that every resolver receives."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import strawberry
from graphql import DocumentNode

from sam2_lit.records.results import ObjectFrames
from sam2_lit.schema.operations import OperationObserver
from sam2_lit.schema.query_limits import QueryLimits

if TYPE_CHECKING:
    # Printing the schema needs no torch and no PyAV.
    from sam2_lit.engine.face import EngineFace
    from sam2_lit.exports.exporter import Exporter
    from sam2_lit.imports.importer import Importer

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Context:
    """What a request's resolvers work with.

    - base_url: the address that the client reached the server under; ends in a slash.
    - document: the parsed document, where the transport has parsed it before the operation runs.
    - last_event_id: the id of the last event that the client received of an event stream that broke.
    - event_id: the id of the latest event of the subscription, where its events have ids.
    - validated: done once the document is valid, before it is executed; for a transport that waits for that.
    - revoked: set once the client's token is not valid any more; None where it has none.
    - connection_params: the payload of a WebSocket's `connection_init`; set by Strawberry.
    """

    engine: "EngineFace"
    exporter: "Exporter"
    importer: "Importer"
    observer: OperationObserver
    base_url: str
    query_limits: QueryLimits
    document: DocumentNode | None = None
    last_event_id: str | None = None
    event_id: str | None = None
    validated: asyncio.Future[None] | None = None
    revoked: asyncio.Event | None = None
    connection_params: dict[str, Any] | None = None
    _readings: dict[str, "asyncio.Future[dict[int, ObjectFrames]]"] = field(default_factory=dict)

    async def object_frames(self, session_id: str) -> Mapping[int, ObjectFrames]:
        """As `EngineFace.object_frames`; the fields of one response that ask at once share one reading."""
        if session_id not in self._readings:
            reading = asyncio.ensure_future(self.engine.object_frames(session_id))
            self._readings[session_id] = reading
            reading.add_done_callback(lambda _: self._readings.pop(session_id))
        return await asyncio.shield(self._readings[session_id])

    async def read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs a function that reads videos, on a thread for that."""
        return await self.engine.library.threads.reading.run(function, *args, **kwargs)


Info = strawberry.Info[Context, None]
