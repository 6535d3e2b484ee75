"""Publishes training steps to subscribers as they happen."""

import asyncio
from collections.abc import AsyncGenerator
from weakref import WeakValueDictionary

from sam2_lit.records.results import TrainingProgress

CAPACITY = 1024


class TrainingFeed:
    """Sends every training step to each subscriber.

    A subscriber that falls `CAPACITY` events behind misses the oldest of them; training never waits for one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queues: set[asyncio.Queue[TrainingProgress | None]] = set()

    def publish(self, progress: TrainingProgress) -> None:
        """To be called on any thread."""
        if self._queues:
            self._loop.call_soon_threadsafe(self._put, progress)

    def close(self) -> None:
        """Ends every subscription."""
        self._put(None)

    async def subscribe(self) -> AsyncGenerator[TrainingProgress, None]:
        """Every step published from now on."""
        queue: asyncio.Queue[TrainingProgress | None] = asyncio.Queue(CAPACITY)
        self._queues.add(queue)
        try:
            while (progress := await queue.get()) is not None:
                yield progress
        finally:
            self._queues.discard(queue)

    def _put(self, progress: TrainingProgress | None) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(progress)


class TrainingFeeds:
    """One feed for each name, for as long as somebody publishes to it or subscribes to it.

    Used on the event loop only.
    """

    def __init__(self) -> None:
        self._feeds: WeakValueDictionary[str, TrainingFeed] = WeakValueDictionary()

    def get(self, name: str) -> TrainingFeed:
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = TrainingFeed(asyncio.get_running_loop())
        return feed

    def close(self, name: str) -> None:
        """Ends the subscriptions of one feed."""
        if (feed := self._feeds.get(name)) is not None:
            feed.close()

    def close_all(self) -> None:
        for feed in list(self._feeds.values()):
            feed.close()
