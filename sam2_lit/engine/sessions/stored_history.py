"""The history of sessions and the events of their changes, read from the store, and telling clients of new ones."""

from collections.abc import AsyncGenerator

from sam2_lit.engine.sessions.change_listeners import ChangeListeners
from sam2_lit.records.changes import Change, SessionEvent
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.store.store import Store

_EVENTS_AT_ONCE = 100


class StoredHistory:
    """Lists the changes of sessions, and sends what is stored about new ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners = ChangeListeners()
        store.changed = self._listeners.notify

    async def page(self, session_id: str, request: PageRequest) -> Page[Change]:
        """A page of a session's history, oldest first."""
        return await self._store.reading.run(self._store.change_page, session_id, request)

    async def last_event(self, session_id: str) -> int:
        """The number of the session's last event."""
        return await self._store.reading.run(self._store.last_event, session_id)

    async def events(self, session_id: str, after: int | None) -> AsyncGenerator[SessionEvent, None]:
        """The events of a session after a number, by default from now on, until the session is closed.

        They are read from the store, so none is missed, and a subscriber that is slow costs no memory.
        """
        with self._listeners.listening(session_id) as listener:
            if after is None:
                after = await self.last_event(session_id)
            was_notified = True
            while not listener.is_closed:
                listener.event.clear()
                found = await self._store.reading.run(self._store.events, session_id, after, _EVENTS_AT_ONCE)
                for each in found:
                    yield each
                    after = each.sequence
                if found:
                    was_notified = listener.event.is_set()
                    continue
                # Another process may have closed it.
                if was_notified and not await self._store.reading.run(self._store.has_session, session_id):
                    return
                await listener.event.wait()
                was_notified = True

    def close(self, session_id: str) -> None:
        """Ends the subscriptions to a session's events."""
        self._listeners.close(session_id)

    def close_all(self) -> None:
        self._listeners.close_all()
