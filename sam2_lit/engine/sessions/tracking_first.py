"""Runs calls that may need frames to be tracked first: as propagation, watched by subscribers, without a lock."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

from sam2_lit.engine.sessions.progress_feed import ProgressFeeds
from sam2_lit.engine.sessions.session_pool import SessionPool
from sam2_lit.engine.sessions.tracking_needed import TrackedOnTheWay, TrackingNeeded
from sam2_lit.records.results import TrackingProgress, TrackingPurpose

R = TypeVar("R")


class TrackingFirst:
    """Runs calls on the sessions of a pool, tracking first what they need."""

    def __init__(self, pool: SessionPool) -> None:
        self._pool = pool
        self._feeds: ProgressFeeds[TrackingProgress] = ProgressFeeds()

    async def run(self, session_id: str, purpose: TrackingPurpose, call: Callable[[], Awaitable[R]]) -> R:
        """Awaits `call`; where it raises TrackingNeeded, tracks and calls it again, until it needs nothing more.

        The tracking counts as one propagation until the call returns. Prompts may change meanwhile; each round tracks
        only what is missing or became stale. Cancelling this ends the tracking within a frame.

        Raises LitError: CAPACITY_EXCEEDED over `max_propagations`, and CANCELLED where the tracking is cancelled.
        """
        async with self._pool.read(session_id) as session:
            feed = self._feeds.get(session_id)
            completed = 0

            def report(step: TrackedOnTheWay) -> None:
                nonlocal completed
                completed += 1
                feed.publish(TrackingProgress(purpose, step.frame_index, completed, completed + step.remaining))

            with ExitStack() as counted:
                is_counted = False
                while True:
                    try:
                        return await call()
                    except TrackingNeeded as needed:
                        steps = needed.steps
                    if not is_counted:
                        counted.callback(await self._pool.running_propagations.start())
                        is_counted = True
                    await session.track(steps, report)

    async def progress(self, session_id: str) -> AsyncGenerator[TrackingProgress, None]:
        """Every frame that calls on the session track from now on, until the session is closed."""
        feed = self._feeds.get(session_id)
        async for progress in feed.subscribe():
            yield progress

    def close(self, session_id: str) -> None:
        """Ends the subscriptions to a session's tracking."""
        self._feeds.close(session_id)

    def close_all(self) -> None:
        self._feeds.close_all()
