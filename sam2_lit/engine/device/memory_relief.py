"""Runs a step once more, without caches, where memory ran out in it."""

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sam2_lit.machine_errors import is_out_of_memory

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("sam2_lit.engine")


class ReleasesMemory(Protocol):
    """`release_memory` drops what can be made again: embeddings, captured features and projections of all sessions."""

    @property
    def release_memory(self) -> Callable[[], None]: ...


S = TypeVar("S", bound=ReleasesMemory)


def with_relief(run: Callable[[], R], release_memory: Callable[[], None]) -> R:
    """The result of `run`, which changes nothing where it fails; on an error of memory it is run once more."""
    try:
        return run()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        note_shortage(error)
    # Outside of the handler: the error's traceback refers to the tensors of what failed.
    release_memory()
    return run()


def note_shortage(error: BaseException) -> None:
    """Logs that memory ran out in a step that is tried once more."""
    [reason, *_] = str(error).splitlines() or [type(error).__name__]
    logger.warning("memory ran out; caches are dropped, and the step is tried once more: %s", reason)


def relieved(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method that is run once more, after `release_memory`, where memory ran out in it."""

    @functools.wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return with_relief(lambda: method(self, *args, **kwargs), self.release_memory)

    return call
