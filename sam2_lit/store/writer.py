"""One thread that writes, so that no other waits for the disk."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from sam2_lit.failures import user_error

logger = logging.getLogger(__name__)

Write = Callable[[Connection], None]
Done = Callable[[BaseException | None], None]

_AT_ONCE = 256


class Writing(Protocol):
    """Whose writes they are: after one has failed, no later one is written."""

    failure: BaseException | None

    def fail(self, error: BaseException) -> None: ...


@dataclass(frozen=True)
class Unit:
    """Writes that are kept together or not at all. `done` hears of it, on the writer's thread."""

    writes: Sequence[Write]
    done: Done
    owner: Writing | None = None


class Writer:
    """Commits units in the order in which they come; those that came during one commit go into the next together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._after_commit: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="sam2-lit-store", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit) -> None:
        self._queue.put(unit)

    def after_commit(self, action: Callable[[], None]) -> None:
        """For a write: what to do once it is kept."""
        self._after_commit.append(action)

    def close(self) -> None:
        """Writes what was submitted, and ends."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        # What was written is let go of before the next comes: it may hold a whole session.
        while self._write_next():
            pass

    def _write_next(self) -> bool:
        """Waits for a unit and writes it with those that came meanwhile; whether there is more to come."""
        first = self._queue.get()
        if first is None:
            return False
        units = [first]
        while len(units) < _AT_ONCE and not self._queue.empty():
            unit = self._queue.get()
            if unit is None:
                self._write(units)
                return False
            units.append(unit)
        self._write(units)
        return True

    def _write(self, units: Sequence[Unit]) -> None:
        try:
            self._commit(units)
        except Exception as error:
            if len(units) == 1:
                self._refuse(units[0], error)
                return
            # One of them cannot be written: the others are, each by itself.
            for unit in units:
                self._write([unit])
            return
        for unit in units:
            unit.done(unit.owner.failure if unit.owner else None)

    def _commit(self, units: Sequence[Unit]) -> None:
        writes = [write for unit in units if not (unit.owner and unit.owner.failure) for write in unit.writes]
        self._after_commit.clear()
        if writes:
            with self._engine.begin() as connection:
                for write in writes:
                    write(connection)
        for action in self._after_commit:
            action()

    def _refuse(self, unit: Unit, error: Exception) -> None:
        known = user_error(error)
        if known is None:
            logger.error("a write to the store failed", exc_info=error)
        if unit.owner:
            unit.owner.fail(known or error)
        unit.done(known or error)
