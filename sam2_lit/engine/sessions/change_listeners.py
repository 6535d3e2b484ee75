"""Wakes those who wait for changes of a session."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Listener:
    """Somebody on an event loop who waits. `is_closed` says that the session is closed."""

    loop: asyncio.AbstractEventLoop
    event: asyncio.Event = field(default_factory=asyncio.Event)
    is_closed: bool = False


class ChangeListeners:
    """The listeners of every session. They are woken without any content, so that a slow one costs no memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Listener]] = {}

    @contextmanager
    def listening(self, session_id: str) -> Iterator[Listener]:
        """A listener for the block, on the event loop that runs."""
        listener = Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.setdefault(session_id, set()).add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                others = self._listeners[session_id]
                others.discard(listener)
                if not others:
                    del self._listeners[session_id]

    def notify(self, session_id: str) -> None:
        """Wakes the listeners of a session. To be called on any thread."""
        with self._lock:
            for listener in self._listeners.get(session_id, ()):
                listener.loop.call_soon_threadsafe(listener.event.set)

    def notify_all(self) -> None:
        """Wakes all listeners, who may have missed something. To be called on any thread."""
        with self._lock:
            waiting = list(self._listeners)
        for session_id in waiting:
            self.notify(session_id)

    def close(self, session_id: str) -> None:
        """Ends the waiting for changes of a session. On the event loop."""
        with self._lock:
            for listener in self._listeners.get(session_id, ()):
                listener.is_closed = True
                listener.event.set()

    def close_all(self) -> None:
        for session_id in list(self._listeners):
            self.close(session_id)
