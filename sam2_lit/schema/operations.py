"""Reports every finished GraphQL operation to the context's observer, whatever transport it came by."""

import re
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension

sent_error_codes: ContextVar[list[str]] = ContextVar("sent_error_codes")
"""The error codes that the current operation has sent so far."""

_SESSION_IN_DOCUMENT = re.compile(r'sessionId\s*:\s*"([\w-]{1,64})"')


@dataclass(frozen=True)
class FinishedOperation:
    """- name: the operation's name, or its root fields where it has none; "unreadable" where it cannot be parsed.
    - kind: query, mutation, subscription or unreadable.
    - session_id: the session it names, if any.
    - error_codes: the codes of the errors that were sent.
    """

    name: str
    kind: str
    seconds: float
    session_id: str | None
    error_codes: list[str]


class OperationObserver(Protocol):
    """Is called on the event loop; must return at once."""

    def operation_finished(self, operation: FinishedOperation) -> None: ...

    def error_sent(self, code: str) -> None: ...


class OperationReport(SchemaExtension):
    """Measures each operation and reports it."""

    def on_operation(self) -> Iterator[None]:
        codes: list[str] = []
        sent_error_codes.set(codes)
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        name, kind = self._name_and_kind()
        observer: OperationObserver = self.execution_context.context.observer
        observer.operation_finished(FinishedOperation(name, kind, seconds, self._session_id(), codes))

    def _name_and_kind(self) -> tuple[str, str]:
        document = self.execution_context.graphql_document
        wanted = self.execution_context.operation_name
        for node in document.definitions if document else ():
            if isinstance(node, OperationDefinitionNode) and wanted in (None, node.name.value if node.name else None):
                fields = [each.name.value for each in node.selection_set.selections if hasattr(each, "name")]
                return wanted or ",".join(fields), node.operation.value
        return "unreadable", "unreadable"

    def _session_id(self) -> str | None:
        variables: dict[str, Any] = self.execution_context.variables or {}
        for values in (variables, *(each for each in variables.values() if isinstance(each, dict))):
            if isinstance(found := values.get("sessionId"), str):
                return found
        written = _SESSION_IN_DOCUMENT.search(self.execution_context.query or "")
        return written[1] if written else None
