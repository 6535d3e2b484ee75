"""How much a user does at once, counted over all processes that share a database."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from sam2_lit.errors import LitError
from sam2_lit.thread_pool import ThreadPool

_SEED = 727207265


class UserSlots:
    """Numbered slots of each user, each of them taken by one process at a time.

    A slot is an advisory lock of PostgreSQL, of a connection that is open for as long as the process lives: where it
    dies, its slots are free. Used on an event loop; a thread waits for the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._thread = ThreadPool("user-slots")
        self._connection: Connection | None = None
        self._held: defaultdict[str, set[int]] = defaultdict(set)

    def close(self) -> None:
        """Frees all slots of this process."""
        self._thread.close()
        if self._connection is not None:
            self._connection.close()

    async def take(self, user: str, most: int) -> Callable[[], None] | None:
        """Takes one of a user's first `most` slots, and returns what frees it; None where all are taken.

        Raises SQLAlchemy's errors.
        """
        taking = self._thread.submit(self._take, user, most)
        try:
            slot = await asyncio.wrap_future(taking)
        except asyncio.CancelledError:
            self._thread.submit(self._undo, user, taking)
            raise
        return None if slot is None else partial(self._free_later, user, slot)

    def _take(self, user: str, most: int) -> int | None:
        held = self._held[user]
        for slot in range(most):
            # The connection that has a lock would get it again.
            if slot not in held and self._try_lock(user, slot):
                held.add(slot)
                return slot
        return None

    def _free_later(self, user: str, slot: int) -> None:
        # Closing the connection frees it too.
        with suppress(LitError):
            self._thread.submit(self._free, user, slot)

    def _undo(self, user: str, taking: "Future[int | None]") -> None:
        if not taking.cancelled() and taking.exception() is None and (slot := taking.result()) is not None:
            self._free(user, slot)

    def _free(self, user: str, slot: int) -> None:
        self._held[user].discard(slot)
        if not self._held[user]:
            del self._held[user]
        with suppress(DBAPIError):
            self._ask(func.pg_advisory_unlock, user, slot)

    def _try_lock(self, user: str, slot: int) -> bool:
        try:
            return self._ask(func.pg_try_advisory_lock, user, slot)
        except DBAPIError:
            # The connection may have been lost while it was idle, and the slots with it.
            return self._ask(func.pg_try_advisory_lock, user, slot)

    def _ask(self, function: Any, user: str, slot: int) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.detach()
            for other, slots in self._held.items():
                for each in slots:
                    self._ask(func.pg_try_advisory_lock, other, each)
        # Names of users have no spaces.
        key = func.hashtextextended(func.concat(func.current_schema(), " ", user, " ", slot), _SEED)
        try:
            return bool(self._connection.execute(select(function(key))).scalar_one())
        except DBAPIError:
            self._connection.close()
            self._connection = None
            raise
