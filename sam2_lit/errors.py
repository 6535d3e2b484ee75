"""The one exception that is reported to users, and its codes."""

import logging
import secrets
from enum import StrEnum
from typing import Any

logger = logging.getLogger(__name__)


class ErrorCode(StrEnum):
    """The kind of error, as a client reads it in `extensions.code`."""

    SESSION_NOT_FOUND = "SESSION_NOT_FOUND"
    VIDEO_NOT_FOUND = "VIDEO_NOT_FOUND"
    OBJECT_NOT_FOUND = "OBJECT_NOT_FOUND"
    FRAME_OUT_OF_RANGE = "FRAME_OUT_OF_RANGE"
    INVALID_PROMPT = "INVALID_PROMPT"
    INVALID_MASK = "INVALID_MASK"
    FRAME_CONFIRMED = "FRAME_CONFIRMED"
    NO_PROMPTS = "NO_PROMPTS"
    SEQUENCE_NOT_FOUND = "SEQUENCE_NOT_FOUND"
    FEATURES_NOT_CAPTURED = "FEATURES_NOT_CAPTURED"
    LORA_NOT_TRAINED = "LORA_NOT_TRAINED"
    ADAPTER_NOT_FOUND = "ADAPTER_NOT_FOUND"
    UNSUPPORTED_MEDIA = "UNSUPPORTED_MEDIA"
    UPLOAD_TOO_LARGE = "UPLOAD_TOO_LARGE"
    CAPACITY_EXCEEDED = "CAPACITY_EXCEEDED"
    CANCELLED = "CANCELLED"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    BAD_REQUEST = "BAD_REQUEST"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"
    INTERNAL = "INTERNAL"


RETRY_SECONDS = 5.0
"""When to try again where others' work has reached a limit: a stream of the sample takes about as long."""


class LitError(Exception):
    """An error that a user can fix.

    `message` says what was wrong with the request and what would be right; `retry_after` after how many seconds the
    same request may succeed, where waiting helps. graphql-core copies the `extensions` of an exception into its GraphQL
    error.
    """

    def __init__(self, code: ErrorCode, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is pickled by its arguments, of which `code` is none.
        return _restored, (type(self), self.args, self.__dict__)

    @property
    def extensions(self) -> dict[str, str | float]:
        waiting = {} if self.retry_after is None else {"retryAfter": self.retry_after}
        return {"code": self.code.value, **waiting}


def _restored(kind: type[LitError], arguments: tuple[Any, ...], fields: dict[str, Any]) -> LitError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(fields)
    return error


def internal_error(error_id: str) -> LitError:
    """What a client receives for an unexpected error: the id under which the server logged it."""
    return LitError(
        ErrorCode.INTERNAL, f"Something went wrong on the server. It is in the server's log as error {error_id}."
    )


def thread_death(thread: str, cause: BaseException) -> LitError:
    """INTERNAL for everything that waits for one of the server's threads, which died of `cause`. Logs the cause."""
    error_id = secrets.token_hex(8)
    logger.critical("error %s: the %s thread died", error_id, thread, exc_info=cause)
    return LitError(
        ErrorCode.INTERNAL,
        f"The server's {thread} thread died, and the server must be restarted. "
        f"The cause is in the server's log as error {error_id}.",
    )


def as_exception(error: BaseException) -> Exception:
    """`error`, or where it would end the event loop that awaits it (SystemExit), an exception that it caused."""
    if isinstance(error, Exception):
        return error
    exception = RuntimeError(f"{type(error).__name__} was raised: {error}")
    exception.__cause__ = error
    return exception
