"""Checks what a call names against what its session has."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.labels import Label, check_text
from sam2_lit.records.results import PropagationDirection
from sam2_lit.records.tracking_scope import TrackingScope

if TYPE_CHECKING:
    # A process that only reads what clients are shown needs no torch.
    from sam2_lit.engine.sessions.session_state import SessionState

MAX_NAME = 100
MAX_FRAME_STEP = 1_000_000


def session_not_found(session_id: str) -> LitError:
    return LitError(
        ErrorCode.SESSION_NOT_FOUND,
        f"there is no session {session_id!r}; start one with startSession, or list them with sessions",
    )


def check_frame(frame_count: int, frame_index: int, frame_step: int = 1) -> None:
    """Whether a frame is one of the video, and of every `frame_step`-th. Raises LitError (FRAME_OUT_OF_RANGE)."""
    if not 0 <= frame_index < frame_count:
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE,
            f"frame {frame_index} is out of range: the video has {frame_count} frames, 0 to {frame_count - 1}",
        )
    if frame_index % frame_step:
        before = frame_index - frame_index % frame_step
        others = [str(each) for each in (before, before + frame_step) if each < frame_count]
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE,
            f"frame {frame_index} is not worked on: the session has frameStep {frame_step}, so every {frame_step}th "
            f"frame from 0; the nearest {'are' if len(others) > 1 else 'is'} {' and '.join(others)}",
        )


def check_frame_of(state: "SessionState", frame_index: int) -> None:
    """Whether the session works on a frame. Raises LitError (FRAME_OUT_OF_RANGE)."""
    check_frame(state.tracker.frame_count, frame_index, state.tracker.memories.frame_step)


def check_frame_step(frame_step: int, frame_rate: float | None) -> None:
    """Raises LitError (BAD_REQUEST)."""
    if frame_step != 1 and frame_rate is not None:
        raise LitError(ErrorCode.BAD_REQUEST, "frameStep and frameRate both say which frames; send one of them")
    if not 1 <= frame_step <= MAX_FRAME_STEP:
        raise LitError(ErrorCode.BAD_REQUEST, f"frameStep is {frame_step}; it must be 1 to {MAX_FRAME_STEP}")


def frame_step_for(frame_rate: float, fps: float) -> int:
    """The frame step whose rate is nearest to `frame_rate`, frames a second, of a video of `fps`.

    Raises LitError (BAD_REQUEST) where the rate is not above 0, or lower than a frame step can be.
    """
    if not frame_rate > 0 or fps / frame_rate > MAX_FRAME_STEP:
        raise LitError(
            ErrorCode.BAD_REQUEST,
            f"frameRate is {frame_rate}; it must be at least {fps / MAX_FRAME_STEP:g} frames a second; "
            "one above the video's own takes every frame",
        )
    below = max(1, int(fps / frame_rate))
    return min(below, below + 1, key=lambda step: abs(fps / step - frame_rate))


def check_scope(state: "SessionState", scope: TrackingScope) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND)."""
    if scope.start is not None:
        check_frame_of(state, scope.start)
    if scope.last is not None:
        check_frame(state.tracker.frame_count, scope.last)
    if scope.max_frames is not None and scope.max_frames < 0:
        raise LitError(ErrorCode.FRAME_OUT_OF_RANGE, f"maxFrames is {scope.max_frames}; it must be 0 or more")
    if scope.start is not None and scope.last is not None:
        against = {
            PropagationDirection.FORWARD: scope.last < scope.start,
            PropagationDirection.BACKWARD: scope.last > scope.start,
        }
        if against.get(scope.direction):
            raise LitError(
                ErrorCode.FRAME_OUT_OF_RANGE,
                f"lastFrameIndex is {scope.last}, which tracking {scope.direction} from frame {scope.start} does not "
                "reach; send the other direction, or BOTH",
            )
    for object_id in sorted(scope.object_ids or ()):
        check_object(state, object_id)


def check_object(state: "SessionState", object_id: int) -> None:
    """Raises LitError (OBJECT_NOT_FOUND)."""
    if object_id not in state.banks:
        raise no_object(object_id, state.banks)


def no_object(object_id: int, known: Iterable[int]) -> LitError:
    """OBJECT_NOT_FOUND of a session that has these objects."""
    listed = ", ".join(map(str, known)) or "none"
    return LitError(
        ErrorCode.OBJECT_NOT_FOUND,
        f"the session has no object {object_id} (it has: {listed}); a first prompt adds one",
    )


def check_known(state: "SessionState", object_id: int, frame_index: int) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE, OBJECT_NOT_FOUND)."""
    check_frame_of(state, frame_index)
    check_object(state, object_id)


def check_prompt(state: "SessionState", object_id: int, frame_index: int) -> None:
    """Whether the object can be prompted on the frame; a new object needs a valid id and room in the session.

    Raises LitError (FRAME_OUT_OF_RANGE, INVALID_PROMPT, CAPACITY_EXCEEDED).
    """
    check_frame_of(state, frame_index)
    if object_id in state.banks:
        return
    if object_id < 0:
        raise LitError(ErrorCode.INVALID_PROMPT, f"objectId is {object_id}; object ids are 0 or more")
    if len(state.banks) >= state.settings.max_objects:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"the session has {len(state.banks)} objects, which is the limit; remove one with removeObject",
        )


def check_range(state: "SessionState", first: int, last: int) -> None:
    """Raises LitError (FRAME_OUT_OF_RANGE)."""
    check_frame(state.tracker.frame_count, first)
    check_frame(state.tracker.frame_count, last)
    if first > last:
        raise LitError(
            ErrorCode.FRAME_OUT_OF_RANGE,
            f"first is {first} and last {last}; the last frame must not be before the first",
        )


def check_not_first_prompt(state: "SessionState", object_id: int, first: int, last: int) -> None:
    """Raises LitError (INVALID_MASK) where an object cannot be absent on a range: it is what tracking begins with."""
    memory = state.tracker.memories.get(object_id)
    shown = memory.first_prompt if memory else None
    if memory is not None and shown is not None and not first <= shown <= last:
        return
    if shown is None:
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask is empty, and object {object_id} has no other prompt: its first prompt must show it; draw it "
            "on a frame where it is in view, then say where it is not there",
        )
    raise LitError(
        ErrorCode.INVALID_MASK,
        f"object {object_id} has its first prompt on frame {shown}, so it cannot be absent there: mark other frames, "
        "or prompt it on another frame and clear this one with clearPointsInFrame first",
    )


def check_not_confirmed(state: "SessionState", object_id: int, frame_index: int, force: bool) -> None:
    """Raises LitError (FRAME_CONFIRMED) where a mask that a person confirmed would be replaced without being asked."""
    if not force and frame_index in state.tracker.memories.confirmed(object_id):
        raise LitError(
            ErrorCode.FRAME_CONFIRMED,
            f"the mask of object {object_id} on frame {frame_index} was confirmed; send force to replace it, or "
            "unconfirmFrames first",
        )


def check_prompted(state: "SessionState", object_ids: Collection[int] | None = None) -> None:
    """Raises LitError (NO_PROMPTS) where no object has a prompt, or one of `object_ids` has none."""
    if object_ids is not None and not object_ids:
        raise LitError(ErrorCode.NO_PROMPTS, "objectIds names no object; name some, or leave it out to track all")
    for object_id in sorted(object_ids or ()):
        if object_id not in state.tracker.memories:
            raise LitError(
                ErrorCode.NO_PROMPTS,
                f"object {object_id} has no prompt to track from; add one with addPoints, addBox or addMask",
            )
    if state.tracker.memories.origin() is None:
        raise LitError(
            ErrorCode.NO_PROMPTS,
            "no object has a prompt to track from; add one with addPoints, addBox or addMask",
        )


def check_name(name: str) -> None:
    """Raises LitError (INVALID_PROMPT)."""
    if len(name) > MAX_NAME:
        raise LitError(ErrorCode.INVALID_PROMPT, f"the name has {len(name)} characters; at most {MAX_NAME} fit")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise LitError(ErrorCode.INVALID_PROMPT, "the name has control characters; letters and signs are kept")


def check_label(label: str, known: Sequence[Label]) -> None:
    """Raises LitError (INVALID_PROMPT) for a label that is not one of a project's; one without labels takes any."""
    check_text("label", label)
    if known and label not in [each.name for each in known]:
        names = ", ".join(repr(each.name) for each in known[:20])
        raise LitError(
            ErrorCode.INVALID_PROMPT, f"the project has no label {label!r}; it has {names}; setLabels adds others"
        )


def check_adapter(state: "SessionState", object_id: int, adapter_id: str) -> None:
    """Raises LitError: LORA_NOT_TRAINED where the object has no adapter, ADAPTER_NOT_FOUND where it lacks this one."""
    known = [record.adapter_id for record in state.banks[object_id].records]
    if not known:
        raise LitError(
            ErrorCode.LORA_NOT_TRAINED,
            f"object {object_id} has no adapter yet; a correction on a tracked frame trains one",
        )
    if adapter_id not in known:
        raise LitError(
            ErrorCode.ADAPTER_NOT_FOUND,
            f"object {object_id} has no adapter {adapter_id!r}; it has {', '.join(known)}",
        )
