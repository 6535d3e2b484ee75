"""One worker thread for a device, fed step by step."""

import asyncio
import logging
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any, Generic, TypeVar

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.failures import user_error

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)

Steps = Generator[T, None, R]
"""Work for the device: each `next` is one step, and other work may run between two of them."""

Settle = Callable[[Callable[[BaseException | None], None]], None]
"""Calls back, from any thread but in order, once what was done until now may be told, or with why it may not."""


class Rank(IntEnum):
    """Whose step goes first; of one rank, sessions take turns."""

    INTERACTIVE = 0
    TRAINING = 1
    PROPAGATION = 2


class _Job:
    """Steps on their way through the worker. Every field but `steps` is guarded by the scheduler's lock."""

    def __init__(
        self,
        steps: Steps[Any, Any],
        rank: Rank,
        session: str,
        capacity: int | None,
        on_item: Callable[[Any], None],
        on_end: Callable[[Any, BaseException | None], None],
    ) -> None:
        self.steps = steps
        self.rank = rank
        self.session = session
        self.capacity = capacity
        self.on_item = on_item
        self.on_end = on_end
        self.undelivered = 0
        self.waiting = False
        self.cancelled = False


class Scheduler:
    """Runs the steps of many sessions on one thread, interactive ones first.

    The thread is the only one that touches the model. A job that nobody takes results from waits, and costs
    nothing while it waits.
    """

    def __init__(self, on_step: Callable[[Rank, float], None] | None = None) -> None:
        """`on_step` hears of every step's rank and seconds, on the worker."""
        self._on_step = on_step
        self.steps_run: Counter[Rank] = Counter()
        self._condition = threading.Condition()
        self._ready: dict[Rank, OrderedDict[str, deque[_Job]]] = {rank: OrderedDict() for rank in Rank}
        self._unfinished: set[_Job] = set()
        self._closed = False
        self._finisher = ThreadPoolExecutor(1, thread_name_prefix="sam2-lit-finish")
        self._thread = threading.Thread(target=self._work, name="sam2-lit-device", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return not self._closed and self._thread.is_alive()

    def queue_lengths(self) -> dict[str, int]:
        """Jobs whose next step waits for the worker, by rank."""
        with self._condition:
            return {rank.name.lower(): sum(map(len, self._ready[rank].values())) for rank in Rank}

    async def run(self, steps: Steps[Any, R], *, rank: Rank, session: str) -> R:
        """Runs `steps` to their end and returns what they return. Raises what they raise."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()

        def settle(value: R, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)

        def on_end(value: R, error: BaseException | None) -> None:
            _call_soon(loop, settle, value, error)

        self._add(_Job(steps, rank, session, None, lambda item: None, on_end))
        return await future

    def stream(
        self,
        steps: Steps[T | None, None],
        *,
        rank: Rank,
        session: str,
        finish: Callable[[T], R],
        settle: Settle | None = None,
        capacity: int = 4,
    ) -> "StepStream[R]":
        """What `steps` yield, as an async iterator that holds at most `capacity` results nobody has taken yet.

        A step that yields None has nothing to tell. `finish` turns each other value into what the subscriber gets, in
        order, on a thread beside the worker; it is handed over once `settle` says so.
        """
        return StepStream(self, steps, rank, session, finish, settle or _at_once, capacity)

    async def finished(self) -> None:
        """Returns once everything that was yielded until now is finished."""
        await asyncio.wrap_future(self._finisher.submit(lambda: None))

    def close(self) -> None:
        """Ends the worker after the step it is in. Jobs left over end with `CAPACITY_EXCEEDED`."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        self._thread.join()
        for job in list(self._unfinished):
            self._end(job, None, LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down"))
        self._finisher.shutdown(wait=True)

    def _add(self, job: _Job) -> None:
        with self._condition:
            if self._closed:
                raise LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down")
            self._unfinished.add(job)
            self._make_ready(job)

    def _make_ready(self, job: _Job) -> None:
        job.waiting = False
        self._ready[job.rank].setdefault(job.session, deque()).append(job)
        self._condition.notify()

    def _cancel(self, job: _Job) -> None:
        with self._condition:
            job.cancelled = True
            if job.waiting:
                self._make_ready(job)

    def _delivered(self, job: _Job) -> None:
        with self._condition:
            job.undelivered -= 1
            if job.waiting:
                self._make_ready(job)

    def _take(self) -> _Job:
        sessions = next(sessions for sessions in self._ready.values() if sessions)
        session, jobs = sessions.popitem(last=False)
        job = jobs.popleft()
        if jobs:
            sessions[session] = jobs
        return job

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._closed and not any(self._ready.values()):
                    self._condition.wait()
                if self._closed:
                    return
                job = self._take()
            self._step(job)

    def _step(self, job: _Job) -> None:
        if job.cancelled:
            job.steps.close()
            self._end(job, None, None)
            return
        self.steps_run[job.rank] += 1
        began = time.perf_counter()
        try:
            item = next(job.steps)
        except StopIteration as stop:
            self._end(job, stop.value, None)
            return
        except BaseException as error:
            self._end(job, None, user_error(error) or error)
            return
        finally:
            if self._on_step is not None:
                self._on_step(job.rank, time.perf_counter() - began)
        with self._condition:
            if job.capacity is not None and item is not None:
                job.undelivered += 1
            if job.cancelled or job.capacity is None or job.undelivered < job.capacity:
                self._make_ready(job)
            else:
                job.waiting = True
        if item is not None:
            job.on_item(item)

    def _end(self, job: _Job, value: Any, error: BaseException | None) -> None:
        with self._condition:
            self._unfinished.discard(job)
        job.on_end(value, error)


class StepStream(Generic[R]):
    """An async iterator over finished steps. Ending it, by `stop` or `close`, ends the work within a step."""

    def __init__(
        self,
        scheduler: Scheduler,
        steps: Steps[Any, None],
        rank: Rank,
        session: str,
        finish: Callable[[Any], R],
        settle: Settle,
        capacity: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._scheduler = scheduler
        self._finish = finish
        self._settle = settle
        self._queue: asyncio.Queue[tuple[R | None, BaseException | None, bool]] = asyncio.Queue()
        self._ended = False
        self._job = _Job(steps, rank, session, capacity, self._on_item, self._on_end)
        scheduler._add(self._job)

    def __aiter__(self) -> AsyncIterator[R]:
        return self

    async def __anext__(self) -> R:
        if self._ended:
            raise StopAsyncIteration
        item, error, more = await self._queue.get()
        if more:
            self._scheduler._delivered(self._job)
            return item  # type: ignore[return-value]  # `more` says that there is an item
        self._ended = True
        if error is not None:
            raise error
        raise StopAsyncIteration

    def stop(self) -> None:
        """Ends the work within a step; what was finished until then still comes."""
        self._scheduler._cancel(self._job)

    def close(self) -> None:
        """Ends the work within a step; nothing more comes."""
        self._ended = True
        self.stop()

    def _on_item(self, item: Any) -> None:
        self._scheduler._finisher.submit(self._finish_and_put, item)

    def _finish_and_put(self, item: Any) -> None:
        try:
            result = self._finish(item)
        except BaseException as error:
            self._fail(user_error(error) or error)
        else:
            self._settle(lambda error: self._fail(error) if error else self._put(result, None, True))

    def _on_end(self, value: None, error: BaseException | None) -> None:
        # Behind the items that are still being finished, so that the end comes last.
        self._scheduler._finisher.submit(self._settle, lambda unsettled: self._put(None, error or unsettled, False))

    def _fail(self, error: BaseException) -> None:
        self.stop()
        self._put(None, error, False)

    def _put(self, item: R | None, error: BaseException | None, more: bool) -> None:
        _call_soon(self._loop, self._queue.put_nowait, (item, error, more))


def _at_once(told: Callable[[BaseException | None], None]) -> None:
    told(None)


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        logger.debug("a result came after its event loop had closed")
