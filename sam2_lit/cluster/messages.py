"""What fronts and workers say to each other: plain data, pickled."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sam2_lit.cluster.placement import WorkerLoad
from sam2_lit.errors import LitError
from sam2_lit.records.results import ModelInfo


class WorkerLost(Exception):
    """The worker is dead: what it had not stored is gone."""


class WorkerAway(Exception):
    """The worker does not answer now. It may have carried out what it was sent, or do so yet."""


@dataclass(frozen=True)
class Call:
    """A call of a method of the engine on a session, by its owner.

    Attributes:
        front: who sends it.
        worker: whom it is for; another process under the same name refuses it.
        session_id: the session.
        epoch: since when the worker owns the session.
        method: its name, with `.` where it is one of an attribute; the first argument is the session's id.
        arguments, options: the others, by place and by name.
        id: of this call, and of the change that it makes; a call that is sent twice is carried out once.
        client: what the client calls itself.
        user: who asks, where the fronts have users.
    """

    front: str
    worker: str
    session_id: str
    epoch: int
    method: str
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    client: str | None = None
    user: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a call returned, or the error that it raised."""

    value: Any = None
    error: LitError | None = None

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(frozen=True)
class StreamPart:
    """The next items of a stream; with the last, `is_ended`, and the error that ended it, if any."""

    items: tuple[Any, ...] = ()
    is_ended: bool = False
    error: LitError | None = None


@dataclass(frozen=True)
class WorkerState:
    """A worker that can be sent calls, with its model."""

    load: WorkerLoad
    model: ModelInfo


class WorkerFace(Protocol):
    """What a front calls of a worker."""

    async def state(self, front: str) -> WorkerState:
        """How busy the worker is. It ends the streams of a front that has not asked for a while."""

    async def call(self, call: Call) -> Answer: ...

    async def open_stream(self, call: Call) -> Answer:
        """Starts a stream, whose id is the call's."""

    async def next_part(self, stream_id: str, received: int) -> StreamPart:
        """The items after the first `received`, once there is one.

        A worker makes a few ahead of those that were received, and then pauses.
        """

    async def close_stream(self, stream_id: str) -> None:
        """Ends the work of a stream within a frame."""

    async def drain(self, seconds: float) -> None:
        """Gives up all sessions: accepts no more, waits so long for streams to end, and then moves the others."""

    async def metrics(self) -> bytes:
        """Prometheus' text exposition format."""


class Workers(Protocol):
    """The workers of a cluster. Every method may raise WorkerLost or WorkerAway.

    `changed` is set when a worker is lost, or has answered for the first time.
    """

    changed: asyncio.Event

    async def states(self, front: str) -> list[WorkerState]:
        """Those that answer; others are started where they are missing."""

    async def call(self, call: Call) -> Answer: ...

    async def open_stream(self, call: Call) -> Answer: ...

    async def next_part(self, worker: str, stream_id: str, received: int) -> StreamPart: ...

    def close_stream(self, worker: str, stream_id: str) -> None:
        """Returns at once, and never raises."""

    async def metrics(self) -> dict[str, bytes]:
        """By worker, of those that answer."""

    async def close(self) -> None: ...
