"""Lets a call run to its end although its client has disconnected: half a call would be worse."""

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sam2_lit.engine.sessions.tracking_needed import TrackingNeeded
from sam2_lit.machine_errors import user_error

P = ParamSpec("P")
R = TypeVar("R")


class HasRunningCalls(Protocol):
    """An object with uninterrupted methods. The event loop refers to tasks only weakly, so the set holds them."""

    running_calls: set[asyncio.Task[Any]]


H = TypeVar("H", bound=HasRunningCalls)

logger = logging.getLogger(__name__)


def uninterrupted(
    method: Callable[Concatenate[H, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[H, P], Coroutine[Any, Any, R]]:
    """Cancelling a call of the method ends only the waiting for it. What it then raises unexpectedly is logged."""

    @functools.wraps(method)
    async def call(self: H, /, *args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.create_task(method(self, *args, **kwargs))
        self.running_calls.add(task)
        task.add_done_callback(self.running_calls.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_log_unexpected)
            raise

    return call


def _log_unexpected(abandoned: asyncio.Task[Any]) -> None:
    error = None if abandoned.cancelled() else abandoned.exception()
    if error is not None and not isinstance(error, TrackingNeeded) and user_error(error) is None:
        logger.error("a call failed after its client had left", exc_info=error)
