"""What a call names, compared with what its session has."""

from sam2_lit.engine.sessions.session import Session
from sam2_lit.errors import ErrorCode, LitError


def session_not_found(session_id: str) -> LitError:
    return LitError(
        ErrorCode.SESSION_NOT_FOUND,
        f"there is no session {session_id!r}; start one with startSession, or list them with sessions",
    )


def check_frame(frame_count: int, frame_index: int) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE)."""
    if not 0 <= frame_index < frame_count:
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE,
            f"frame {frame_index} is out of range: the video has {frame_count} frames, 0 to {frame_count - 1}",
        )


def check_object(session: Session, object_id: int) -> None:
    """Raises LitError (OBJECT_NOT_FOUND)."""
    if object_id not in session.banks:
        known = ", ".join(map(str, session.banks)) or "none"
        raise LitError(
            ErrorCode.OBJECT_NOT_FOUND,
            f"the session has no object {object_id} (it has: {known}); a first prompt adds one",
        )


def check_known(session: Session, object_id: int, frame_index: int) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND)."""
    check_frame(session.tracker.frame_count, frame_index)
    check_object(session, object_id)


def check_prompt(session: Session, object_id: int, frame_index: int, max_objects: int) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE, INVALID_PROMPT, CAPACITY_EXCEEDED) where a prompt there cannot be taken."""
    check_frame(session.tracker.frame_count, frame_index)
    if object_id in session.banks:
        return
    if object_id < 0:
        raise LitError(ErrorCode.INVALID_PROMPT, f"objectId is {object_id}; object ids are 0 or more")
    if len(session.banks) >= max_objects:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"the session has {len(session.banks)} objects, which is the limit; remove one with removeObject",
        )


def check_prompted(session: Session) -> None:
    """Raises LitError (NO_PROMPTS)."""
    if session.tracker.memories.origin() is None:
        raise LitError(
            ErrorCode.NO_PROMPTS,
            "no object has a prompt to track from; add one with addPoints, addBox or addMask",
        )
