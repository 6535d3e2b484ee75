"""GraphQL mutations."""

from typing import Annotated

import strawberry
from strawberry.file_uploads import Upload

from sam2_lit.schema.adapter_mutations import AdapterMutations
from sam2_lit.schema.context import Info
from sam2_lit.schema.frame_span_inputs import (
    ConfirmFramesInput,
    MarkAbsentInput,
    RemoveMasksInput,
    UnconfirmFramesInput,
)
from sam2_lit.schema.history_mutations import HistoryMutations
from sam2_lit.schema.import_inputs import CancelImportInput, ImportAnnotationsInput
from sam2_lit.schema.inputs import (
    AddBoxInput,
    AddCorrectionInput,
    AddMaskInput,
    AddPointsInput,
    ApplyLoraCandidateInput,
    CancelExportInput,
    ClearPointsInFrameInput,
    ClearPointsInVideoInput,
    CloseSessionInput,
    ContinueSessionInput,
    DeleteUploadInput,
    ExportAnnotationsInput,
    NameObjectInput,
    RemoveObjectInput,
    ResetLoraInput,
    ResetSessionInput,
    SetLoraModeInput,
    StartSessionInput,
    TrainLoraInput,
    uploaded_file,
)
from sam2_lit.schema.label_mutations import LabelMutations
from sam2_lit.schema.tracking_inputs import CancelPropagateInVideoInput, PropagateToFrameInput
from sam2_lit.schema.types.exports import CancelExport, Export
from sam2_lit.schema.types.frame_spans import ChangedFrames
from sam2_lit.schema.types.imports import CancelImport, Import
from sam2_lit.schema.types.learning import Correction, LoraAdapter
from sam2_lit.schema.types.masks import RLEMaskListOnFrame
from sam2_lit.schema.types.sessions import ClearPointsInVideo, CloseSession, Session, StartSession, TrackedObject
from sam2_lit.schema.types.tracking import CancelPropagateInVideo
from sam2_lit.schema.types.videos import DeleteUpload, Video


@strawberry.type
class Mutation(LabelMutations, AdapterMutations, HistoryMutations):
    @strawberry.mutation
    async def upload_video(
        self,
        info: Info,
        file: Upload,
        start_time_sec: float | None = None,
        duration_time_sec: float | None = None,
        private: Annotated[
            bool, strawberry.argument(description="Whether only the user who uploads it may see it.")
        ] = False,
    ) -> Video:
        context = info.context
        sent = uploaded_file(file)
        video = await context.engine.upload_video(
            sent.file, sent.filename or "", start_time_sec, duration_time_sec, private
        )
        return Video.of(video, context.base_url)

    @strawberry.mutation(description="Deletes an uploaded video for good; refused while a session uses it.")
    async def delete_upload(self, info: Info, input: DeleteUploadInput) -> DeleteUpload:
        await info.context.engine.delete_upload(input.path)
        return DeleteUpload(success=True)

    @strawberry.mutation
    async def start_session(self, info: Info, input: StartSessionInput) -> StartSession:
        session = await info.context.engine.start_session(input.path, input.frame_step, input.frame_rate, input.private)
        return StartSession(session_id=session.session_id)

    @strawberry.mutation(
        description="Continues a session whose video was replaced or has grown, on the video as it is now. Masks and "
        "prompts stay on the frames at its start that are the same, and are deleted on the others."
    )
    async def continue_session(self, info: Info, input: ContinueSessionInput) -> Session:
        context = info.context
        return Session.of(await context.engine.continue_session(input.session_id), context.base_url)

    @strawberry.mutation
    async def close_session(self, info: Info, input: CloseSessionInput) -> CloseSession:
        await info.context.engine.close_session(input.session_id)
        return CloseSession(success=True)

    @strawberry.mutation
    async def add_points(self, info: Info, input: AddPointsInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.add_points(
            input.session_id,
            input.object_id,
            input.frame_index,
            input.points,
            input.labels,
            input.clear_old_points,
        )
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation
    async def add_box(self, info: Info, input: AddBoxInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.add_box(input.session_id, input.object_id, input.frame_index, input.box)
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation
    async def add_mask(self, info: Info, input: AddMaskInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.add_mask(
            input.session_id, input.object_id, input.frame_index, input.rle_mask.to_rle()
        )
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation(
        description="Adds a prompt on a frame that the tracker got wrong, "
        "then trains a LoRA adapter on it unless trainLora is false."
    )
    async def add_correction(self, info: Info, input: AddCorrectionInput) -> Correction:
        correction = await info.context.engine.add_correction(
            input.session_id,
            input.object_id,
            input.frame_index,
            points=input.points,
            labels=input.labels,
            box=input.box,
            rle=input.rle_mask.to_rle() if input.rle_mask else None,
            train_lora=input.train_lora,
        )
        return Correction.of(correction)

    @strawberry.mutation(
        description="Says that an object is not there on a range of frames, which has not its first prompt. Other "
        "prompts there are removed. Tracking keeps the frames, and goes on after them as SAM 2 does where an object is "
        "out of view. clearPointsInFrame and removeMasks undo it."
    )
    async def mark_absent(self, info: Info, input: MarkAbsentInput) -> ChangedFrames:
        changed = await info.context.engine.mark_absent(
            input.session_id, input.object_id, input.first, input.last, force=input.force
        )
        return ChangedFrames.of(changed)

    @strawberry.mutation(
        description="Removes objects' masks from a range of frames: tracked, imported or absent. Frames with prompts "
        "keep theirs: clearPointsInFrame removes those. Tracking the frames again makes masks again; markAbsent says "
        "that there are none."
    )
    async def remove_masks(self, info: Info, input: RemoveMasksInput) -> list[ChangedFrames]:
        changed = await info.context.engine.remove_masks(
            input.session_id, input.object_ids, input.first, input.last, force=input.force
        )
        return [ChangedFrames.of(each) for each in changed]

    @strawberry.mutation(
        description="Confirms the masks that objects have on ranges of frames: finished work, which tracking, "
        "corrections elsewhere, candidates, imports, markAbsent and removeMasks leave as it is, unless they are sent "
        "with force. A prompt on a confirmed frame, or its removal, changes the mask, since a person asks for that; "
        "the frame is then no longer confirmed. Frames without a mask stay without."
    )
    async def confirm_frames(self, info: Info, input: ConfirmFramesInput) -> list[TrackedObject]:
        ranges = [each.to_range() for each in input.ranges]
        confirmed = await info.context.engine.confirm_frames(input.session_id, input.object_ids, ranges)
        return [TrackedObject.of(each, input.session_id) for each in confirmed]

    @strawberry.mutation(description="Takes back confirmFrames; the masks stay.")
    async def unconfirm_frames(self, info: Info, input: UnconfirmFramesInput) -> list[TrackedObject]:
        ranges = [each.to_range() for each in input.ranges]
        confirmed = await info.context.engine.confirm_frames(
            input.session_id, input.object_ids, ranges, confirmed=False
        )
        return [TrackedObject.of(each, input.session_id) for each in confirmed]

    @strawberry.mutation(
        description="Removes an object's prompts from a frame, and that it is absent there; where it was tracked, what "
        "tracking says comes back. Returns the masks of all objects there: "
        "empty ones, with neither predictedIou nor objectScore, of those that have none."
    )
    async def clear_points_in_frame(self, info: Info, input: ClearPointsInFrameInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.clear_points_in_frame(input.session_id, input.object_id, input.frame_index)
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation
    async def clear_points_in_video(self, info: Info, input: ClearPointsInVideoInput) -> ClearPointsInVideo:
        await info.context.engine.clear_points_in_video(input.session_id)
        return ClearPointsInVideo(success=True)

    @strawberry.mutation(
        description="Removes an object. Returns the frames on which it was prompted, with the masks of all other "
        "objects there: empty ones, with neither predictedIou nor objectScore, of those that have none."
    )
    async def remove_object(self, info: Info, input: RemoveObjectInput) -> list[RLEMaskListOnFrame]:
        frames = await info.context.engine.remove_object(input.session_id, input.object_id)
        return [RLEMaskListOnFrame.of(frame) for frame in frames]

    @strawberry.mutation
    async def name_object(self, info: Info, input: NameObjectInput) -> TrackedObject:
        tracked = await info.context.engine.name_object(input.session_id, input.object_id, input.name)
        return TrackedObject.of(tracked, input.session_id)

    @strawberry.mutation(
        description="Ends the session's propagations within a frame, and calls that track first: "
        "they fail with CANCELLED."
    )
    async def cancel_propagate_in_video(self, info: Info, input: CancelPropagateInVideoInput) -> CancelPropagateInVideo:
        return CancelPropagateInVideo(success=await info.context.engine.cancel_propagation(input.session_id))

    @strawberry.mutation(
        description="Tracks, in order, every frame between the tracked ones and this one. "
        "The masks equal those of propagateInVideo."
    )
    async def propagate_to_frame(self, info: Info, input: PropagateToFrameInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.propagate_to_frame(input.session_id, input.frame_index)
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation(
        description="Trains an adapter on a corrected frame. Captures the frame's features first where they are "
        "missing or stale; fails with FEATURES_NOT_CAPTURED where that is impossible."
    )
    async def train_lora(self, info: Info, input: TrainLoraInput) -> LoraAdapter:
        adapter = await info.context.engine.train_lora(
            input.session_id,
            input.object_id,
            input.frame_index,
            input.rle_mask.to_rle() if input.rle_mask else None,
        )
        return LoraAdapter.of(adapter)

    @strawberry.mutation(description="Adds a candidate to the tracker's memory as if it had been drawn by hand.")
    async def apply_lora_candidate(self, info: Info, input: ApplyLoraCandidateInput) -> RLEMaskListOnFrame:
        frame = await info.context.engine.apply_lora_candidate(
            input.session_id, input.object_id, input.frame_index, input.adapter_id, force=input.force
        )
        return RLEMaskListOnFrame.of(frame)

    @strawberry.mutation
    async def set_lora_mode(self, info: Info, input: SetLoraModeInput) -> Session:
        context = info.context
        return Session.of(await context.engine.set_lora_mode(input.session_id, input.mode), context.base_url)

    @strawberry.mutation
    async def reset_lora(self, info: Info, input: ResetLoraInput) -> Session:
        context = info.context
        return Session.of(await context.engine.reset_lora(input.session_id, input.object_id), context.base_url)

    @strawberry.mutation(description="Starts over: deletes prompts, masks and adapters, keeps the video.")
    async def reset_session(self, info: Info, input: ResetSessionInput) -> Session:
        context = info.context
        return Session.of(await context.engine.reset_session(input.session_id), context.base_url)

    @strawberry.mutation(description="Writes the masks of a session, or of several, to a file.")
    async def export_annotations(self, info: Info, input: ExportAnnotationsInput) -> Export:
        context = info.context
        colors = input.rgb_by_object()
        sessions = [
            (await context.engine.session(session_id), await context.engine.masks(session_id, 0, None))
            for session_id in dict.fromkeys([input.session_id, *input.other_session_ids])
        ]
        report = context.engine.report_export(input.session_id)
        labels = await context.engine.labels.of_all(session.video.path for session, _ in sessions)
        export = await context.exporter.export(sessions, input.format, colors, input.selection(), report, labels)
        return Export.of(export, context.base_url)

    @strawberry.mutation(description="Ends a session's exports within a frame: exportAnnotations fails with CANCELLED.")
    async def cancel_export(self, info: Info, input: CancelExportInput) -> CancelExport:
        await info.context.engine.session(input.session_id)
        return CancelExport(success=info.context.exporter.cancel(input.session_id))

    @strawberry.mutation(
        description="Reads a file of masks and adds them to the session, all or nothing: where something does not "
        "match, nothing is changed unless ignoreMismatches is true. Ends when the request is cancelled."
    )
    async def import_annotations(self, info: Info, file: Upload, input: ImportAnnotationsInput) -> Import:
        context = info.context
        upload = uploaded_file(file)
        session = await context.engine.session(input.session_id)
        masks = await context.engine.masks(input.session_id, 0, None)
        report = context.engine.report_import(input.session_id)
        confirmed = {
            (frame_index, object_id)
            for object_id, frames in (await context.engine.object_frames(input.session_id)).items()
            for first, last in frames.confirmed
            for frame_index in range(first, last + 1)
        }
        plan = await context.importer.plan(
            session, masks, upload.file, upload.filename or "", input.options(), report, confirmed
        )
        applies = not input.dry_run and (input.ignore_mismatches or not plan.mismatches)
        if applies:
            await context.engine.import_masks(input.session_id, plan, force=input.force)
        return Import.of(plan, applies)

    @strawberry.mutation(description="Ends the reading of files for a session: importAnnotations fails with CANCELLED.")
    async def cancel_import(self, info: Info, input: CancelImportInput) -> CancelImport:
        await info.context.engine.session(input.session_id)
        return CancelImport(success=info.context.importer.cancel(input.session_id))
