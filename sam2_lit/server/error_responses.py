"""Responses for errors outside GraphQL's execution, in the same form as GraphQL's."""

import logging
import math
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
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
    # As Apollo's server does: some clients read no JSON with another status.
    ErrorCode.PERSISTED_QUERY_NOT_FOUND: HTTPStatus.OK,
    ErrorCode.PERSISTED_QUERY_NOT_IN_LIST: HTTPStatus.FORBIDDEN,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class BadRequest(LitError):
    """A request whose method, headers or body are wrong; it has an HTTP status and headers of its own."""

    def __init__(
        self, message: str, status: int = HTTPStatus.BAD_REQUEST, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(ErrorCode.BAD_REQUEST, message)
        self.status = status
        self.headers = headers


def as_response(error: LitError) -> JSONResponse:
    """`{"errors": [{"message", "extensions": {"code"}}]}` with the HTTP status of the code."""
    headers = {"WWW-Authenticate": "Bearer"} if error.code is ErrorCode.UNAUTHENTICATED else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    status = _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
    if isinstance(error, BadRequest):
        status, headers = HTTPStatus(error.status), dict(error.headers or {})
    content = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    return JSONResponse(content, status_code=status, headers=headers)


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
    known = _refusal(request, error) if isinstance(error, HTTPException) else user_error(error)
    if known is None:
        error_id = secrets.token_hex(8)
        logger.error("error %s at %s", error_id, request.url.path, exc_info=error)
        known = internal_error(error_id)
    _count(request.app, known)
    return as_response(known)


def _refusal(request: Request, error: HTTPException) -> BadRequest:
    """What Starlette refuses: a path that nothing serves, a method, a form that cannot be read."""
    message = error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        message = f"nothing is served at {request.url.path}"
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "another method")
        message = f"{request.url.path} does not accept {request.method}; use {allowed}"
    return BadRequest(message, error.status_code, error.headers)
