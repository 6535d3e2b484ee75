"""Keeps a process from writing to a session that another process owns meanwhile."""

import threading
from collections.abc import Callable

from sqlalchemy import Connection, select

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.store.tables import sessions


class SessionMoved(LitError):
    """A call, or a write, on a session that another worker owns, or that is closed."""

    def __init__(self, session_id: str) -> None:
        super().__init__(
            ErrorCode.CAPACITY_EXCEEDED, f"session {session_id} has moved to another worker; send the call again", 0.0
        )


class Fence:
    """The epochs under which this process owns sessions, for a database that several processes write to.

    There are no leases and no clocks: a process that was cut off from the others may go on computing, but each of its
    transactions begins with a look at the epoch, and fails where another owner has a higher one. The row is locked
    until the commit, so that a new owner waits for a transaction that has looked. Thread-safe.
    """

    def __init__(self, worker: str) -> None:
        """`worker` is the name of this process, as in `Place`."""
        self.worker = worker
        self._lock = threading.Lock()
        self._epochs: dict[str, int] = {}

    def hold(self, session_id: str, epoch: int) -> None:
        """Notes that this process owns a session since an epoch."""
        with self._lock:
            self._epochs[session_id] = epoch

    def drop(self, session_id: str) -> None:
        with self._lock:
            self._epochs.pop(session_id, None)

    def epoch_of(self, session_id: str) -> int | None:
        """The epoch since which this process owns a session; None where it does not."""
        with self._lock:
            return self._epochs.get(session_id)

    def held(self) -> dict[str, int]:
        """The epoch of every session that this process owns."""
        with self._lock:
            return dict(self._epochs)

    def check(self, session_id: str) -> Callable[[Connection], None]:
        """What a transaction on a session has to begin with: fails once the session has an epoch above today's.

        Raises SessionMoved where this process does not own it.
        """
        epoch = self.epoch_of(session_id)
        if epoch is None:
            raise SessionMoved(session_id)
        query = select(sessions.c.epoch).where(sessions.c.id == session_id).with_for_update(read=True)

        def check(connection: Connection) -> None:
            if connection.execute(query).scalar() != epoch:
                raise SessionMoved(session_id)

        return check
