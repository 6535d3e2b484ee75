"""The results of operations, as the transports send them."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from strawberry.types import ExecutionResult

Result = dict[str, Any]
"""The response to an operation, or one event of a subscription, as GraphQL's specification formats it (section 7.1)."""

Results = AsyncGenerator[Result, None]


@dataclass(frozen=True)
class StreamedResult:
    """A result on a stream of its own; `event_id` is what a client sends as Last-Event-ID to resume after it."""

    result: Result
    event_id: str | None


@dataclass(frozen=True)
class OperationMessage:
    """A result of one of the operations on an event stream; None says that the operation is complete."""

    operation_id: str
    result: Result | None


def formatted(executed: ExecutionResult) -> Result:
    errors = executed.errors or []
    # A request error, before execution, is not at a field; its response has no data.
    is_request_error = executed.data is None and errors and all(error.path is None for error in errors)
    result: Result = {} if is_request_error else {"data": executed.data}
    if errors:
        result["errors"] = [error.formatted for error in errors]
    if executed.extensions:
        result["extensions"] = executed.extensions
    return result


async def each_of(results: list[Result]) -> Results:
    for result in results:
        yield result


async def streamed(results: Results, event_id: Callable[[], str | None]) -> AsyncGenerator[StreamedResult, None]:
    """The results, each with the id that `event_id` returns when there is one."""
    async with aclosing(results):
        async for result in results:
            yield StreamedResult(result, event_id())
