"""Adapters, what they propose, and their training."""

from datetime import datetime
from typing import Self

import strawberry

from sam2_lit.records import adapters as records
from sam2_lit.records import results
from sam2_lit.schema.types.masks import RLEMask, RLEMaskListOnFrame


@strawberry.type
class LoraAdapter:
    adapter_id: str
    object_id: int
    rank: int
    frame_indices: list[int] = strawberry.field(
        description="Frames of the corrections that it was trained on, oldest first. None for one that was copied or "
        "imported, until it is trained on."
    )
    baseline_iou: float = strawberry.field(description="IoU on the corrected frame before training.")
    training_iou: float = strawberry.field(description="IoU on the corrected frame after training.")
    steps: int
    seconds: float
    created_at: datetime

    @classmethod
    def of(cls, trained: results.TrainedAdapter) -> Self:
        record = trained.record
        return cls(
            adapter_id=record.adapter_id,
            object_id=trained.object_id,
            rank=record.rank,
            frame_indices=list(record.frame_indices),
            baseline_iou=record.baseline_iou,
            training_iou=record.training_iou,
            steps=record.steps,
            seconds=record.seconds,
            created_at=record.created_at,
        )


@strawberry.type(description="An object of another session whose adapters may be copied (copyAdapters).")
class AdapterSource:
    session_id: str
    video_path: str
    object_id: int
    name: str | None
    adapters: list[LoraAdapter] = strawberry.field(description="Oldest first.")

    @classmethod
    def of(cls, source: records.AdapterSource) -> Self:
        return cls(
            session_id=source.session_id,
            video_path=source.video_path,
            object_id=source.object_id,
            name=source.name,
            adapters=[LoraAdapter.of(results.TrainedAdapter(source.object_id, each)) for each in source.adapters],
        )


@strawberry.type(description="A mask that an adapter proposes.")
class LoraCandidate:
    adapter_id: str
    object_id: int
    frame_index: int
    rle_mask: RLEMask
    predicted_iou: float
    object_score: float
    agreement: float = strawberry.field(
        description="IoU with the mask that the session holds for the frame; 0 where it holds none."
    )

    @classmethod
    def of(cls, candidate: results.Candidate) -> Self:
        return cls(
            adapter_id=candidate.adapter_id,
            object_id=candidate.object_id,
            frame_index=candidate.frame_index,
            rle_mask=RLEMask.of(candidate.rle),
            predicted_iou=candidate.predicted_iou,
            object_score=candidate.object_score,
            agreement=candidate.agreement,
        )


@strawberry.type
class Correction:
    frame: RLEMaskListOnFrame
    adapter: LoraAdapter | None = strawberry.field(
        description="The adapter that was trained on this correction; "
        "null where training was not requested or not possible."
    )
    skipped: str | None = strawberry.field(
        description="Why no adapter was trained, as an error code. The correction itself is stored."
    )

    @classmethod
    def of(cls, correction: results.Correction) -> Self:
        return cls(
            frame=RLEMaskListOnFrame.of(correction.frame),
            adapter=LoraAdapter.of(correction.adapter) if correction.adapter else None,
            skipped=correction.skipped,
        )


@strawberry.type
class LoraTrainingProgress:
    object_id: int
    frame_index: int
    step: int
    steps: int = strawberry.field(description="The most steps that the training will take.")
    loss: float
    iou: float
    adapter: LoraAdapter | None = strawberry.field(description="The trained adapter; only in the last event.")
    background: bool = strawberry.field(
        description="Whether the training has been answered and continues while the device is idle. It has a last "
        "event of its own where the adapter has become better."
    )

    @classmethod
    def of(cls, progress: results.TrainingProgress) -> Self:
        return cls(
            object_id=progress.object_id,
            frame_index=progress.frame_index,
            step=progress.step,
            steps=progress.steps,
            loss=progress.loss,
            iou=progress.iou,
            adapter=LoraAdapter.of(progress.adapter) if progress.adapter else None,
            background=progress.background,
        )
