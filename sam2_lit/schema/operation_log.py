"""One log line for each GraphQL operation, whatever transport it came by."""

import re
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from sam2_lit.request_lines import LONGEST_NAME, log_request

error_codes: ContextVar[list[str]] = ContextVar("error_codes")
"""The error codes that the current operation sent."""

_WRITTEN_SESSION = re.compile(r'sessionId\s*:\s*"([\w-]{1,64})"')


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
        context.context.observer.operation_finished(kind, seconds)
        log_request(names, seconds=seconds, session=self._session(), errors=codes)

    def _names(self) -> tuple[str, str]:
        """What the operation asks for, and its kind; its own name where it has one."""
        document = self.execution_context.graphql_document
        wanted = self.execution_context.operation_name
        for node in document.definitions if document else ():
            if isinstance(node, OperationDefinitionNode) and wanted in (None, node.name.value if node.name else None):
                fields = [each.name.value for each in node.selection_set.selections if hasattr(each, "name")]
                return (wanted or ",".join(fields))[:LONGEST_NAME], node.operation.value
        return "unreadable", "unreadable"

    def _session(self) -> str | None:
        variables: dict[str, Any] = self.execution_context.variables or {}
        for values in (variables, *(each for each in variables.values() if isinstance(each, dict))):
            if isinstance(found := values.get("sessionId"), str):
                return found[:LONGEST_NAME]
        written = _WRITTEN_SESSION.search(self.execution_context.query or "")
        return written[1] if written else None
