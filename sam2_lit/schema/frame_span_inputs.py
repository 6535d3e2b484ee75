"""GraphQL inputs that concern ranges of frames."""

import strawberry

from sam2_lit.records.frame_spans import FrameSpan


@strawberry.input
class MarkAbsentInput:
    session_id: str
    object_id: int
    first: int
    last: int | None = strawberry.field(default=None, description="Included; null: the video's last.")
    force: bool = strawberry.field(default=False, description="Replaces masks that were confirmed, too.")


@strawberry.input
class RemoveMasksInput:
    session_id: str
    object_ids: list[int]
    first: int
    last: int | None = strawberry.field(default=None, description="Included; null: the video's last.")
    force: bool = strawberry.field(default=False, description="Replaces masks that were confirmed, too.")


@strawberry.input(description="Frames, the first and the last included.")
class FrameSpanInput:
    first: int
    last: int

    def to_range(self) -> FrameSpan:
        return self.first, self.last


@strawberry.input
class ConfirmFramesInput:
    session_id: str
    object_ids: list[int]
    ranges: list[FrameSpanInput]


@strawberry.input
class UnconfirmFramesInput:
    session_id: str
    object_ids: list[int]
    ranges: list[FrameSpanInput]
