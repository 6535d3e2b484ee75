"""One worker thread for a device, fed step by step, that lets a click in between the parts of a step."""

import asyncio
import logging
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Generic, TypeVar

from sam2_lit.engine.device.cpu_threads import flush_denormals
from sam2_lit.engine.device.device_errors import user_error
from sam2_lit.errors import ErrorCode, LitError

T = TypeVar("T")
R = TypeVar("R")

logger = logging.getLogger(__name__)

# Seconds that an answer takes to be encoded and sent, and the client to read it, on the cores that tracking would take.
_ANSWERING = 0.01

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


class DeviceWorker:
    """Runs the steps of many sessions on one thread, interactive ones first.

    The thread is the only one that tracks. A job that nobody takes results from waits, and costs nothing while it
    waits. While interactive work is there nothing else runs: what has parts (`yield_to_interactive`) stops
    between two of them, also on the threads that work ahead.
    """

    def __init__(self, on_step: Callable[[Rank, float], None] | None = None) -> None:
        """`on_step` hears of every step's rank and seconds, on the worker."""
        self._on_step = on_step
        self.steps_run: Counter[Rank] = Counter()
        self._condition = threading.Condition()
        self._ready: dict[Rank, OrderedDict[str, deque[_Job]]] = {rank: OrderedDict() for rank in Rank}
        self._unfinished: set[_Job] = set()
        self._interactive: Counter[str] = Counter()
        self._current: _Job | None = None
        self._waits_for_others = False
        self._seconds_given = 0.0
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

        job = _Job(steps, rank, session, None, lambda item: None, on_end)
        if rank is not Rank.INTERACTIVE:
            self._add(job)
            return await future
        with self.first(session):
            self._add(job)
            return await future

    @contextmanager
    def first(self, session: str) -> Iterator[None]:
        """Holds back all work but interactive jobs within the block, and while its answer is on its way.

        The answer to one that came before other work was let on again is not waited for, so that clicks that follow
        each other at once leave it some time.
        """
        with self._condition:
            was_let_on = not self._interactive
            self._interactive[session] += 1
        try:
            yield
        finally:
            if was_let_on:
                asyncio.get_running_loop().call_later(_ANSWERING, self._answered, session)
            else:
                self._answered(session)

    def _answered(self, session: str) -> None:
        with self._condition:
            self._interactive[session] -= 1
            if not self._interactive[session]:
                del self._interactive[session]
            self._condition.notify_all()

    def yield_to_interactive(self) -> None:
        """Lets interactive work go first: to be called between parts of work that takes long, on any thread.

        On the worker, interactive jobs of other sessions run here, within the step that calls; one of the same
        session waits for the step, whose session is half tracked. Other threads wait until no interactive work is
        there, or the worker waits for theirs.
        """
        if not self._interactive:
            return
        if threading.current_thread() is self._thread:
            self._run_interactive()
            return
        with self._condition:
            self._condition.wait_for(lambda: not self._interactive or self._waits_for_others or self._closed)

    def result(self, future: Future[R]) -> R:
        """What another thread makes, waited for on the worker with way given meanwhile."""
        if threading.current_thread() is not self._thread:
            return future.result()
        future.add_done_callback(lambda _: self._wake())
        while not future.done():
            self.yield_to_interactive()
            with self.waiting_for_others(), self._condition:
                self._condition.wait_for(lambda: future.done() or self._must_give_way())
        return future.result()

    @contextmanager
    def waiting_for_others(self) -> Iterator[None]:
        """Lets the threads that work ahead go on within the block, in which the worker only waits for them."""
        on_worker = threading.current_thread() is self._thread
        with self._condition:
            self._waits_for_others |= on_worker
            self._condition.notify_all()
        try:
            yield
        finally:
            with self._condition:
                self._waits_for_others &= not on_worker

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
            self._condition.notify_all()
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
        self._condition.notify_all()

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

    def _take(self) -> _Job | None:
        """The job whose step comes next; None where there is none, or only what must wait for interactive work."""
        for rank, sessions in self._ready.items():
            if sessions and (rank is Rank.INTERACTIVE or not self._interactive):
                return self._take_of(sessions, next(iter(sessions)))
        return None

    def _take_of(self, sessions: OrderedDict[str, deque[_Job]], session: str) -> _Job:
        jobs = sessions.pop(session)
        job = jobs.popleft()
        if jobs:
            sessions[session] = jobs
        return job

    def _work(self) -> None:
        flush_denormals()
        while True:
            with self._condition:
                while not self._closed and (job := self._take()) is None:
                    self._condition.wait()
                if self._closed:
                    return
            assert job is not None
            self._step(job)
            # Nothing of a session that leaves may wait here for the next step of another.
            self._current = job = None

    def _must_give_way(self) -> bool:
        """Whether interactive work of another session than the current step's is there, and the step is not that."""
        current = self._current
        if current is None or current.rank is Rank.INTERACTIVE or self._closed:
            return False
        return any(session != current.session for session in self._interactive)

    def _run_interactive(self) -> None:
        began, outer = time.perf_counter(), self._current
        while True:
            with self._condition:
                while self._must_give_way() and (session := self._interactive_session()) is None:
                    self._condition.wait()
                if not self._must_give_way():
                    break
                assert session is not None
                job = self._take_of(self._ready[Rank.INTERACTIVE], session)
            self._step(job)
            self._current = outer
        self._seconds_given += time.perf_counter() - began

    def _interactive_session(self) -> str | None:
        """A session other than the current one whose interactive job is ready."""
        assert self._current is not None
        return next((each for each in self._ready[Rank.INTERACTIVE] if each != self._current.session), None)

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def _step(self, job: _Job) -> None:
        if job.cancelled:
            job.steps.close()
            self._end(job, None, None)
            return
        self.steps_run[job.rank] += 1
        self._current = job
        began, given = time.perf_counter(), self._seconds_given
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
                self._on_step(job.rank, time.perf_counter() - began - (self._seconds_given - given))
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
        on_end = job.on_end
        # A stream knows its job and the job its stream: together they would hold the session until Python looks for
        # cycles, which knows nothing of the size of tensors.
        job.on_item, job.on_end = _hear_nothing, _hear_nothing
        on_end(value, error)


class StepStream(Generic[R]):
    """An async iterator over finished steps. Ending it, by `stop` or `close`, ends the work within a step."""

    def __init__(
        self,
        scheduler: DeviceWorker,
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


def _hear_nothing(*arguments: object) -> None:
    pass


def _at_once(told: Callable[[BaseException | None], None]) -> None:
    told(None)


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: object) -> None:
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        logger.debug("a result came after its event loop had closed")
