"""The sessions in memory, and the locks under which calls work on them."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sam2_lit.engine.device.heap_trimmer import HeapTrimmer
from sam2_lit.engine.device.step_stream import StepStream
from sam2_lit.engine.device.steps import Rank, Steps
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.errors import ErrorCode, LitError

R = TypeVar("R")
S = TypeVar("S")

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class PooledSession:
    """A session in memory.

    `change_lock` is held by what changes prompts, masks and objects, `training_lock` by what changes adapters. A
    propagation holds neither: between two of its frames prompts may change. No call holds both but the one that closes
    the session, which takes them in this order. `users` counts the calls that work on the session, `last_used` is when
    the last one began or ended; `released` is set once its memory was freed.
    """

    state: SessionState
    change_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    training_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    streams: set[StepStream[Any]] = field(default_factory=set)
    users: int = 0
    last_used: float = 0.0
    released: bool = False

    async def run(self, steps: Steps[None, R], rank: Rank = Rank.INTERACTIVE) -> R:
        """Runs steps that change nothing in the store."""
        return await self.state.device.worker.run(steps, rank=rank, session=self.state.session_id)

    async def commit(self, steps: Steps[None, R], rank: Rank = Rank.INTERACTIVE) -> R:
        """Runs steps that change the session, and returns once the changes are stored."""
        worker = self.state.device.worker
        with worker.interactive_first(self.state.session_id) if rank is Rank.INTERACTIVE else nullcontext():
            outcome = await self.run(steps, rank)
            await self.state.journal.committed()
            return outcome

    @contextmanager
    def streaming(self, steps: Steps[S | None, None], finish: Callable[[S], R]) -> Iterator[StepStream[R]]:
        """A stream of what steps make, each item available once it is stored; its work ends with the block."""
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


class SessionPool:
    """At most `max_sessions` sessions in memory; beyond that, the least recently used are evicted.

    `read`, `change` and `train` are the only ways to a session. A session that no call works on is as it is in the
    store, so it can be evicted at any time. After a failed write it is ahead of the store: it is dropped at once, and
    the next call loads it again.
    """

    def __init__(
        self,
        settings: EngineSettings,
        load: Callable[[str], Awaitable[SessionState]],
        release: Callable[[SessionState], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        """`load` reads a session from the store, `release` frees its memory when it is not used any more.

        `clock` returns seconds that only rise.
        """
        self._settings = settings
        self._load = load
        self._release = release
        self._clock = clock
        self._held: OrderedDict[str, PooledSession] = OrderedDict()
        self._moving: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._propagations = 0
        self._frames_of_released = 0
        self._heap_trimmer = HeapTrimmer(self._is_busy)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, session_id: str) -> PooledSession | None:
        """The session, where it is in memory now."""
        return self._held.get(session_id)

    @property
    def propagations(self) -> int:
        """The streams of tracked frames that are running."""
        return self._propagations

    @property
    def frames_tracked(self) -> int:
        """Frames tracked since the start, all objects of a frame counted once. May be read from any thread."""
        return self._frames_of_released + sum(held.state.tracker.frames_tracked for held in list(self._held.values()))

    @asynccontextmanager
    async def read(self, session_id: str) -> AsyncIterator[PooledSession]:
        """The session, loaded where needed and held in memory within the block; other calls may change it meanwhile.

        Raises LitError: SESSION_NOT_FOUND, CAPACITY_EXCEEDED where every session in memory is in use, or what keeps
        its video from being opened.
        """
        session = await self._get(session_id)
        session.users += 1
        try:
            yield session
        finally:
            session.users -= 1
            session.last_used = self._clock()
            if session.state.journal.failure is not None:
                self._drop(session)
            if session.users == 0 and self._held.get(session_id) is not session:
                await self._free(session)

    @asynccontextmanager
    async def change(self, session_id: str) -> AsyncIterator[PooledSession]:
        """As `read`, and nothing else changes prompts, masks or objects within the block, tracking aside."""
        async with self.read(session_id) as session, session.change_lock:
            yield session

    @asynccontextmanager
    async def train(self, session_id: str) -> AsyncIterator[PooledSession]:
        """As `read`, and nothing else changes adapters within the block."""
        async with self.read(session_id) as session, session.training_lock:
            yield session

    @contextmanager
    def propagating(self) -> Iterator[None]:
        """Counts a propagation within the block. Raises LitError (CAPACITY_EXCEEDED) over `max_propagations`."""
        if self._propagations >= self._settings.max_propagations:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{self._propagations} propagations are running, which is the limit; try again when one has ended",
            )
        self._propagations += 1
        try:
            yield
        finally:
            self._propagations -= 1

    async def make_room(self) -> None:
        """Evicts the least recently used sessions until one more fits. Raises LitError (CAPACITY_EXCEEDED)."""
        while len(self._held) >= self._settings.max_sessions:
            idle = next((each for each in self._held.values() if each.users == 0), None)
            if idle is None:
                raise LitError(
                    ErrorCode.CAPACITY_EXCEEDED,
                    f"all of the {self._settings.max_sessions} sessions that are held in memory at once are in use; "
                    "try again when one is done",
                )
            logger.info("session %s is evicted", idle.state.session_id)
            async with self._lock(idle.state.session_id):
                self._drop(idle)
                await self._free(idle)

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

    def add(self, state: SessionState) -> None:
        """Adds a new session, after `make_room`."""
        self._held[state.session_id] = PooledSession(state, last_used=self._clock())

    async def remove(self, session_id: str, reason: LitError) -> None:
        """Removes a session for good: its streams end, and once no call holds its locks, its writes raise `reason`."""
        session = self._held.get(session_id)
        if session is None:
            return
        self._drop(session)
        async with session.change_lock, session.training_lock:
            await self._free(session)
        session.state.journal.fail(reason)

    def stop_streams(self, session_id: str) -> None:
        """Ends the session's propagations within a frame."""
        session = self._held.get(session_id)
        for stream in session.streams if session else ():
            stream.stop()

    async def close(self) -> None:
        """Frees every session, also where a thread that this needs has died."""
        for session in list(self._held.values()):
            self._drop(session)
            with suppress(LitError):
                await self._free(session)
        self._heap_trimmer.cancel()

    async def _get(self, session_id: str) -> PooledSession:
        if (held := self._usable(session_id)) is not None:
            return held
        async with self._lock(session_id):
            if (held := self._usable(session_id)) is not None:
                return held
            state = await self._load(session_id)
            try:
                await self.make_room()
            except LitError:
                await self._release(state)
                raise
            session = self._held[session_id] = PooledSession(state, last_used=self._clock())
            logger.info("session %s is resumed", session_id)
            return session

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
        """Takes a session out of the pool and ends its streams; the last call that works on it frees it."""
        if self._held.get(session.state.session_id) is session:
            del self._held[session.state.session_id]
        for stream in session.streams:
            stream.stop()

    async def _free(self, session: PooledSession) -> None:
        if session.released:
            return
        session.released = True
        await self._release(session.state)
        self._frames_of_released += session.state.tracker.frames_tracked
        self._heap_trimmer.trim_soon()

    def _lock(self, session_id: str) -> asyncio.Lock:
        # Held while a session is loaded or evicted, so that none is loaded before it has been freed.
        return self._moving.setdefault(session_id, asyncio.Lock())

    def _is_busy(self) -> bool:
        return any(held.users for held in self._held.values())
