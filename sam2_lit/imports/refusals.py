"""The error that a file of masks is refused with."""

from sam2_lit.errors import ErrorCode, LitError


def unusable(name: str, reason: str) -> LitError:
    """An UNSUPPORTED_MEDIA error; `reason` completes 'NAME cannot be imported: …'."""
    return LitError(ErrorCode.UNSUPPORTED_MEDIA, f"{name} cannot be imported: {reason}")
