"""A second thread that computes beside the one that tracks, so that few large shares keep two cores busy.

A frame has hundreds of operators of some ten microseconds. Sharing each of them between cores has the cores wait for
each other hundreds of times; sharing what a hundred of them do, a few times.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

import torch

from sam2_lit.engine.device.cpu_threads import flush_denormals, use_threads
from sam2_lit.engine.device.preemption import Preemption

R = TypeVar("R")

SHARES = 2
"""Into how many shares work is cut, on any number of cores: what a share is may round."""


class Deferred(Generic[R]):
    """A computation that the second thread may have begun; whoever asks for its result first makes it otherwise."""

    def __init__(self, make: Callable[[], R], begun: tuple[Future[R], Preemption] | None = None) -> None:
        self._make = make
        self._begun = begun
        self._made: list[R] = []

    def get(self) -> R:
        if not self._made:
            self._made.append(self._made_now_or_beside())
        return self._made[0]

    def _made_now_or_beside(self) -> R:
        if self._begun is None:
            return self._make()
        future, preemption = self._begun
        return self._make() if future.cancel() else preemption.wait_for(future)


class HelperThread:
    """Where the tracking thread leaves work for the second thread. Its methods are for the tracking thread.

    What waits for the second thread is taken back when the tracking thread needs it: a session never waits for what
    another has left there.
    """

    def __init__(self, preemption: Preemption) -> None:
        self._preemption = preemption
        self._cores = 1
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sam2-lit-beside", initializer=flush_denormals)

    @contextmanager
    def using(self, count: int) -> Iterator[None]:
        """Within the block the two threads have `count` cores together; of one, the second thread has none."""
        before, self._cores = self._cores, count
        try:
            with use_threads(max(1, count // SHARES)):
                yield
        finally:
            self._cores = before

    @property
    def is_there(self) -> bool:
        """Whether the second thread has a core of its own."""
        return self._cores > 1

    def later(self, make: Callable[[], R]) -> Deferred[R]:
        """What `make` returns, once it is needed, begun beside where there is a core for it."""
        if not self.is_there:
            return Deferred(make)

        @torch.inference_mode()
        def run() -> R:
            self._preemption.yield_to_interactive()
            return make()

        return Deferred(make, (self._executor.submit(run), self._preemption))

    def share(self, makes: Sequence[Callable[[], R]]) -> list[R]:
        """What each of `makes` returns; the first is made on the calling thread, the others where there is time."""
        others = [self.later(make) for make in makes[1:]]
        made = [makes[0]()]
        for other in others:
            self._preemption.yield_to_interactive()
            made.append(other.get())
        return made
