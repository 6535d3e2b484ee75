"""A second thread that computes concurrently with the tracking thread, so that few large parts use two cores.

A frame has hundreds of operators of some ten microseconds. Splitting each of them between cores makes the cores wait
for each other hundreds of times; splitting what a hundred of them compute makes them wait a few times.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Generic, TypeVar

import torch

from sam2_lit.engine.device.cpu_threads import flush_denormals, use_threads
from sam2_lit.engine.device.preemption import Preemption
from sam2_lit.thread_pool import ThreadPool

R = TypeVar("R")

PARTS = 2
"""Into how many parts work is split, on any number of cores: results may round differently with the split."""


class Deferred(Generic[R]):
    """A computation that the helper thread may have started; otherwise the first call of `result` runs it."""

    def __init__(self, compute: Callable[[], R], started: tuple[Future[R], Preemption] | None = None) -> None:
        self._compute = compute
        self._started = started
        self._results: list[R] = []

    def result(self) -> R:
        if not self._results:
            self._results.append(self._wait_or_compute())
        return self._results[0]

    def _wait_or_compute(self) -> R:
        if self._started is None:
            return self._compute()
        future, preemption = self._started
        return self._compute() if future.cancel() else preemption.wait_for(future)


class HelperThread:
    """The helper thread, as the tracking thread uses it; only that thread calls the methods.

    Work that the helper has not started is taken back when the tracking thread needs its result, so that a session
    never waits for another session's work. It is used on a CPU only: with a GPU, a second thread would wait for the
    same device.
    """

    def __init__(
        self,
        preemption: Preemption,
        autocast: Callable[[], AbstractContextManager[object]] = nullcontext,
        *,
        on_cpu: bool = True,
    ) -> None:
        """`autocast` sets the precision of a block; it holds for one thread."""
        self._preemption = preemption
        self._autocast = autocast
        self._on_cpu = on_cpu
        self._cores = 1
        self._executor = ThreadPool("helper", initializer=flush_denormals)

    @contextmanager
    def using_cores(self, count: int) -> Iterator[None]:
        """Within the block, both threads together have `count` cores; with one core the helper is not used."""
        if not self._on_cpu:
            yield
            return
        before, self._cores = self._cores, count
        try:
            with use_threads(max(1, count // PARTS)):
                yield
        finally:
            self._cores = before

    @property
    def is_available(self) -> bool:
        """Whether the helper thread has a core of its own."""
        return self._cores > 1

    def start(self, compute: Callable[[], R]) -> Deferred[R]:
        """Starts `compute` on the helper thread if it is available; otherwise it runs when its result is needed."""
        preemption = self._preemption
        if not self.is_available:
            return Deferred(compute)

        @torch.inference_mode()
        def run() -> R:
            preemption.yield_to_interactive()
            with self._autocast():
                return compute()

        return Deferred(compute, (self._executor.submit(run), preemption))

    def run_parts(self, parts: Sequence[Callable[[], R]]) -> list[R]:
        """The results of `parts`, in order: the first runs on the calling thread, the others on the helper if free."""
        others = [self.start(part) for part in parts[1:]]
        results = [parts[0]()]
        for other in others:
            self._preemption.yield_to_interactive()
            results.append(other.result())
        return results
