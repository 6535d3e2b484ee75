"""Training steps as they happen, for whoever listens."""

import asyncio
from collections.abc import AsyncGenerator

from sam2_lit.records.results import TrainingProgress

CAPACITY = 1024


class TrainingFeed:
    """Hands every training step of a session to each subscriber.

    A subscriber that falls `CAPACITY` events behind misses the oldest of them, and training never waits for one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queues: set[asyncio.Queue[TrainingProgress | None]] = set()

    def publish(self, progress: TrainingProgress) -> None:
        """Called on the device's thread."""
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
