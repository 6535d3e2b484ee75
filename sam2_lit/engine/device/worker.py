"""The thread of a device: runs steps by rank, and lets a click run between the parts of a longer step."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, TypeVar

from sam2_lit.engine.device.cpu_threads import flush_denormals
from sam2_lit.engine.device.device_errors import is_device_lost
from sam2_lit.engine.device.step_stream import StepStream, WhenStored, at_once, call_soon
from sam2_lit.engine.device.steps import Job, Rank, StepQueue, Steps
from sam2_lit.errors import ErrorCode, LitError, as_exception, thread_death
from sam2_lit.machine_errors import user_error
from sam2_lit.thread_pool import ThreadPool

T = TypeVar("T")
R = TypeVar("R")

# Other work stays paused this long after an interactive job: encoding and sending its response, and the client's
# reading of it, need the cores that tracking would use.
_RESPONSE_SECONDS = 0.01


class DeviceWorker:
    """Runs the steps of many sessions on one thread, interactive ones first.

    - The thread is the only one that tracks.
    - A stream that nobody reads pauses at its capacity, and costs nothing while paused.
    - While interactive work is pending, nothing else runs. Long steps, and the threads that work ahead, call
      `yield_to_interactive` between their parts.

    It has more than 20 methods because one lock guards the queue, preemption and the life of the thread.
    """

    def __init__(self, on_step: Callable[[Rank, float], None] | None = None) -> None:
        """`on_step` is called on the worker's thread with the rank and the seconds of every step."""
        self._on_step = on_step
        self.steps_run: Counter[Rank] = Counter()
        self._condition = threading.Condition()
        self._queue = StepQueue()
        self._unfinished: set[Job] = set()
        self._interactive: Counter[str] = Counter()
        self._current: Job | None = None
        self._waits_for_others = False
        self._yielded_seconds = 0.0
        self._closed = False
        self._death: LitError | None = None
        self._finisher = ThreadPool("finish")
        self._thread = threading.Thread(target=self._work, name="sam2-lit-device", daemon=True)
        self._thread.start()

    @property
    def death(self) -> LitError | None:
        """What every call raises once the device's thread has died of an error; None while it lives."""
        return self._death

    def queue_lengths(self) -> dict[str, int]:
        """The number of jobs whose next step waits for the worker, by rank."""
        with self._condition:
            return self._queue.lengths()

    async def run(self, steps: Steps[Any, R], *, rank: Rank, session: str) -> R:
        """Runs `steps` to their end and returns what they return. Raises what they raise.

        Cancelling the call ends them before their next step.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()

        def set_outcome(value: R, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)

        def on_end(value: R, error: BaseException | None) -> None:
            call_soon(loop, set_outcome, value, error)

        job = Job(steps, rank, session, lambda item: None, on_end)
        with self.interactive_first(session) if rank is Rank.INTERACTIVE else nullcontext():
            self.submit(job)
            try:
                return await future
            except asyncio.CancelledError:
                self.cancel(job)
                raise

    @contextmanager
    def interactive_first(self, session: str) -> Iterator[None]:
        """Pauses all work that is not interactive, within the block and while its response is sent.

        A click that arrives while others are still being answered does not extend the pause, so propagation makes
        progress even under rapid clicking.
        """
        with self._condition:
            starts_pause = not self._interactive
            self._interactive[session] += 1
        try:
            yield
        finally:
            if starts_pause:
                asyncio.get_running_loop().call_later(_RESPONSE_SECONDS, self._end_interactive, session)
            else:
                self._end_interactive(session)

    def yield_to_interactive(self) -> None:
        """Lets interactive work run first. Called between the parts of long work, on any thread.

        On the worker's thread, interactive jobs of other sessions run here, inside the calling step. One of the same
        session waits for the step to end, since its session is half tracked. Other threads wait until no interactive
        work is pending, or the worker waits for theirs.
        """
        if not self._interactive:
            return
        if threading.current_thread() is self._thread:
            self._run_interactive()
            return
        with self._condition:
            self._condition.wait_for(lambda: not self._interactive or self._waits_for_others or self._closed)

    def wait_for(self, future: Future[R]) -> R:
        """The result of another thread's future; meanwhile the worker yields to interactive work."""
        if threading.current_thread() is not self._thread:
            return future.result()
        future.add_done_callback(lambda _: self._wake())
        while not future.done():
            self.yield_to_interactive()
            with self.waiting_for_others(), self._condition:
                self._condition.wait_for(lambda: future.done() or self._must_yield())
        return future.result()

    @contextmanager
    def waiting_for_others(self) -> Iterator[None]:
        """Lets the threads that work ahead run within the block, in which the worker only waits for them."""
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
        when_stored: WhenStored | None = None,
        capacity: int = 4,
    ) -> StepStream[R]:
        """What `steps` yield, as an async iterator with at most `capacity` results that nobody has read yet.

        Values of None are skipped. `finish` turns each other value into what the subscriber receives, in order, on a
        thread next to the worker's; the result is delivered once `when_stored` calls back.
        """
        return StepStream(self, steps, rank, session, finish, when_stored or at_once, capacity)

    async def drain(self) -> None:
        """Returns once everything that was yielded so far is finished."""
        await self._finisher.run(lambda: None)

    def close(self) -> None:
        """Ends the worker after the current step. Jobs that are left end with `CAPACITY_EXCEEDED`."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.join()
        self._end_all(_shutting_down())
        self._finisher.close()

    def submit(self, job: Job) -> None:
        """Queues a job. Raises LitError: CAPACITY_EXCEEDED once the worker is closed, `death` where there is one."""
        with self._condition:
            if self._closed:
                raise self._death or _shutting_down()
            self._unfinished.add(job)
            self._resume(job)

    def cancel(self, job: Job) -> None:
        """Ends the job before its next step."""
        with self._condition:
            self._queue.cancel(job)
            if job.is_paused:
                self._resume(job)
            self._condition.notify_all()

    def delivered(self, job: Job) -> None:
        """The subscriber has received an item of the job, which may resume it."""
        with self._condition:
            job.undelivered -= 1
            if job.is_paused:
                self._resume(job)

    def run_in_order(self, function: Callable[..., None], *arguments: Any) -> Future[None]:
        """Runs the function on the finishing thread, after all that was passed before."""
        return self._finisher.submit(function, *arguments)

    def _end_interactive(self, session: str) -> None:
        with self._condition:
            self._interactive[session] -= 1
            if not self._interactive[session]:
                del self._interactive[session]
            self._condition.notify_all()

    def _resume(self, job: Job) -> None:
        job.is_paused = False
        self._queue.put(job)
        self._condition.notify_all()

    def _work(self) -> None:
        flush_denormals()
        try:
            while (job := self._next_job()) is not None:
                self._step(job)
                # A released session's tensors must not be held here until another session's next step.
                self._current = job = None
        except BaseException as error:
            self._die(error)

    def _die(self, error: BaseException) -> None:
        """Fails all jobs, and every later call. The thread is not restarted: a session may be half changed."""
        with self._condition:
            if self._death is not None:
                return
            self._death = death = thread_death("device", error)
            self._closed = True
            self._condition.notify_all()
        self._end_all(death)

    def _next_job(self) -> Job | None:
        """Waits for a job whose step may run; None once the worker is closed."""
        with self._condition:
            job = None
            while not self._closed and (job := self._queue.take(only_interactive=bool(self._interactive))) is None:
                self._condition.wait()
            return None if self._closed else job

    def _must_yield(self) -> bool:
        """Whether interactive work of another session is pending, and the current step is not itself interactive."""
        current = self._current
        if current is None or current.rank is Rank.INTERACTIVE or self._closed:
            return False
        return any(session != current.session for session in self._interactive)

    def _run_interactive(self) -> None:
        began, outer = time.perf_counter(), self._current
        own_session = outer.session if outer is not None else ""
        while True:
            with self._condition:
                job = None
                while self._must_yield() and (job := self._queue.take_interactive(other_than=own_session)) is None:
                    self._condition.wait()
            if job is None:
                break
            try:
                self._step(job)
            except BaseException as error:
                # The outer step would catch it, and the inner job would never end.
                self._die(error)
                raise
            self._current = outer
        self._yielded_seconds += time.perf_counter() - began

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def _step(self, job: Job) -> None:
        if job.is_cancelled:
            job.steps.close()
            self._end(job, None, None)
            return
        self.steps_run[job.rank] += 1
        self._current = job
        began, yielded = time.perf_counter(), self._yielded_seconds
        item, end = None, None
        try:
            item = next(job.steps)
        except StopIteration as stop:
            end = partial(self._end, job, stop.value, None)
        except BaseException as error:
            if is_device_lost(error):
                # Nothing works again until a restart, which `/readyz` then says.
                raise
            end = partial(self._end, job, None, user_error(error) or as_exception(error))
        seconds = time.perf_counter() - began - (self._yielded_seconds - yielded)
        if self._on_step is not None:
            self._on_step(job.rank, seconds)
        with self._condition:
            if end is None:
                self._requeue(job, item)
            self._queue.charge(job.rank, seconds)
        if end is not None:
            end()
        elif item is not None:
            job.on_item(item)

    def _requeue(self, job: Job, item: Any) -> None:
        if job.capacity is not None and item is not None:
            job.undelivered += 1
        if job.is_cancelled or not job.is_full:
            self._resume(job)
        else:
            job.is_paused = True

    def _end(self, job: Job, value: Any, error: BaseException | None) -> None:
        with self._condition:
            self._unfinished.discard(job)
        on_end = job.on_end
        job.forget_receivers()
        on_end(value, error)

    def _end_all(self, error: BaseException) -> None:
        for job in list(self._unfinished):
            self._end(job, None, error)


def _shutting_down() -> LitError:
    return LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down")
