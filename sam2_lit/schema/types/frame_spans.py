"""Ranges of frames."""

from typing import Self

import strawberry

from sam2_lit.records import frame_spans


@strawberry.type(description="Frames, the first and the last included.")
class FrameSpan:
    first: int
    last: int

    @classmethod
    def of(cls, frames: frame_spans.FrameSpan) -> Self:
        return cls(first=frames[0], last=frames[1])


@strawberry.type(description="What a change of one object's masks on a range of frames did.")
class ChangedFrames:
    object_id: int
    changed: list[FrameSpan] = strawberry.field(description="The frames whose masks were replaced or removed.")
    cleared_prompts: list[int] = strawberry.field(description="Frames whose prompts were removed.")
    kept: list[FrameSpan] = strawberry.field(description="Frames of the range that keep their masks.")

    @classmethod
    def of(cls, made: frame_spans.ChangedFrames) -> Self:
        return cls(
            object_id=made.object_id,
            changed=[FrameSpan.of(each) for each in made.changed],
            cleared_prompts=list(made.cleared_prompts),
            kept=[FrameSpan.of(each) for each in made.kept],
        )
