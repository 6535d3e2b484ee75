"""GraphQL types of the engine's results."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self
from urllib.parse import quote

import strawberry
from strawberry import relay

from sam2_lit.exports import export_files
from sam2_lit.media import library
from sam2_lit.records import interactions, masks, results
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.interactions import InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt
from sam2_lit.records.results import LoraMode, MaskSource, PropagationDirection
from sam2_lit.schema.context import Info

for enumeration in (InteractionKind, LoraMode, MaskSource, PropagationDirection, ExportFormat):
    strawberry.enum(enumeration)


@strawberry.type
class Video(relay.Node):
    code: relay.NodeID[str]
    path: str = strawberry.field(description="The path to give to startSession.")
    poster_path: str | None
    width: int = strawberry.field(description="Pixels, as displayed.")
    height: int = strawberry.field(description="Pixels, as displayed.")
    url: str = strawberry.field(description="The video as H.264 MP4; its i-th frame is the one with index i.")
    poster_url: str
    frame_count: int
    fps: float
    duration_sec: float
    frame_url_template: str = strawberry.field(
        description="Replace {index} by a frame index to get exactly that frame as JPEG."
    )

    @classmethod
    def of(cls, video: library.VideoEntry, base_url: str) -> Self:
        root = f"videos/{quote(video.id)}"
        return cls(
            code=video.id,
            path=video.path,
            poster_path=f"{root}/poster.jpg",
            width=video.info.width,
            height=video.info.height,
            url=f"{base_url}{root}/video.mp4",
            poster_url=f"{base_url}{root}/poster.jpg",
            frame_count=video.info.frame_count,
            fps=video.info.fps,
            duration_sec=video.info.duration_sec,
            frame_url_template=f"{base_url}{root}/frames/{{index}}.jpg",
        )

    @classmethod
    async def resolve_nodes(cls, *, info: Info, node_ids: Iterable[str], required: bool = False) -> list[Self]:
        context = info.context
        found = [await context.read(context.engine.library.by_id, node_id) for node_id in node_ids]
        return [cls.of(video, context.base_url) for video in found]


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
        description="The model's estimate of the mask's IoU, 0 to 1; null where the mask was drawn by hand."
    )
    object_score: float | None = strawberry.field(
        description="Logit that the object is in view; null where the mask was drawn by hand."
    )
    source: MaskSource

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


@strawberry.type
class LoraAdapter:
    adapter_id: str
    object_id: int
    rank: int
    frame_indices: list[int] = strawberry.field(
        description="Frames of the corrections that it was trained on, oldest first."
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
class PropagationFrame:
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
            frame_index=frame.frame_index,
            rle_mask_list=[RLEMaskForObject.of(mask) for mask in frame.masks],
            completed=frame.completed,
            total=frame.total,
            revision=frame.revision,
            suggestions=[LoraCandidate.of(candidate) for candidate in frame.suggestions],
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
        )


@strawberry.type
class TrackedObject:
    object_id: int
    name: str | None
    prompted_frames: list[int]
    adapters: list[LoraAdapter]

    @classmethod
    def of(cls, tracked: results.ObjectInfo) -> Self:
        return cls(
            object_id=tracked.object_id,
            name=tracked.name,
            prompted_frames=list(tracked.prompted_frames),
            adapters=[LoraAdapter.of(adapter) for adapter in tracked.adapters],
        )


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
            rle_mask=RLEMask.of(masks.encode(prompt.mask)) if isinstance(prompt, MaskPrompt) else None,
            adapter_id=interaction.adapter_id,
            baseline_iou=interaction.baseline_iou,
            training_iou=interaction.training_iou,
            steps=interaction.steps,
            seconds=interaction.seconds,
            skipped=interaction.skipped,
        )


@strawberry.type
class Session:
    session_id: str
    video: Video
    lora_mode: LoraMode
    objects: list[TrackedObject]
    tracked_frame_count: int = strawberry.field(description="Frames that have a mask.")
    created_at: datetime

    @strawberry.field(description="The masks that the session holds, tracked or drawn. Computes nothing.")
    async def masks(
        self,
        info: Info,
        start_frame_index: int = 0,
        end_frame_index: Annotated[
            int | None, strawberry.argument(description="The last frame, included; null is the video's last.")
        ] = None,
    ) -> list[RLEMaskListOnFrame]:
        frames = await info.context.engine.masks(self.session_id, start_frame_index, end_frame_index)
        return [RLEMaskListOnFrame.of(frame) for frame in frames]

    @strawberry.field(description="Every prompt, correction, training and removal, in order.")
    async def interactions(self, info: Info) -> list[Interaction]:
        return [Interaction.of(each) for each in await info.context.engine.interactions(self.session_id)]

    @classmethod
    def of(cls, session: results.SessionInfo, base_url: str) -> Self:
        return cls(
            session_id=session.session_id,
            video=Video.of(session.video, base_url),
            lora_mode=session.lora_mode,
            objects=[TrackedObject.of(tracked) for tracked in session.objects],
            tracked_frame_count=session.tracked_frame_count,
            created_at=session.created_at,
        )


@strawberry.type
class Export:
    url: str = strawberry.field(description="Where to download the file, for at least a day.")
    filename: str
    media_type: str
    byte_size: int

    @classmethod
    def of(cls, export: export_files.Export, base_url: str) -> Self:
        return cls(
            url=f"{base_url}exports/{export.id}",
            filename=export.file.name,
            media_type=export.media_type,
            byte_size=export.byte_size,
        )


@strawberry.type
class Model:
    name: str
    device: str
    image_size: int = strawberry.field(description="Side, in pixels, of the square that frames are resized to.")
    parameter_count: int
    checkpoint: str
    lora_targets: list[str] = strawberry.field(description="The projections that adapters are trained on.")

    @classmethod
    def of(cls, model: results.ModelInfo) -> Self:
        return cls(
            name=model.name,
            device=model.device,
            image_size=model.image_size,
            parameter_count=model.parameter_count,
            checkpoint=model.checkpoint,
            lora_targets=list(model.lora_targets),
        )


@strawberry.type
class StartSession:
    session_id: str


@strawberry.type
class CloseSession:
    success: bool


@strawberry.type
class ClearPointsInVideo:
    success: bool


@strawberry.type
class CancelPropagateInVideo:
    success: bool
