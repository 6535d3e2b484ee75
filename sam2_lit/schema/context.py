"""What every resolver is given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

import strawberry

from sam2_lit.schema.query_limits import QueryLimits

if TYPE_CHECKING:
    # Printing the schema needs no torch and no PyAV.
    from sam2_lit.engine.engine import Engine
    from sam2_lit.exports.exporter import Exporter

P = ParamSpec("P")
R = TypeVar("R")


class OperationObserver(Protocol):
    """Counts what clients did and what they were answered."""

    def operation_finished(self, kind: str, seconds: float) -> None: ...

    def error_sent(self, code: str) -> None: ...


@dataclass
class Context:
    """The engine, what makes exports, who counts operations, and the address that the request reached the server under.

    The address ends in a slash.

    `connection_params` is the payload of a WebSocket's `connection_init`, which Strawberry puts here.
    """

    engine: "Engine"
    exporter: "Exporter"
    observer: OperationObserver
    base_url: str
    query_limits: QueryLimits
    connection_params: dict[str, Any] | None = None

    async def read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs what may touch the disk beside the event loop."""
        return await asyncio.to_thread(function, *args, **kwargs)


Info = strawberry.Info[Context, None]
