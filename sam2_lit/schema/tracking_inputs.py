"""GraphQL inputs of tracking."""

import re

import strawberry

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.results import PropagationDirection, ResumeFrom
from sam2_lit.records.tracking_scope import TrackingScope


@strawberry.input(
    description="Masks that are prompts, absent or confirmed are kept, and so is everything of objects and frames that "
    "are not named."
)
class PropagateInVideoInput:
    session_id: str
    start_frame_index: int | None = strawberry.field(
        default=None,
        description="Null: each object outward from its own first prompt. With a start, an object that objectIds does "
        "not name and that has no prompt on it is only tracked where it has no current mask.",
    )
    direction: PropagationDirection = PropagationDirection.BOTH
    max_frames: int | None = strawberry.field(
        default=None, description="At most this many frames after the first, in each direction."
    )
    last_frame_index: int | None = strawberry.field(
        default=None,
        description="The other end of a range: only frames from the start to this one, included, are tracked. "
        "Null: to the ends of the video.",
    )
    object_ids: list[int] | None = strawberry.field(
        default=None, description="The objects that are tracked. Null: every object that has a prompt."
    )
    force: bool = strawberry.field(
        default=False, description="Tracks also over masks that were confirmed; they are then no longer confirmed."
    )
    skip_current: bool = strawberry.field(
        default=False,
        description="Tracks an object only where it has no current mask: none yet, or a stale one; without a start, "
        "outward from its earliest prompt. Frames on which nothing is left to track are not sent.",
    )
    from_sequence: int | None = strawberry.field(
        default=None,
        description="Resumes a propagation of the same arguments at this event, the one after the last received.",
    )
    propagation_id: str | None = strawberry.field(
        default=None, description="The propagation to resume at fromSequence; the latest one where it is not given."
    )

    def scope(self) -> TrackingScope:
        object_ids = None if self.object_ids is None else frozenset(self.object_ids)
        return TrackingScope(
            self.start_frame_index,
            self.direction,
            self.max_frames,
            self.last_frame_index,
            object_ids,
            self.force,
            self.skip_current,
        )

    def resume_from(self, last_event_id: str | None) -> ResumeFrom | None:
        """Where to resume: as the input says, or else after an event by its id, `propagationId:sequence`.

        Raises LitError: BAD_REQUEST, or SEQUENCE_NOT_FOUND for what is no id of an event.
        """
        if self.from_sequence is not None:
            return ResumeFrom(self.from_sequence, self.propagation_id)
        if self.propagation_id is not None:
            raise LitError(ErrorCode.BAD_REQUEST, "propagationId is of use with fromSequence only; send both")
        if not last_event_id:
            return None
        propagation_id, _, sequence = last_event_id.rpartition(":")
        if not propagation_id or re.fullmatch("[0-9]{1,9}", sequence) is None:
            raise LitError(
                ErrorCode.SEQUENCE_NOT_FOUND,
                f"Last-Event-ID is {last_event_id[:100]!r}, which is no id of an event of a propagation",
            )
        return ResumeFrom(int(sequence) + 1, propagation_id)


@strawberry.input
class CancelPropagateInVideoInput:
    session_id: str


@strawberry.input
class PropagateToFrameInput:
    session_id: str
    frame_index: int
