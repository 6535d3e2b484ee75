"""Masks, of one object and of every object of a frame."""

from typing import Self

import strawberry

from sam2_lit.records import results
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import MaskSource


@strawberry.type(description="A mask in COCO's run-length encoding.")
class RLEMask:
    size: list[int] = strawberry.field(description="[height, width] in pixels.")
    counts: str = strawberry.field(description="COCO's compressed string.")
    order: str = strawberry.field(description="Always F: pixels are counted column by column.")

    @classmethod
    def of(cls, rle: RLE) -> Self:
        return cls(size=list(rle.size), counts=rle.counts, order="F")


@strawberry.type
class RLEMaskForObject:
    object_id: int
    rle_mask: RLEMask
    predicted_iou: float | None = strawberry.field(
        description="The model's estimate of the mask's IoU, 0 to 1; null where the mask was drawn by hand or is none."
    )
    object_score: float | None = strawberry.field(
        description="Logit that the object is in view; null where the mask was drawn by hand or is none."
    )
    source: MaskSource = strawberry.field(
        description="ABSENT: a person said that the object is not there. The mask is empty, and tracking keeps it."
    )

    @classmethod
    def of(cls, mask: results.Mask) -> Self:
        return cls(
            object_id=mask.object_id,
            rle_mask=RLEMask.of(mask.rle),
            predicted_iou=mask.predicted_iou,
            object_score=mask.object_score,
            source=mask.source,
        )


@strawberry.type
class RLEMaskListOnFrame:
    frame_index: int
    rle_mask_list: list[RLEMaskForObject]

    @classmethod
    def of(cls, frame: results.FrameMasks) -> Self:
        return cls(
            frame_index=frame.frame_index,
            rle_mask_list=[RLEMaskForObject.of(mask) for mask in frame.masks],
        )
