"""Lets a call run to its end although its client has disconnected: half a call would be worse."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class HasRunningCalls(Protocol):
    """An object with uninterrupted methods. The event loop refers to tasks only weakly, so the set holds them."""

    running_calls: set[asyncio.Task[Any]]


H = TypeVar("H", bound=HasRunningCalls)


def uninterrupted(
    method: Callable[Concatenate[H, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[H, P], Coroutine[Any, Any, R]]:
    """Cancelling a call of the method ends only the waiting for it."""

    @functools.wraps(method)
    async def call(self: H, /, *args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.create_task(method(self, *args, **kwargs))
        self.running_calls.add(task)
        task.add_done_callback(self.running_calls.discard)
        return await asyncio.shield(task)

    return call
