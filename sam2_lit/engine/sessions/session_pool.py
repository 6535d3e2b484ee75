"""The sessions in memory, and the locks under which calls work on them."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from sam2_lit.engine.device.heap_trimmer import HeapTrimmer
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.running_propagations import RunningPropagations
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.records.users import current_user
from sam2_lit.store.user_slots import UserSlots

logger = logging.getLogger(__name__)


class _Load:
    """A session that is being loaded, for `waiting` calls at once. It goes on when they are cancelled."""

    def __init__(self, load: Callable[["_Load"], Coroutine[Any, Any, PooledSession]]) -> None:
        self.waiting = 0
        self.task = asyncio.create_task(load(self))
        # An error that no call waits for any more is none.
        self.task.add_done_callback(lambda task: task.cancelled() or task.exception())


class SessionPool:
    """At most `max_sessions` sessions in memory; beyond that, the least recently used are evicted.

    `read`, `change` and `train` are the only ways to a session. A session that no call works on is as it is in the
    store, so it can be evicted at any time. After a failed write it is ahead of the store: it is dropped at once, and
    the next call loads it again. It has more than 20 methods because every lock and count of sessions is in this one
    class.
    """

    def __init__(
        self,
        settings: EngineSettings,
        check: Callable[[str], Awaitable[object]],
        load: Callable[[str], Awaitable[SessionState]],
        release: Callable[[SessionState], Coroutine[Any, Any, None]],
        clock: Callable[[], float],
        check_video: Callable[[SessionState], Awaitable[None]],
        slots: UserSlots | None = None,
    ) -> None:
        """Functions of a session: `check` raises where the current user can see none, `load` reads it, `release` frees
        its memory, `check_video` raises where its video is no longer the one that it was opened on.

        `clock` returns seconds that only rise. `slots` are for `RunningPropagations`.
        """
        self._settings = settings
        self._check = check
        self._load = load
        self._release = release
        self._clock = clock
        self._check_video = check_video
        self._held: OrderedDict[str, PooledSession] = OrderedDict()
        self._loads: dict[str, _Load] = {}
        self._reserved = 0
        self._moving: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.running_propagations = RunningPropagations(settings, slots)
        self._frames_of_released = 0
        self._closed: LitError | None = None
        self._heap_trimmer = HeapTrimmer(self._is_busy)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, session_id: str) -> PooledSession | None:
        """The session, where it is in memory now."""
        return self._held.get(session_id)

    @property
    def propagations(self) -> int:
        """What is tracked at once: streams of frames, and calls that track first."""
        return len(self.running_propagations)

    @property
    def sessions_in_use(self) -> int:
        """The sessions that calls work on, and those that are being loaded."""
        return sum(held.users > 0 for held in self._held.values()) + self._reserved

    @property
    def frames_tracked(self) -> int:
        """Frames tracked since the start, all objects of a frame counted once. May be read from any thread."""
        return self._frames_of_released + sum(held.state.tracker.frames_tracked for held in list(self._held.values()))

    @asynccontextmanager
    async def read(self, session_id: str, *, checks_video: bool = True) -> AsyncIterator[PooledSession]:
        """The session, loaded where needed and held in memory within the block; other calls may change it meanwhile.

        `checks_video` is False where the same call reads it with that check too: it waits for a thread.

        Raises LitError: SESSION_NOT_FOUND, also where the current user may not see it, CAPACITY_EXCEEDED where every
        session in memory is in use, or what keeps its video from being opened.
        """
        await self._admit(session_id)
        session = await self._enter(session_id)
        try:
            if checks_video:
                await self._check_video(session.state)
            yield session
        finally:
            await self._leave(session)

    @asynccontextmanager
    async def change(self, session_id: str, *, checks_video: bool = True) -> AsyncIterator[PooledSession]:
        """As `read`, and nothing else changes prompts, masks or objects within the block, tracking aside."""
        async with self.read(session_id, checks_video=checks_video) as session, session.change_lock:
            yield session

    @asynccontextmanager
    async def train(self, session_id: str) -> AsyncIterator[PooledSession]:
        """As `read`, and nothing else changes adapters within the block."""
        async with self.read(session_id) as session, session.training_lock:
            yield session

    async def add(self, start: Callable[[], Awaitable[SessionState]]) -> SessionState:
        """Starts a new session once there is room for it. Raises LitError (CAPACITY_EXCEEDED)."""
        async with self._room():
            state = await start()
            if self._closed is not None:
                await self._release(state)
                raise self._closed
            self._held[state.session_id] = PooledSession(state, last_used=self._clock())
            return state

    async def release_idle(self) -> None:
        """Evicts the sessions that no call has worked on for `session_idle` seconds."""
        latest = self._clock() - self._settings.session_idle
        for idle in [each for each in self._held.values() if each.last_used <= latest]:
            session_id = idle.state.session_id
            async with self._lock(session_id):
                if idle.users == 0 and self._held.get(session_id) is idle:
                    logger.info("session %s is released, since it is idle", session_id)
                    self._drop(idle)
                    await self._free(idle)

    async def evict(self, session_id: str) -> None:
        """Takes a session out of memory: its streams end, and the next call loads it again."""
        async with self._lock(session_id):
            if (held := self._held.get(session_id)) is not None:
                held.ended = LitError(
                    ErrorCode.CANCELLED, "the session left memory, since it or its video moves; send the call again"
                )
                self._drop(held)
                async with held.change_lock, held.training_lock:
                    await self._free(held)

    async def remove(self, session_id: str, reason: LitError) -> None:
        """Removes a session for good: its streams end, and once no call holds its locks, its writes raise `reason`."""
        if (load := self._loads.get(session_id)) is not None:
            await asyncio.wait([load.task])
        session = self._held.get(session_id)
        if session is None:
            return
        session.ended = reason
        self._drop(session)
        async with session.change_lock, session.training_lock:
            await self._free(session)
        session.state.journal.fail(reason)

    def stop_streams(self, session_id: str) -> bool:
        """Ends the session's tracking within a frame. Returns whether there was any to end."""
        session = self._held.get(session_id)
        return any([stream.stop() for stream in session.streams]) if session else False

    def stop_learning(self, session_id: str, object_id: int | None = None) -> None:
        """Stops what continues to train for an object, or for every object."""
        if (session := self._held.get(session_id)) is not None:
            session.stop_learning(object_id)

    async def close(self) -> None:
        """Frees every session, also where a thread that this needs has died; none is loaded or added any more."""
        self._closed = LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down")
        for load in list(self._loads.values()):
            await asyncio.wait([load.task])
        for session in list(self._held.values()):
            session.ended = self._closed
            self._drop(session)
            with suppress(LitError):
                await self._free(session)
        self._heap_trimmer.close()

    async def _admit(self, session_id: str) -> None:
        """Raises LitError (SESSION_NOT_FOUND) where the current user may not see the session.

        Before it is loaded, which others may wait for, and of which the errors would tell that it exists.
        """
        if current_user.get() is None:
            return
        held = self._held.get(session_id)
        if held is None or not held.state.owner.admits_current():
            await self._check(session_id)

    async def _enter(self, session_id: str) -> PooledSession:
        """The session, with this call among its users."""
        if (held := self._usable(session_id)) is not None:
            held.users += 1
            return held
        if (load := self._loads.get(session_id)) is None:
            load = self._loads[session_id] = _Load(lambda load: self._resume(session_id, load))
        load.waiting += 1
        try:
            return await asyncio.shield(load.task)
        except asyncio.CancelledError:
            load.waiting -= 1
            if load.task.done() and not load.task.cancelled() and load.task.exception() is None:
                await self._leave(load.task.result())
            raise

    async def _leave(self, session: PooledSession) -> None:
        session.users -= 1
        session.last_used = self._clock()
        if session.state.journal.failure is not None:
            self._drop(session)
        if session.users == 0 and self._held.get(session.state.session_id) is not session:
            await self._free(session)

    async def _resume(self, session_id: str, load: _Load) -> PooledSession:
        try:
            async with self._lock(session_id):
                await self._check(session_id)
                async with self._room():
                    state = await self._load(session_id)
                    # Those who wait are its users from now on, so that it is not evicted before they continue.
                    session = self._held[session_id] = PooledSession(state, users=load.waiting, last_used=self._clock())
        finally:
            del self._loads[session_id]
        logger.info("session %s is resumed", session_id)
        return session

    @asynccontextmanager
    async def _room(self) -> AsyncIterator[None]:
        """Reserves room for the session that the block adds; evicts the least recently used ones for it.

        Raises LitError (CAPACITY_EXCEEDED) where every session in memory is in use, or the pool is closed.
        """
        if self._closed is not None:
            raise self._closed
        self._reserved += 1
        try:
            while len(self._held) + self._reserved > self._settings.max_sessions:
                idle = next((each for each in self._held.values() if each.users == 0), None)
                if idle is None:
                    raise LitError(
                        ErrorCode.CAPACITY_EXCEEDED,
                        f"all of the {self._settings.max_sessions} sessions that are held in memory at once are in "
                        "use; try again when one is done",
                        RETRY_SECONDS,
                    )
                logger.info("session %s is evicted", idle.state.session_id)
                self._drop(idle)
                async with self._lock(idle.state.session_id):
                    await self._free(idle)
            yield
        finally:
            self._reserved -= 1

    def _usable(self, session_id: str) -> PooledSession | None:
        held = self._held.get(session_id)
        if held is None:
            return None
        if held.state.journal.failure is not None:
            self._drop(held)
            return None
        self._held.move_to_end(session_id)
        return held

    def _drop(self, session: PooledSession) -> None:
        """Takes a session out of the pool, ends its streams and trainings; the last call that works on it frees it."""
        if self._held.get(session.state.session_id) is session:
            del self._held[session.state.session_id]
        for stream in session.streams:
            stream.stop()
        session.stop_learning()

    async def _free(self, session: PooledSession) -> None:
        if session.freeing is None:
            session.freeing = asyncio.create_task(self._release_memory(session))
        await asyncio.shield(session.freeing)

    async def _release_memory(self, session: PooledSession) -> None:
        await self._release(session.state)
        self._frames_of_released += session.state.tracker.frames_tracked
        self._heap_trimmer.trim_soon()

    def _lock(self, session_id: str) -> asyncio.Lock:
        # Held while a session is loaded or evicted, so that none is loaded before it has been freed.
        return self._moving.setdefault(session_id, asyncio.Lock())

    def _is_busy(self) -> bool:
        return any(held.users for held in self._held.values())
