"""How long work yields to a click that arrives in the middle of it."""

from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

R = TypeVar("R")


class Preemption(Protocol):
    """What work in parts calls between them. `DeviceWorker` implements it and documents each method."""

    def yield_to_interactive(self) -> None: ...

    def wait_for(self, future: Future[R]) -> R: ...

    def waiting_for_others(self) -> AbstractContextManager[None]: ...


class NeverPreempted:
    """For work that no click can interrupt: tests, benchmarks, evaluation without a worker."""

    def yield_to_interactive(self) -> None:
        pass

    def wait_for(self, future: Future[R]) -> R:
        return future.result()

    def waiting_for_others(self) -> AbstractContextManager[None]:
        return nullcontext()
