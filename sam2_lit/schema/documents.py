"""The document of a request, and which of its operations is executed."""

from collections.abc import Iterator
from functools import lru_cache

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse
from strawberry.extensions import SchemaExtension, ValidationCache

from sam2_lit.errors import ErrorCode

_MOST_KEPT = 100
_LONGEST_KEPT = 2000
"""Characters. A parsed document takes far more memory than its text, so clients could fill it with long ones."""

_kept = lru_cache(_MOST_KEPT)(parse)


def parse_document(text: str, max_tokens: int) -> DocumentNode | None:
    """The parsed document, or None where it cannot be parsed; executing it reports the reason.

    Clients send the same few documents again and again: short ones are kept.
    """
    parsed = _kept if _is_short(text) else parse
    try:
        return parsed(text, max_tokens=max_tokens)
    except (GraphQLError, RecursionError):
        return None


def chosen_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation of this name, or the only one; None where that is not exactly one operation."""
    found = [each for each in _operations(document) if name in (None, each.name.value if each.name else None)]
    return found[0] if len(found) == 1 else None


class DocumentExtension(SchemaExtension):
    """Executes the document that the transport has parsed, and refuses one that leaves open which operation to execute.

    Strawberry executes the first of several operations where none is named (`get_first_operation`); GraphQL's
    specification, section 6.1 (GetOperation), makes that a request error.
    """

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        document = context.context.document
        if document is None and context.query:
            document = parse_document(context.query, context.parse_options["max_tokens"])
        context.graphql_document = document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        names = [each.name.value for each in _operations(document) if each.name] if document else []
        if len(names) > 1 and context._provided_operation_name is None:
            message = f"the document has several operations; send the operationName of one: {', '.join(names[:10])}"
            context.pre_execution_errors = [GraphQLError(message, extensions={"code": ErrorCode.BAD_REQUEST.value})]
        yield
        validated = context.context.validated
        if validated is not None and not context.pre_execution_errors:
            validated.set_result(None)


class ValidationOfKeptDocuments(ValidationCache):
    """Validates a document that is kept once, which takes longer than all else that an operation costs the event loop.

    The errors of one that is not valid are kept with it.
    """

    def __init__(self) -> None:
        super().__init__(_MOST_KEPT)

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if context.graphql_document is not None and context.query and _is_short(context.query):
            yield from super().on_validate()
        else:
            yield


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST_KEPT


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
