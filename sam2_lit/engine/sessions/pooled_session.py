"""A session in memory: its locks, its streams, and how steps run on it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sam2_lit.engine.device.step_stream import StepStream
from sam2_lit.engine.device.steps import Rank, Steps
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import ErrorCode, LitError

R = TypeVar("R")
S = TypeVar("S")


@dataclass(eq=False)
class PooledSession:
    """A session in memory.

    `change_lock` is held by what changes prompts, masks and objects, `training_lock` by what changes adapters. A
    propagation holds neither, nor does tracking on the way to something: between two frames prompts may change. No call
    holds both but the one that closes the session, and an undo or redo, which take them in this order. An undo also
    holds `stream_lock`, while which no tracking begins.

    - streams: the tracking that runs now.
    - learning: the trainings that continue after their answer, by object id.
    - users: the calls that work on the session; `last_used` is when the last one began or ended.
    - ended: why the session takes no more work; the steps of a call that waited for a lock are not run then.
    - freeing: the release of its memory, once begun.
    """

    state: SessionState
    change_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    training_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stream_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    streams: set[StepStream[Any]] = field(default_factory=set)
    learning: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    users: int = 0
    last_used: float = 0.0
    ended: LitError | None = None
    freeing: asyncio.Task[None] | None = None

    async def run(self, steps: Steps[None, R], rank: Rank = Rank.INTERACTIVE) -> R:
        """Runs steps that change nothing in the store."""
        self._check_not_ended()
        return await self.state.device.worker.run(steps, rank=rank, session=self.state.session_id)

    async def commit(self, steps: Steps[None, R], rank: Rank = Rank.INTERACTIVE) -> R:
        """Runs steps that change the session, and returns once the changes are stored."""
        worker = self.state.device.worker
        with worker.interactive_first(self.state.session_id) if rank is Rank.INTERACTIVE else nullcontext():
            outcome = await self.run(steps, rank)
            await self.state.journal.committed()
            return outcome

    async def track(self, steps: Steps[S, None], report: Callable[[S], None]) -> None:
        """Tracks frames as propagation; `report` is called on the event loop with what each step yields, once stored.

        Cancelling the call ends the work within a frame. Raises LitError (CANCELLED) where the stream is stopped.
        """
        await self.streams_allowed()
        with self.streaming(steps, lambda made: made) as stream:
            async for made in stream:
                report(made)
        if stream.was_stopped:
            cancelled = LitError(
                ErrorCode.CANCELLED,
                "tracking was cancelled by cancelPropagateInVideo, undo or redo before the call changed anything; "
                "frames that were tracked keep their masks; send the call again to track on",
            )
            raise self.ended or self.state.journal.failure or cancelled

    async def streams_allowed(self) -> None:
        """Returns once tracking may begin; call `streaming` without waiting in between."""
        async with self.stream_lock:
            pass

    @contextmanager
    def streaming(self, steps: Steps[S | None, None], finish: Callable[[S], R]) -> Iterator[StepStream[R]]:
        """A stream of what steps make, each item available once it is stored; its work ends with the block."""
        self._check_not_ended()
        stream = self.state.device.worker.stream(
            steps,
            rank=Rank.PROPAGATION,
            session=self.state.session_id,
            finish=finish,
            when_stored=self.state.journal.on_commit,
        )
        self.streams.add(stream)
        try:
            yield stream
        finally:
            self.streams.discard(stream)
            stream.close()

    def stop_learning(self, object_id: int | None = None) -> None:
        """Stops the continued training of an object, or of every object; what it had reached is dropped."""
        for each in [object_id] if object_id is not None else list(self.learning):
            if (task := self.learning.pop(each, None)) is not None:
                task.cancel()

    def _check_not_ended(self) -> None:
        if self.ended is not None:
            raise self.ended
