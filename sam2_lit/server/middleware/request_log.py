"""One line in the log for each HTTP request that is not GraphQL, and for each GraphQL operation, however it came."""

import logging
import re
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from graphql import OperationDefinitionNode
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry.extensions import SchemaExtension

logger = logging.getLogger("sam2_lit.requests")

error_codes: ContextVar[list[str]] = ContextVar("error_codes")
"""The codes of the errors that the current operation told."""

_GRAPHQL_PATH = "/graphql"
_WRITTEN_SESSION = re.compile(r'sessionId\s*:\s*"([\w-]{1,64})"')
_LONGEST = 100


class RequestLogMiddleware:
    """Logs HTTP requests with their status; a GraphQL operation logs itself, with more to say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            if scope["path"] != _GRAPHQL_PATH or status != 200:
                request = f"{scope['method']} {scope['path'][:_LONGEST]}"
                _log(request, seconds=time.perf_counter() - began, status=status)


class OperationLog(SchemaExtension):
    """Logs an operation with its session, how long it took, and the codes of its errors."""

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        codes: list[str] = []
        error_codes.set(codes)
        began = time.perf_counter()
        yield
        seconds = time.perf_counter() - began
        names, kind = self._names()
        context.context.engine.metrics.operation_seconds.labels(kind).observe(seconds)
        _log(names, seconds=seconds, session=self._session(), errors=codes)

    def _names(self) -> tuple[str, str]:
        """What the operation asks for, and its kind; its own name where it has one."""
        document = self.execution_context.graphql_document
        wanted = self.execution_context.operation_name
        for node in document.definitions if document else ():
            if isinstance(node, OperationDefinitionNode) and wanted in (None, node.name.value if node.name else None):
                fields = [each.name.value for each in node.selection_set.selections if hasattr(each, "name")]
                return (wanted or ",".join(fields))[:_LONGEST], node.operation.value
        return "unreadable", "unreadable"

    def _session(self) -> str | None:
        variables: dict[str, Any] = self.execution_context.variables or {}
        for values in (variables, *(each for each in variables.values() if isinstance(each, dict))):
            if isinstance(found := values.get("sessionId"), str):
                return found[:_LONGEST]
        written = _WRITTEN_SESSION.search(self.execution_context.query or "")
        return written[1] if written else None


def _log(operation: str, *, seconds: float, **fields: Any) -> None:
    told = {name: value for name, value in fields.items() if value}
    rest = " ".join(f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in told.items())
    milliseconds = round(seconds * 1000, 1)
    logger.info(
        "%s %s ms%s",
        operation,
        milliseconds,
        f" {rest}" if rest else "",
        extra={"fields": {"operation": operation, "milliseconds": milliseconds, **told}},
    )
