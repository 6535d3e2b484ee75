"""What the client raises: one exception for each error code of the server, and one for a broken connection."""

from collections.abc import Mapping
from typing import Any

from sam2_lit.errors import ErrorCode


class ClientError(Exception):
    """Everything that the client raises for what happens at the server or on the way to it."""


class ConnectionFailed(ClientError):
    """The server could not be reached, the connection broke, or what answered is not sam2-lit."""


class ServerError(ClientError):
    """An error of a GraphQL response.

    Attributes:
        code: `extensions.code`; None for errors that GraphQL defines (a wrong type), which have none.
        message: what was wrong with what was sent, and what would be right.
        retry_after: after how many seconds the same request may succeed; None where waiting does not help.
    """

    code: str | None = None

    def __init__(self, message: str, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        if code is not None:
            self.code = code


class SessionNotFound(ServerError):
    code = ErrorCode.SESSION_NOT_FOUND


class VideoNotFound(ServerError):
    code = ErrorCode.VIDEO_NOT_FOUND


class ObjectNotFound(ServerError):
    code = ErrorCode.OBJECT_NOT_FOUND


class FrameOutOfRange(ServerError):
    code = ErrorCode.FRAME_OUT_OF_RANGE


class InvalidPrompt(ServerError):
    code = ErrorCode.INVALID_PROMPT


class InvalidMask(ServerError):
    code = ErrorCode.INVALID_MASK


class NoPrompts(ServerError):
    code = ErrorCode.NO_PROMPTS


class SequenceNotFound(ServerError):
    code = ErrorCode.SEQUENCE_NOT_FOUND


class FeaturesNotCaptured(ServerError):
    code = ErrorCode.FEATURES_NOT_CAPTURED


class LoraNotTrained(ServerError):
    code = ErrorCode.LORA_NOT_TRAINED


class AdapterNotFound(ServerError):
    code = ErrorCode.ADAPTER_NOT_FOUND


class UnsupportedMedia(ServerError):
    code = ErrorCode.UNSUPPORTED_MEDIA


class UploadTooLarge(ServerError):
    code = ErrorCode.UPLOAD_TOO_LARGE


class CapacityExceeded(ServerError):
    code = ErrorCode.CAPACITY_EXCEEDED


class Cancelled(ServerError):
    code = ErrorCode.CANCELLED


class OutOfMemory(ServerError):
    code = ErrorCode.OUT_OF_MEMORY


class Unauthenticated(ServerError):
    code = ErrorCode.UNAUTHENTICATED


class FrameConfirmed(ServerError):
    """The mask was confirmed, and is not replaced without `force`."""

    code = ErrorCode.FRAME_CONFIRMED


class BadRequest(ServerError):
    code = ErrorCode.BAD_REQUEST


class DocumentNotAllowed(ServerError):
    """The server executes only the documents of its list (`--persisted-only`)."""

    code = ErrorCode.PERSISTED_QUERY_NOT_IN_LIST


class InternalError(ServerError):
    code = ErrorCode.INTERNAL


_BY_CODE = {each.code: each for each in ServerError.__subclasses__()}


def server_error(error: Mapping[str, Any]) -> ServerError:
    """The exception for an error of a response, of the class that its code has."""
    message = str(error.get("message", "the server sent an error without a message"))
    extensions = error.get("extensions") or {}
    code = extensions.get("code")
    return _BY_CODE.get(code, ServerError)(message, code, extensions.get("retryAfter"))
