"""Publishes the progress of long work to subscribers as it happens."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

CAPACITY = 1024


class ProgressFeed(Generic[T]):
    """Sends every event to each subscriber.

    A subscriber that falls `CAPACITY` events behind misses the oldest of them; the work never waits for one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queues: set[asyncio.Queue[T | None]] = set()

    def publish(self, progress: T) -> None:
        """To be called on any thread."""
        if self._queues:
            self._loop.call_soon_threadsafe(self._put, progress)

    def close(self) -> None:
        """Ends every subscription."""
        self._put(None)

    async def subscribe(self) -> AsyncGenerator[T, None]:
        """Every event published from now on."""
        queue: asyncio.Queue[T | None] = asyncio.Queue(CAPACITY)
        self._queues.add(queue)
        try:
            while (progress := await queue.get()) is not None:
                yield progress
        finally:
            self._queues.discard(queue)

    def _put(self, progress: T | None) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(progress)


class ProgressFeeds(Generic[T]):
    """One feed for each session, for as long as somebody publishes to it or subscribes to it.

    Used on the event loop only.
    """

    def __init__(self) -> None:
        self._feeds: WeakValueDictionary[str, ProgressFeed[T]] = WeakValueDictionary()

    def get(self, session_id: str) -> ProgressFeed[T]:
        feed = self._feeds.get(session_id)
        if feed is None:
            feed = self._feeds[session_id] = ProgressFeed(asyncio.get_running_loop())
        return feed

    def close(self, session_id: str) -> None:
        """Ends the subscriptions of one feed."""
        if (feed := self._feeds.get(session_id)) is not None:
            feed.close()

    def close_all(self) -> None:
        for feed in list(self._feeds.values()):
            feed.close()
