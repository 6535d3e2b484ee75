"""The history of a session."""

from datetime import datetime
from typing import Self

import strawberry

from sam2_lit.records import interactions
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import BoxPrompt, PointPrompt
from sam2_lit.schema.types.frame_spans import FrameSpan
from sam2_lit.schema.types.masks import RLEMask


@strawberry.type(description="One action of the annotator, for studies of how people annotate.")
class Interaction:
    at: datetime
    kind: InteractionKind
    object_id: int | None
    frame_index: int | None
    clicks: int = strawberry.field(description="Number of points sent.")
    points: list[list[float]] | None
    labels: list[int] | None
    clear_old_points: bool | None = strawberry.field(
        description="For points: whether they replaced the frame's earlier prompts."
    )
    box: list[float] | None
    rle_mask: RLEMask | None
    adapter_id: str | None = strawberry.field(
        description="The adapter that was trained, or whose candidate was applied."
    )
    baseline_iou: float | None
    training_iou: float | None
    steps: int | None
    seconds: float | None
    skipped: str | None = strawberry.field(description="Why no adapter was trained, as an error code.")
    object_ids: list[int] | None = strawberry.field(description="The objects of a change to ranges of frames.")
    ranges: list[FrameSpan] | None = strawberry.field(description="The frames of a change to ranges of frames.")
    user: str | None = strawberry.field(description="Who did it; null where the server had no users.")

    @classmethod
    def of(cls, interaction: interactions.Interaction) -> Self:
        prompt = interaction.prompt
        return cls(
            at=interaction.at,
            kind=interaction.kind,
            object_id=interaction.object_id,
            frame_index=interaction.frame_index,
            clicks=interaction.clicks,
            points=[list(point) for point in prompt.points] if isinstance(prompt, PointPrompt) else None,
            labels=list(prompt.labels) if isinstance(prompt, PointPrompt) else None,
            clear_old_points=prompt.clear_old_points if isinstance(prompt, PointPrompt) else None,
            box=list(prompt.box) if isinstance(prompt, BoxPrompt) else None,
            rle_mask=RLEMask.of(prompt) if isinstance(prompt, RLE) else None,
            adapter_id=interaction.adapter_id,
            baseline_iou=interaction.baseline_iou,
            training_iou=interaction.training_iou,
            steps=interaction.steps,
            seconds=interaction.seconds,
            skipped=interaction.skipped,
            object_ids=None if interaction.object_ids is None else list(interaction.object_ids),
            ranges=None if interaction.ranges is None else [FrameSpan.of(each) for each in interaction.ranges],
            user=interaction.user,
        )
