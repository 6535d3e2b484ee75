"""The schema put together, and what becomes of its errors."""

import logging
import secrets

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaskErrors
from strawberry.types import ExecutionContext

from sam2_lit.errors import LitError, internal_error
from sam2_lit.machine_errors import user_error
from sam2_lit.schema.mutations import Mutation
from sam2_lit.schema.operation_log import OperationLog, error_codes
from sam2_lit.schema.queries import Query
from sam2_lit.schema.query_limits import QueryLimitsExtension
from sam2_lit.schema.subscriptions import Subscription

logger = logging.getLogger("sam2_lit.schema")


def is_unexpected(error: GraphQLError) -> bool:
    """Whether an error is neither the client's (GraphQL's own) nor one that the client can put right."""
    return error.original_error is not None and not isinstance(error.original_error, (LitError, GraphQLError))


def error_code(error: GraphQLError) -> str:
    """The code that a client is told; `REFUSED` where GraphQL itself refuses and there is none."""
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return str((error.extensions or {}).get("code", "REFUSED"))
    return (user_error(error.original_error) or internal_error("")).code.value


class InternalErrors(MaskErrors):
    """An unexpected exception is logged whole and reaches the client as INTERNAL with an id to find it by."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_unexpected)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        known = user_error(error.original_error) if error.original_error else None
        if known is not None:
            return GraphQLError(known.message, nodes=error.nodes, path=error.path, extensions=known.extensions)
        error_id = secrets.token_hex(8)
        logger.error("error %s at %s", error_id, error.path, exc_info=error.original_error)
        told = internal_error(error_id)
        return GraphQLError(
            told.message, nodes=error.nodes, path=error.path, extensions={**told.extensions, "id": error_id}
        )


class LitSchema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Counts them. Strawberry would log every one as the server's; `InternalErrors` logs those that are."""
        codes = [error_code(error) for error in errors]
        error_codes.get([]).extend(codes)
        if execution_context is not None:
            for code in codes:
                execution_context.context.observer.error_sent(code)


schema = LitSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[OperationLog, InternalErrors, QueryLimitsExtension],
)
