"""Responses for errors outside GraphQL's execution, in the same form as GraphQL's."""

import logging
import secrets
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from sam2_lit.errors import ErrorCode, LitError, internal_error
from sam2_lit.machine_errors import user_error

logger = logging.getLogger(__name__)

_STATUS = {
    ErrorCode.VIDEO_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.SESSION_NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.FRAME_OUT_OF_RANGE: HTTPStatus.NOT_FOUND,
    ErrorCode.UNSUPPORTED_MEDIA: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ErrorCode.UPLOAD_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorCode.CAPACITY_EXCEEDED: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.OUT_OF_MEMORY: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def as_response(error: LitError) -> JSONResponse:
    """`{"errors": [{"message", "extensions": {"code"}}]}` with the HTTP status of the code."""
    headers = {"WWW-Authenticate": "Bearer"} if error.code is ErrorCode.UNAUTHENTICATED else None
    return JSONResponse(
        {"errors": [{"message": error.message, "extensions": error.extensions}]},
        status_code=_STATUS.get(error.code, HTTPStatus.BAD_REQUEST),
        headers=headers,
    )


async def send_error(error: LitError, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends the error from a middleware, and counts it."""
    _count(scope["app"], error)
    await as_response(error)(scope, receive, send)


def _count(app: Starlette, error: LitError) -> None:
    app.state.metrics.error_sent(error.code.value)


async def error_response(request: Request, error: Exception) -> JSONResponse:
    """Starlette's handler of every exception.

    An unexpected exception is logged with its traceback and reported as INTERNAL with the id of the log line.
    """
    known = user_error(error)
    if known is None:
        error_id = secrets.token_hex(8)
        logger.error("error %s at %s", error_id, request.url.path, exc_info=error)
        known = internal_error(error_id)
    _count(request.app, known)
    return as_response(known)
