"""Propagations that go on after their client was disconnected: the frames that are done, and the latest events."""

import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.propagation import TrackedStep, begin_plan, finish_step, propagate
from sam2_lit.engine.sessions.propagation_plan import PropagationPlan
from sam2_lit.engine.sessions.session_pool import SessionPool
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.reached import Reached
from sam2_lit.records.results import PropagatedFrame
from sam2_lit.records.tracking_scope import TrackingScope
from sam2_lit.store.session_journal import SessionJournal


@dataclass(frozen=True)
class PropagationArguments:
    """What a propagation is started with, and resumed with."""

    session_id: str
    scope: TrackingScope


class ResumablePropagation:
    """One propagation, which has one reader at a time.

    Its events count from 0. The work pauses within a frame when the reader leaves. The next reader continues at the
    next frame of the plan, so that the events of both together are those of one that stayed. A reader that joins takes
    the propagation over: the connection of the one before may be broken without the server knowing.

    - left_at: when the last reader left, by `clock`; None while there is one.
    - is_finished: nothing more is tracked.
    """

    def __init__(
        self,
        arguments: PropagationArguments,
        kept_events: int,
        clock: Callable[[], float],
        reached: Reached | None = None,
    ) -> None:
        """The latest `kept_events` events can be sent again. `reached` is how far another engine has come with it."""
        scope = ChangeScope.new(InteractionKind.TRACKING)
        # One change, whichever engines track it.
        self._scope = scope if reached is None else replace(scope, id=reached.propagation_id)
        self.propagation_id = self._scope.id
        self._reached = reached
        self.arguments = arguments
        self.left_at: float | None = None
        self.is_finished = False
        self._clock = clock
        self._journal: SessionJournal | None = None
        self._plan: PropagationPlan | None = None
        self._lock = threading.Lock()
        self._events: deque[PropagatedFrame] = deque(maxlen=kept_events)
        self._next_sequence = reached.sequence if reached else 0
        self._reader: object = None
        self._running = ExitStack()

    def check(self, sequence: int) -> None:
        """Raises LitError (SEQUENCE_NOT_FOUND) where the event is not kept, and does not follow the last one."""
        if self._journal is not None and self._journal.failure is not None:
            raise LitError(
                ErrorCode.SEQUENCE_NOT_FOUND,
                "the latest frames of the propagation could not be stored; start again without fromSequence",
            )
        with self._lock:
            following = self._next_sequence
            oldest = self._events[0].sequence if self._events else following
        if not oldest <= sequence <= following:
            kept = f"{oldest} to {following - 1} are kept" if oldest < following else "none was sent yet"
            raise LitError(
                ErrorCode.SEQUENCE_NOT_FOUND,
                f"the propagation cannot be resumed from event {sequence}: {kept}, and {following} comes next; start "
                "again without fromSequence",
            )

    async def read(
        self, session: PooledSession, pool: SessionPool, sequence: int
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """The events from `sequence` on: those that are kept, then each new one once its masks are stored.

        Closing the generator pauses the work within a frame. Raises LitError (CAPACITY_EXCEEDED) over
        `max_propagations`.
        """
        await session.streams_allowed()
        self._running.close()
        self._journal = session.state.journal
        reader = self._reader = object()
        self.left_at = None
        kept = self._events_from(sequence)
        with ExitStack() as running:
            self._running = running
            running.callback(self._leave, reader)
            stream = None
            if not self.is_finished:
                running.callback(await pool.running_propagations.start())
                finish = partial(self._finish, session.state)
                stream = running.enter_context(session.streaming(self._steps(session.state), finish))
            await session.state.journal.committed()
            for event in kept:
                if self._reader is not reader:
                    return
                yield event
                sequence = event.sequence + 1
            if stream is None:
                return
            async for latest in stream:
                # The step in which the reader before left is not among the items of this stream.
                for event in self._events_from(sequence, latest.sequence):
                    if self._reader is not reader:
                        return
                    yield event
                    sequence = event.sequence + 1
            if self._reader is not reader:
                return
            self.is_finished = True
            for event in self._events_from(sequence):
                yield event

    def _leave(self, reader: object) -> None:
        if self._reader is reader:
            self.left_at = self._clock()

    def _steps(self, state: SessionState) -> Steps[TrackedStep | None, None]:
        if self._plan is None and self._reached is not None:
            self._plan = PropagationPlan(state.tracker.memories, state.tracker.frame_count, self.arguments.scope)
            self._plan.continue_after(self._reached)
        elif self._plan is None:
            self._plan = yield from begin_plan(state, self.arguments.scope)
        else:
            # The session may have been evicted from memory, and loaded again.
            self._plan.continue_with(state.tracker.memories)
        yield from propagate(state, self._plan, self._scope)

    def _finish(self, state: SessionState, step: TrackedStep) -> PropagatedFrame:
        """The event of a step; runs on the finishing thread, in the order of the steps."""
        event = finish_step(state, step, self.propagation_id, self._next_sequence, self._scope)
        with self._lock:
            self._events.append(event)
            self._next_sequence += 1
        return event

    def _events_from(self, first: int, last: int | None = None) -> list[PropagatedFrame]:
        with self._lock:
            return [each for each in self._events if first <= each.sequence and (last is None or each.sequence <= last)]
