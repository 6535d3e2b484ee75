"""What clients are sent when a resolver fails."""

import logging
import secrets

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext

from sam2_lit.errors import ErrorCode, LitError, internal_error
from sam2_lit.machine_errors import user_error
from sam2_lit.schema.operations import sent_error_codes

logger = logging.getLogger("sam2_lit.schema")


class InternalErrors(MaskErrors):
    """Logs an unexpected exception with its traceback and sends INTERNAL with the id of the log line instead."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=_is_unexpected)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        known = _user_error(error.original_error) if error.original_error else None
        if known is not None:
            return GraphQLError(known.message, nodes=error.nodes, path=error.path, extensions=known.extensions)
        error_id = secrets.token_hex(8)
        logger.error("error %s at %s", error_id, error.path, exc_info=error.original_error)
        internal = internal_error(error_id)
        extensions = {**internal.extensions, "id": error_id}
        return GraphQLError(internal.message, nodes=error.nodes, path=error.path, extensions=extensions)


class ErrorCountingSchema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Counts the errors. Strawberry's own would log every one of them; `InternalErrors` logs the unexpected."""
        codes = [_code(error) for error in errors]
        sent_error_codes.get([]).extend(codes)
        if execution_context is not None:
            for code in codes:
                execution_context.context.observer.error_sent(code)


def _is_unexpected(error: GraphQLError) -> bool:
    """Whether an error is neither GraphQL's own nor a LitError, both of which say what the client did wrong."""
    return error.original_error is not None and not isinstance(error.original_error, (LitError, GraphQLError))


def _user_error(error: Exception) -> LitError | None:
    """What to report in place of an exception of the machine, or of Strawberry for a request that it cannot execute."""
    if isinstance(error, MissingQueryError):
        return LitError(ErrorCode.BAD_REQUEST, "the request has no query; send a GraphQL document as `query`")
    if isinstance(error, CannotGetOperationTypeError):
        named = f' named "{error.operation_name}"' if error.operation_name is not None else ""
        message = f"the document has no operation{named}; operationName must be the name of one of its operations"
        return LitError(ErrorCode.BAD_REQUEST, message)
    return user_error(error)


def _code(error: GraphQLError) -> str:
    """The code that a client is sent; `REFUSED` where GraphQL itself refuses and there is none."""
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return str((error.extensions or {}).get("code", "REFUSED"))
    return (_user_error(error.original_error) or internal_error("")).code.value
