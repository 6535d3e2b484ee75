"""Files that are being read or written for sessions, and how they are cancelled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sam2_lit.errors import ErrorCode, LitError


class Cancellation:
    """Whether one call is cancelled. May be used from any thread."""

    def __init__(self, message: str) -> None:
        """`message` is what the call is refused with."""
        self._event = threading.Event()
        self._message = message

    def cancel(self) -> None:
        self._event.set()

    def check(self) -> None:
        """Raises LitError (CANCELLED)."""
        if self._event.is_set():
            raise LitError(ErrorCode.CANCELLED, self._message)


class Cancellations:
    """The running calls of each session. Used on the event loop only."""

    def __init__(self, message: str) -> None:
        """`message` is what a cancelled call is refused with."""
        self._message = message
        self._running: dict[str, list[Cancellation]] = {}

    @contextmanager
    def running(self, session_id: str) -> Iterator[Cancellation]:
        """A call that runs within the block. Then it is cancelled: a thread may still work for a caller who left."""
        cancellation = Cancellation(self._message)
        calls = self._running.setdefault(session_id, [])
        calls.append(cancellation)
        try:
            yield cancellation
        finally:
            cancellation.cancel()
            calls.remove(cancellation)
            if not calls:
                self._running.pop(session_id, None)

    def cancel(self, session_id: str) -> bool:
        """Cancels a session's calls. Returns whether there were any."""
        calls = self._running.get(session_id, [])
        for each in calls:
            each.cancel()
        return bool(calls)

    def cancel_all(self) -> None:
        for session_id in list(self._running):
            self.cancel(session_id)
