"""Frames of a propagation."""

from typing import Self

import strawberry

from sam2_lit.records import results
from sam2_lit.schema.types.learning import LoraCandidate
from sam2_lit.schema.types.masks import RLEMaskForObject


@strawberry.type
class PropagationFrame:
    propagation_id: str = strawberry.field(description="The propagation, for resuming it.")
    sequence: int = strawberry.field(
        description="The number of the event in its propagation, from 0. After a broken connection, "
        "fromSequence continues with the next one."
    )
    frame_index: int
    rle_mask_list: list[RLEMaskForObject]
    completed: int = strawberry.field(description="Frames tracked so far in this subscription.")
    total: int = strawberry.field(description="Frames that this subscription tracks in all.")
    revision: int = strawberry.field(
        description="Rises by one each time a correction made during the stream sends it back: "
        "the frames after the corrected one are sent again."
    )
    suggestions: list[LoraCandidate] = strawberry.field(
        description="In SUGGEST mode, adapters' masks that look better than the tracker's."
    )

    @classmethod
    def of(cls, frame: results.PropagatedFrame) -> Self:
        return cls(
            propagation_id=frame.propagation_id,
            sequence=frame.sequence,
            frame_index=frame.frame_index,
            rle_mask_list=[RLEMaskForObject.of(mask) for mask in frame.masks],
            completed=frame.completed,
            total=frame.total,
            revision=frame.revision,
            suggestions=[LoraCandidate.of(candidate) for candidate in frame.suggestions],
        )


@strawberry.type
class CancelPropagateInVideo:
    success: bool = strawberry.field(description="Whether there was anything to end.")


@strawberry.type(description="One frame tracked on the way to something.")
class TrackingProgress:
    purpose: results.TrackingPurpose
    frame_index: int
    completed: int = strawberry.field(description="Frames that the call has tracked so far, this one included.")
    total: int = strawberry.field(
        description="`completed` and the frames known to follow; "
        "it rises where a changed prompt makes tracked frames stale."
    )

    @classmethod
    def of(cls, progress: results.TrackingProgress) -> Self:
        return cls(
            purpose=progress.purpose,
            frame_index=progress.frame_index,
            completed=progress.completed,
            total=progress.total,
        )
