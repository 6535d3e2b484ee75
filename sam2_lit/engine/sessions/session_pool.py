"""The sessions that are in memory, out of those that the store has."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from sam2_lit.engine.device.step_stream import StepStream
from sam2_lit.engine.sessions.session import Session
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.results import PropagatedFrame

logger = logging.getLogger(__name__)


@dataclass
class PooledSession:
    """A session in memory and what keeps its calls apart: `lock` for what changes it, `training_lock` for its adapters.

    `users` counts the calls that are at work on it; `left` says that it was let go.
    """

    session: Session
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    training_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    streams: set[StepStream[PropagatedFrame]] = field(default_factory=set)
    users: int = 0
    left: bool = False


class SessionPool:
    """At most `limit` sessions in memory; over that, those that were used least recently leave it.

    A session that no call is at work on is as it is in the store, so that it may leave at any time. One of whose
    writes one failed is ahead of the store: it leaves at once, and the next call takes it up as the store has it.
    """

    def __init__(
        self,
        limit: int,
        load: Callable[[str], Awaitable[Session]],
        release: Callable[[Session], Awaitable[None]],
    ) -> None:
        """`load` reads a session from the store, `release` frees what it held once it is not used any more."""
        self._limit = limit
        self._load = load
        self._release = release
        self._held: OrderedDict[str, PooledSession] = OrderedDict()
        self._moving: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._held)

    def all(self) -> list[PooledSession]:
        return list(self._held.values())

    def get(self, session_id: str) -> PooledSession | None:
        return self._held.get(session_id)

    def has_video(self, video_id: str) -> bool:
        """Whether a session in memory is on the video."""
        return any(held.session.video.id == video_id for held in self._held.values())

    def are_at_work(self) -> bool:
        """Whether a call is at work on any session in memory."""
        return any(held.users for held in self._held.values())

    @asynccontextmanager
    async def use(self, session_id: str) -> AsyncIterator[PooledSession]:
        """The session, taken up if need be, and kept in memory within the block.

        Raises LitError: SESSION_NOT_FOUND, CAPACITY_EXCEEDED where every session in memory is at work, or what keeps
        its video from being opened.
        """
        resident = await self._get(session_id)
        resident.users += 1
        try:
            yield resident
        finally:
            resident.users -= 1
            if resident.session.journal.failure is not None:
                self.drop(resident)
            if resident.users == 0 and self._held.get(session_id) is not resident:
                await self.leave(resident)

    def add(self, session: Session) -> None:
        """Takes in a session that was just made, after `make_room`."""
        self._held[session.session_id] = PooledSession(session)

    def drop(self, resident: PooledSession) -> None:
        """Takes a session out; its streams end, and it is let go once nothing is at work on it."""
        if self._held.get(resident.session.session_id) is resident:
            del self._held[resident.session.session_id]
        for stream in resident.streams:
            stream.stop()

    async def make_room(self) -> None:
        """Lets the least recently used sessions go until one more fits. Raises LitError (CAPACITY_EXCEEDED)."""
        while len(self._held) >= self._limit:
            idle = next((each for each in self._held.values() if each.users == 0), None)
            if idle is None:
                raise LitError(
                    ErrorCode.CAPACITY_EXCEEDED,
                    f"all of the {self._limit} sessions that are held in memory at once are at work; "
                    "try again when one is done",
                )
            logger.info("session %s leaves memory", idle.session.session_id)
            async with self._lock(idle.session.session_id):
                self.drop(idle)
                await self.leave(idle)

    async def leave(self, resident: PooledSession) -> None:
        """Lets a session go that was dropped."""
        if not resident.left:
            resident.left = True
            await self._release(resident.session)

    async def close(self) -> None:
        for resident in list(self._held.values()):
            self.drop(resident)
            await self.leave(resident)

    async def _get(self, session_id: str) -> PooledSession:
        if (held := self._usable(session_id)) is not None:
            return held
        async with self._lock(session_id):
            if (held := self._usable(session_id)) is not None:
                return held
            session = await self._load(session_id)
            try:
                await self.make_room()
            except LitError:
                await self._release(session)
                raise
            resident = self._held[session_id] = PooledSession(session)
            logger.info("session %s is taken up", session_id)
            return resident

    def _lock(self, session_id: str) -> asyncio.Lock:
        # Held while a session comes or leaves, so that none comes again before it has left.
        return self._moving.setdefault(session_id, asyncio.Lock())

    def _usable(self, session_id: str) -> PooledSession | None:
        held = self._held.get(session_id)
        if held is None:
            return None
        if held.session.journal.failure is not None:
            self.drop(held)
            return None
        self._held.move_to_end(session_id)
        return held
