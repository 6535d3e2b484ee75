"""What clients' requests reach of the engine, whether it runs in this process or elsewhere: plain data only."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary, VideoPage
from sam2_lit.records.adapters import AdapterSource
from sam2_lit.records.changes import Change, RevertedChange, SessionEvent
from sam2_lit.records.file_progress import FileProgress
from sam2_lit.records.frame_spans import ChangedFrames, FrameSpan
from sam2_lit.records.imports import ImportPlan
from sam2_lit.records.interactions import Interaction
from sam2_lit.records.labels import Label, LabelDraft
from sam2_lit.records.masks import RLE
from sam2_lit.records.pages import Page, PageRequest
from sam2_lit.records.results import (
    Candidate,
    Correction,
    FrameMasks,
    LoraMode,
    ModelInfo,
    ObjectFrames,
    ObjectInfo,
    PropagatedFrame,
    ResumeFrom,
    SessionInfo,
    TrackingProgress,
    TrainedAdapter,
    TrainingProgress,
)
from sam2_lit.records.tracking_scope import EVERYTHING, TrackingScope
from sam2_lit.records.videos import VideoChange


class HistoryFace(Protocol):
    """The history of sessions."""

    async def revert(self, session_id: str, redo: bool) -> RevertedChange | None: ...

    async def page(self, session_id: str, request: PageRequest) -> Page[Change]: ...

    async def last_event(self, session_id: str) -> int: ...

    def events(self, session_id: str, after: int | None) -> AsyncGenerator[SessionEvent, None]: ...


class LabelsFace(Protocol):
    """The label classes of projects."""

    async def of(self, path: str) -> tuple[Label, ...]: ...

    async def of_all(self, paths: Iterable[str]) -> tuple[Label, ...]: ...

    async def set(self, path: str, drafts: Sequence[LabelDraft] | None) -> None: ...


class AdaptersFace(Protocol):
    """Adapters that carry over to other objects."""

    async def sources(self, session_id: str, object_id: int) -> list[AdapterSource]: ...

    async def archive_writer(
        self, session_id: str, object_ids: Sequence[int] | None
    ) -> Callable[[Path], list[str]]: ...

    async def copy(
        self, session_id: str, object_id: int, source_session_id: str, source_object_id: int
    ) -> ObjectInfo: ...

    async def add(self, session_id: str, object_id: int, archive: bytes) -> ObjectInfo: ...


class VideosFace(Protocol):
    """The library as the current user sees it."""

    async def page(
        self, search: str, after: str | None, before: str | None, first: int | None, last: int | None
    ) -> VideoPage: ...

    async def default(self) -> Video: ...

    async def by_id(self, video_id: str) -> Video: ...


class EngineFace(Protocol):
    """One method for each thing that a client may ask. `Engine` says what each does and raises.

    The schema and the routes know the engine by this alone, so that what they call may be in another process.
    """

    @property
    def library(self) -> VideoLibrary: ...

    @property
    def videos(self) -> VideosFace: ...

    @property
    def history(self) -> HistoryFace: ...

    @property
    def labels(self) -> LabelsFace: ...

    @property
    def adapters(self) -> AdaptersFace: ...

    def model(self) -> ModelInfo: ...

    def problems(self) -> list[str]:
        """Why calls fail at present, in words; empty where they do not."""

    async def tidy(self) -> None: ...

    async def close(self) -> None: ...

    # Videos and sessions

    async def upload_video(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None, private: bool = False
    ) -> Video: ...

    async def delete_upload(self, path: str) -> None: ...

    async def start_session(
        self,
        path: str,
        frame_step: int = 1,
        frame_rate: float | None = None,
        private: bool = False,
        session_id: str | None = None,
    ) -> SessionInfo: ...

    async def close_session(self, session_id: str) -> None: ...

    async def video_change(self, session_id: str) -> VideoChange | None: ...

    async def continue_session(self, session_id: str) -> SessionInfo: ...

    async def sessions(self, user: str | None = None) -> list[SessionInfo]: ...

    async def session_page(self, request: PageRequest, user: str | None = None) -> Page[SessionInfo]: ...

    async def session(self, session_id: str) -> SessionInfo: ...

    async def masks(self, session_id: str, first: int, last: int | None) -> list[FrameMasks]: ...

    async def interactions(self, session_id: str) -> list[Interaction]: ...

    async def interaction_page(self, session_id: str, request: PageRequest) -> Page[Interaction]: ...

    async def object_frames(self, session_id: str) -> dict[int, ObjectFrames]: ...

    async def import_masks(self, session_id: str, plan: ImportPlan, *, force: bool = False) -> None: ...

    def report_import(self, session_id: str) -> Callable[[FileProgress], None]: ...

    def report_export(self, session_id: str) -> Callable[[FileProgress], None]: ...

    def import_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]: ...

    def export_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]: ...

    async def reset_session(self, session_id: str) -> SessionInfo: ...

    async def set_lora_mode(self, session_id: str, mode: LoraMode) -> SessionInfo: ...

    # Prompts and objects

    async def add_points(
        self,
        session_id: str,
        object_id: int,
        frame_index: int,
        points: Sequence[Sequence[float]],
        labels: Sequence[int],
        clear_old_points: bool,
    ) -> FrameMasks: ...

    async def add_box(self, session_id: str, object_id: int, frame_index: int, box: Sequence[float]) -> FrameMasks: ...

    async def add_mask(self, session_id: str, object_id: int, frame_index: int, rle: RLE) -> FrameMasks: ...

    async def add_correction(
        self,
        session_id: str,
        object_id: int,
        frame_index: int,
        *,
        points: Sequence[Sequence[float]] | None = None,
        labels: Sequence[int] | None = None,
        box: Sequence[float] | None = None,
        rle: RLE | None = None,
        train_lora: bool = True,
    ) -> Correction: ...

    async def mark_absent(
        self, session_id: str, object_id: int, first: int, last: int | None = None, *, force: bool = False
    ) -> ChangedFrames: ...

    async def remove_masks(
        self, session_id: str, object_ids: Sequence[int], first: int, last: int | None = None, *, force: bool = False
    ) -> list[ChangedFrames]: ...

    async def confirm_frames(
        self, session_id: str, object_ids: Sequence[int], ranges: Sequence[FrameSpan], confirmed: bool = True
    ) -> list[ObjectInfo]: ...

    async def clear_points_in_frame(self, session_id: str, object_id: int, frame_index: int) -> FrameMasks: ...

    async def clear_points_in_video(self, session_id: str) -> None: ...

    async def name_object(self, session_id: str, object_id: int, name: str) -> ObjectInfo: ...

    async def label_object(
        self, session_id: str, object_id: int, label: str | None, attributes: Mapping[str, str] | None
    ) -> ObjectInfo: ...

    async def remove_object(self, session_id: str, object_id: int) -> list[FrameMasks]: ...

    # Tracking

    def propagate(
        self, session_id: str, scope: TrackingScope = EVERYTHING, resume: ResumeFrom | None = None
    ) -> AsyncGenerator[PropagatedFrame, None]: ...

    async def cancel_propagation(self, session_id: str) -> bool: ...

    async def propagate_to_frame(self, session_id: str, frame_index: int) -> FrameMasks: ...

    def tracking_progress(self, session_id: str) -> AsyncGenerator[TrackingProgress, None]: ...

    # LIT-LoRA

    async def train_lora(
        self, session_id: str, object_id: int, frame_index: int, rle: RLE | None = None
    ) -> TrainedAdapter: ...

    async def lora_candidates(self, session_id: str, object_id: int, frame_index: int) -> list[Candidate]: ...

    async def apply_lora_candidate(
        self, session_id: str, object_id: int, frame_index: int, adapter_id: str, *, force: bool = False
    ) -> FrameMasks: ...

    async def reset_lora(self, session_id: str, object_id: int | None) -> SessionInfo: ...

    def training_progress(self, session_id: str) -> AsyncGenerator[TrainingProgress, None]: ...
