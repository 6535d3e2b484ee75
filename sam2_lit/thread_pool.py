"""Threads that run functions, with a bounded queue."""

import asyncio
import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError, as_exception

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)


class ThreadPool:
    """Runs functions on threads of its own, started in the order of submission.

    What a function raises is raised where its future is awaited. An exception that escapes a thread's loop is logged
    once and fails the function that the thread had taken; the thread then continues, since it has no state of its own
    that could be spoiled.
    """

    def __init__(
        self,
        name: str,
        threads: int = 1,
        *,
        max_waiting: int | None = None,
        initializer: Callable[[], None] | None = None,
    ) -> None:
        """Threads start when they are needed, up to `threads`, and run `initializer` first.

        At most `max_waiting` functions may wait for a thread; None is any number.
        """
        self._tasks = _Tasks(name, max_waiting)
        self._name = name
        self._max_threads = threads
        self._initializer = initializer
        self._threads: list[threading.Thread] = []
        # The threads refer to the tasks only, so that they end with a pool that nobody refers to.
        weakref.finalize(self, self._tasks.close)

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Starts a function. Raises LitError (CAPACITY_EXCEEDED) where too many wait, or the pool is closed."""
        future: Future[R] = Future()
        with self._tasks.condition:
            self._tasks.put(_Task(future, lambda: function(*args, **kwargs)))
            if self._tasks.needs_thread and len(self._threads) < self._max_threads:
                name = f"sam2-lit-{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=_work, args=(self._tasks, self._initializer), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function returns. One that has not started when the caller is cancelled does not run."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    def close(self, *, run_waiting: bool = True, wait: bool = True) -> None:
        """Ends the threads, after the functions that wait, or without running those; `wait` returns once they ended."""
        self._tasks.close(run_waiting=run_waiting)
        for thread in self._threads if wait else ():
            thread.join()


class _Task:
    def __init__(self, future: Future[Any], call: Callable[[], Any]) -> None:
        self.future = future
        self._call = call

    def run(self) -> None:
        future = self.future
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = self._call()
        except BaseException as error:
            future.set_exception(as_exception(error))
            # The traceback refers to this frame: what it refers to would stay until Python's garbage collector runs.
            del future, self
        else:
            future.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class _Tasks:
    """The functions that wait for a thread. `condition` guards every field."""

    def __init__(self, name: str, max_waiting: int | None) -> None:
        self.condition = threading.Condition()
        self._name = name
        self._max_waiting = max_waiting
        self._waiting: deque[_Task] = deque()
        self._idle = 0
        self._closed = False

    @property
    def needs_thread(self) -> bool:
        """Whether more functions wait than threads."""
        return len(self._waiting) > self._idle

    def put(self, task: _Task) -> None:
        if self._closed:
            raise _shutting_down()
        if self._max_waiting is not None and len(self._waiting) >= self._max_waiting:
            self._waiting = deque(each for each in self._waiting if not each.future.cancelled())
            if len(self._waiting) >= self._max_waiting:
                raise LitError(
                    ErrorCode.CAPACITY_EXCEEDED,
                    f"{len(self._waiting)} requests wait for the server's {self._name} threads, which is the limit; "
                    "try again when some of them are done",
                    RETRY_SECONDS,
                )
        self._waiting.append(task)
        self.condition.notify()

    def take(self) -> _Task | None:
        """Waits for a function; None once the pool is closed and none waits."""
        with self.condition:
            self._idle += 1
            try:
                self.condition.wait_for(lambda: self._waiting or self._closed)
            finally:
                self._idle -= 1
            return self._waiting.popleft() if self._waiting else None

    def close(self, *, run_waiting: bool = True) -> None:
        with self.condition:
            self._closed = True
            dropped = [] if run_waiting else list(self._waiting)
            if dropped:
                self._waiting.clear()
            self.condition.notify_all()
        for task in dropped:
            if task.future.set_running_or_notify_cancel():
                task.fail(_shutting_down())


def _work(tasks: _Tasks, initializer: Callable[[], None] | None) -> None:
    prepared = initializer is None
    while True:
        try:
            if initializer is not None and not prepared:
                prepared = True
                initializer()
            # A function call for each task, so that no local variable keeps one alive: it may hold a whole session.
            while _run_next(tasks):
                pass
            return
        except BaseException as error:
            logger.critical("thread %s continues after an error", threading.current_thread().name, exc_info=error)


def _run_next(tasks: _Tasks) -> bool:
    task = tasks.take()
    if task is None:
        return False
    try:
        task.run()
    except BaseException as error:
        task.fail(as_exception(error))
        raise
    return True


def _shutting_down() -> LitError:
    return LitError(ErrorCode.CAPACITY_EXCEEDED, "the server is shutting down")
