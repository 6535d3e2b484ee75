"""Giving way to a click in the middle of other work."""

from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

R = TypeVar("R")


class Preemption(Protocol):
    """How work that has parts lets interactive work go first: `DeviceWorker` says what each method does."""

    def yield_to_interactive(self) -> None: ...

    def result(self, future: Future[R]) -> R: ...

    def waiting_for_others(self) -> AbstractContextManager[None]: ...


class NeverPreempted:
    """The way of work that has its thread to itself."""

    def yield_to_interactive(self) -> None:
        pass

    def result(self, future: Future[R]) -> R:
        return future.result()

    def waiting_for_others(self) -> AbstractContextManager[None]:
        return nullcontext()
