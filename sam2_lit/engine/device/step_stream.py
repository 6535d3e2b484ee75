"""The results of a job's steps, as an async iterator."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import Any, Generic, Protocol, TypeVar

from sam2_lit.engine.device.steps import Job, Rank, Steps
from sam2_lit.machine_errors import user_error

R = TypeVar("R")

logger = logging.getLogger(__name__)

WhenStored = Callable[[Callable[[BaseException | None], None]], None]
"""Calls its argument, on any thread but in order, once all that was done so far is stored: with None, or with the error
because of which it is not."""


class JobRunner(Protocol):
    """What a stream needs of the worker that runs its job."""

    def submit(self, job: Job) -> None: ...

    def cancel(self, job: Job) -> None: ...

    def delivered(self, job: Job) -> None:
        """The subscriber has received an item of the job."""

    def run_in_order(self, function: Callable[..., None], *arguments: Any) -> Future[None]:
        """Runs the function on one thread next to the worker's, after all that was passed before."""


class StepStream(Generic[R]):
    """An async iterator over finished steps. `stop` and `close` end the work within a step."""

    def __init__(
        self,
        runner: JobRunner,
        steps: Steps[Any, None],
        rank: Rank,
        session: str,
        finish: Callable[[Any], R],
        when_stored: WhenStored,
        capacity: int,
    ) -> None:
        """Submits the job; the arguments are those of `DeviceWorker.stream`."""
        self._loop = asyncio.get_running_loop()
        self._runner = runner
        self._finish = finish
        self._when_stored = when_stored
        self._queue: asyncio.Queue[tuple[R | None, BaseException | None, bool]] = asyncio.Queue()
        self._ended = False
        self.was_stopped = False
        self._job = Job(steps, rank, session, self._on_item, self._on_end, capacity)
        runner.submit(self._job)

    def __aiter__(self) -> AsyncIterator[R]:
        return self

    async def __anext__(self) -> R:
        if self._ended:
            raise StopAsyncIteration
        item, error, has_item = await self._queue.get()
        if has_item:
            self._runner.delivered(self._job)
            return item  # type: ignore[return-value]  # `has_item` says that it is not None
        self._ended = True
        if error is not None:
            raise error
        raise StopAsyncIteration

    def stop(self) -> bool:
        """Ends the work within a step; steps that already ran are still delivered.

        Returns whether there was work to end; `was_stopped` is True from then on.
        """
        was_running = not (self._ended or self.was_stopped)
        self.was_stopped |= was_running
        self._runner.cancel(self._job)
        return was_running

    def close(self) -> None:
        """Ends the work within a step; nothing more is delivered."""
        self.stop()
        self._ended = True

    def _on_item(self, item: Any) -> None:
        self._run_in_order(self._finish_and_put, item)

    def _on_end(self, value: None, error: BaseException | None) -> None:
        # Queued behind the items that are still being finished, so that the end is delivered last.
        self._run_in_order(self._when_stored, lambda unstored: self._put(None, error or unstored, False))

    def _run_in_order(self, function: Callable[..., None], *arguments: Any) -> None:
        self._runner.run_in_order(function, *arguments).add_done_callback(self._fail_with)

    def _finish_and_put(self, item: Any) -> None:
        result = self._finish(item)
        self._when_stored(lambda error: self._fail(error) if error else self._put(result, None, True))

    def _fail_with(self, finished: Future[None]) -> None:
        if (error := finished.exception()) is not None:
            self._fail(user_error(error) or error)

    def _fail(self, error: BaseException) -> None:
        self.stop()
        self._put(None, error, False)

    def _put(self, item: R | None, error: BaseException | None, has_item: bool) -> None:
        call_soon(self._loop, self._queue.put_nowait, (item, error, has_item))


def at_once(call_back: Callable[[BaseException | None], None]) -> None:
    """A `WhenStored` for steps that store nothing."""
    call_back(None)


def call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    """`loop.call_soon_threadsafe` that ignores a loop that has closed."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        logger.debug("a result was ready after its event loop had closed")
