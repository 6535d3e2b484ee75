"""The engine as a front has it: sessions are worked on elsewhere, everything else is answered here. Needs no torch."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, BinaryIO

from sam2_lit.cluster.messages import Answer, WorkerLost, Workers
from sam2_lit.cluster.owners import Owners
from sam2_lit.cluster.propagation_progress import PropagationProgress
from sam2_lit.cluster.session_calls import Interrupted, SessionCalls
from sam2_lit.cluster.stored_answers import StoredAnswers
from sam2_lit.engine.sessions.progress_feed import ProgressFeeds
from sam2_lit.engine.sessions.project_labels import ProjectLabels
from sam2_lit.engine.sessions.stored_adapters import StoredAdapters
from sam2_lit.engine.sessions.stored_history import StoredHistory
from sam2_lit.engine.sessions.stored_sessions import StoredSessions, new_session_id
from sam2_lit.engine.sessions.upload_removal import UploadRemoval
from sam2_lit.engine.sessions.validation import check_frame_step
from sam2_lit.engine.sessions.video_versions import VideoVersions
from sam2_lit.engine.sessions.visible_videos import VisibleVideos
from sam2_lit.errors import RETRY_SECONDS, ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.changes import RevertedChange
from sam2_lit.records.file_progress import FileProgress
from sam2_lit.records.frame_spans import ChangedFrames, FrameSpan
from sam2_lit.records.imports import ImportPlan
from sam2_lit.records.masks import RLE
from sam2_lit.records.results import (
    Candidate,
    Correction,
    FrameMasks,
    LoraMode,
    ModelInfo,
    ObjectInfo,
    PropagatedFrame,
    ResumeFrom,
    SessionInfo,
    TrackingProgress,
    TrainedAdapter,
    TrainingProgress,
)
from sam2_lit.records.tracking_scope import EVERYTHING, TrackingScope
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import VideoChange
from sam2_lit.store.store import Store

FindAnswer = Callable[[str, str], Awaitable[Answer | None]]


class RemoteHistory(StoredHistory):
    """The history of sessions: read from the store, changed by the sessions' workers."""

    def __init__(self, store: Store, calls: SessionCalls, answers: StoredAnswers) -> None:
        super().__init__(store)
        self._calls = calls
        self._answers = answers
        store.listen(self._listeners.notify_all)

    async def revert(self, session_id: str, redo: bool) -> RevertedChange | None:
        find = partial(self._answers.reverted, session_id)
        reverted: RevertedChange | None = await self._calls.call(session_id, "history.revert", redo, find=find)
        return reverted


class RemoteAdapters(StoredAdapters):
    """Adapters that carry over, of sessions that workers own."""

    def __init__(
        self,
        sessions: StoredSessions,
        store: Store,
        model: Callable[[], ModelInfo],
        calls: SessionCalls,
        answers: StoredAnswers,
    ) -> None:
        super().__init__(sessions, store, model)
        self._calls = calls
        self._answers = answers

    async def copy(self, session_id: str, object_id: int, source_session_id: str, source_object_id: int) -> ObjectInfo:
        return await self._change(session_id, "adapters.copy", object_id, source_session_id, source_object_id)

    async def add(self, session_id: str, object_id: int, archive: bytes) -> ObjectInfo:
        return await self._change(session_id, "adapters.add", object_id, archive)

    async def _change(self, session_id: str, method: str, *arguments: Any) -> ObjectInfo:
        find = partial(self._answers.object, session_id)
        changed: ObjectInfo = await self._calls.call(session_id, method, *arguments, find=find)
        return changed


class RemoteEngine(StoredSessions):
    """Implements `EngineFace`, whose methods `Engine` describes; it has as many.

    Each change has an id before it is sent: where a worker dies, the store says whether it was made. `stored_answers`
    has what it answered then.
    """

    def __init__(self, workers: Workers, library: VideoLibrary, store: Store, upload_age: float | None = None) -> None:
        """It owns all three: `close` closes them. Uploads are deleted after `upload_age` seconds; None is never."""
        super().__init__(store)
        self.library = library
        self._workers = workers
        self._upload_age = upload_age
        self._owners = Owners(workers, store)
        self._calls = SessionCalls(workers, self._owners, self.session)
        self._answers = StoredAnswers(store, self)
        self.history = RemoteHistory(store, self._calls, self._answers)
        self.adapters = RemoteAdapters(self, store, self.model, self._calls, self._answers)
        self.labels = ProjectLabels(library, store)
        self.videos = VisibleVideos(library, store)
        self._upload_removal = UploadRemoval(library, store, self.videos)
        self._versions = VideoVersions(library, store)
        self._import_feeds: ProgressFeeds[FileProgress] = ProgressFeeds()
        self._export_feeds: ProgressFeeds[FileProgress] = ProgressFeeds()
        self._owners.start()

    async def close(self) -> None:
        self._import_feeds.close_all()
        self._export_feeds.close_all()
        self.history.close_all()
        await self._owners.close()
        await self._workers.close()
        await self._versions.close()
        await asyncio.to_thread(self._store.close)
        await asyncio.to_thread(self.library.close)

    def problems(self) -> list[str]:
        return [] if self._owners.loads else ["no worker answers"]

    def model(self) -> ModelInfo:
        """Raises LitError (CAPACITY_EXCEEDED) before a worker has answered."""
        if (model := self._owners.model) is None:
            raise LitError(ErrorCode.CAPACITY_EXCEEDED, "no worker answers; try again in a few seconds", RETRY_SECONDS)
        return model

    async def tidy(self) -> None:
        if self._upload_age is not None:
            await self._upload_removal.remove_before(time.time() - self._upload_age)

    async def worker_metrics(self) -> dict[str, bytes]:
        """The metrics of every worker that answers, in Prometheus' text exposition format."""
        return await self._workers.metrics()

    # Videos and sessions

    async def upload_video(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None, private: bool = False
    ) -> Video:
        return await self.videos.add(file, filename, start_sec, duration_sec, private)

    async def delete_upload(self, path: str) -> None:
        await self._upload_removal.remove(path)

    async def start_session(
        self,
        path: str,
        frame_step: int = 1,
        frame_rate: float | None = None,
        private: bool = False,
        session_id: str | None = None,
    ) -> SessionInfo:
        check_frame_step(frame_step, frame_rate)
        # Refused here, before a worker is chosen.
        Owner.of_new(private)
        await self.videos.check(path)
        new_id = session_id or new_session_id()

        async def find(_: str) -> Answer | None:
            stored = await self._store.reading.run(self._store.session, new_id)
            return None if stored is None else Answer(stored)

        with self._upload_removal.starting(path):
            video = await self.library.opened(path)
            arguments = (path, frame_step, frame_rate, private)
            started: SessionInfo = await self._calls.start_session(new_id, video.id, arguments, find)
        return started

    async def close_session(self, session_id: str) -> None:
        async def find(_: str) -> Answer | None:
            is_there = await self._store.reading.run(self._store.has_session, session_id)
            return None if is_there else Answer()

        # One that was refused since the session moved has closed nothing.
        await self._calls.call(session_id, "close_session", find=find, find_after=(WorkerLost,))
        self._owners.forget(session_id)
        self._import_feeds.close(session_id)
        self._export_feeds.close(session_id)

    async def video_change(self, session_id: str) -> VideoChange | None:
        return await self._versions.change((await self.session(session_id)).video)

    async def continue_session(self, session_id: str) -> SessionInfo:
        continued: SessionInfo = await self._calls.call(session_id, "continue_session")
        return continued

    async def import_masks(self, session_id: str, plan: ImportPlan, *, force: bool = False) -> None:
        await self._change(session_id, "import_masks", self._answers.done, plan, force=force)

    def report_import(self, session_id: str) -> Callable[[FileProgress], None]:
        return self._import_feeds.get(session_id).publish

    def report_export(self, session_id: str) -> Callable[[FileProgress], None]:
        return self._export_feeds.get(session_id).publish

    async def import_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]:
        await self.session(session_id)
        async for progress in self._import_feeds.get(session_id).subscribe():
            yield progress

    async def export_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]:
        await self.session(session_id)
        async for progress in self._export_feeds.get(session_id).subscribe():
            yield progress

    async def reset_session(self, session_id: str) -> SessionInfo:
        session: SessionInfo = await self._change(session_id, "reset_session", self._answers.session)
        return session

    async def set_lora_mode(self, session_id: str, mode: LoraMode) -> SessionInfo:
        session: SessionInfo = await self._calls.call(session_id, "set_lora_mode", mode)
        return session

    # Prompts and objects

    async def add_points(
        self,
        session_id: str,
        object_id: int,
        frame_index: int,
        points: Sequence[Sequence[float]],
        labels: Sequence[int],
        clear_old_points: bool,
    ) -> FrameMasks:
        arguments = (object_id, frame_index, points, labels, clear_old_points)
        frame: FrameMasks = await self._change(session_id, "add_points", self._answers.frame, *arguments)
        return frame

    async def add_box(self, session_id: str, object_id: int, frame_index: int, box: Sequence[float]) -> FrameMasks:
        frame: FrameMasks = await self._change(session_id, "add_box", self._answers.frame, object_id, frame_index, box)
        return frame

    async def add_mask(self, session_id: str, object_id: int, frame_index: int, rle: RLE) -> FrameMasks:
        frame: FrameMasks = await self._change(session_id, "add_mask", self._answers.frame, object_id, frame_index, rle)
        return frame

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
    ) -> Correction:
        async def find(session_id: str, call_id: str) -> Answer | None:
            found = await self._answers.correction(session_id, call_id)
            if found is None or not train_lora or found.value.adapter or found.value.skipped:
                return found
            # The correction is stored, and its training died with the worker.
            try:
                adapter = await self.train_lora(session_id, object_id, frame_index)
            except LitError as error:
                return Answer(Correction(found.value.frame, None, error.code.value))
            return Answer(Correction(found.value.frame, adapter, None))

        options = {"points": points, "labels": labels, "box": box, "rle": rle, "train_lora": train_lora}
        correction: Correction = await self._change(
            session_id, "add_correction", find, object_id, frame_index, **options
        )
        return correction

    async def mark_absent(
        self, session_id: str, object_id: int, first: int, last: int | None = None, *, force: bool = False
    ) -> ChangedFrames:
        changed: ChangedFrames = await self._change(
            session_id, "mark_absent", self._answers.marked_absent, object_id, first, last, force=force
        )
        return changed

    async def remove_masks(
        self, session_id: str, object_ids: Sequence[int], first: int, last: int | None = None, *, force: bool = False
    ) -> list[ChangedFrames]:
        changed: list[ChangedFrames] = await self._change(
            session_id, "remove_masks", self._answers.removed_masks, object_ids, first, last, force=force
        )
        return changed

    async def confirm_frames(
        self, session_id: str, object_ids: Sequence[int], ranges: Sequence[FrameSpan], confirmed: bool = True
    ) -> list[ObjectInfo]:
        objects: list[ObjectInfo] = await self._change(
            session_id, "confirm_frames", self._answers.objects, object_ids, ranges, confirmed
        )
        return objects

    async def clear_points_in_frame(self, session_id: str, object_id: int, frame_index: int) -> FrameMasks:
        frame: FrameMasks = await self._change(
            session_id, "clear_points_in_frame", self._answers.whole_frame, object_id, frame_index
        )
        return frame

    async def clear_points_in_video(self, session_id: str) -> None:
        await self._change(session_id, "clear_points_in_video", self._answers.done)

    async def name_object(self, session_id: str, object_id: int, name: str) -> ObjectInfo:
        named: ObjectInfo = await self._calls.call(session_id, "name_object", object_id, name)
        return named

    async def label_object(
        self, session_id: str, object_id: int, label: str | None, attributes: Mapping[str, str] | None
    ) -> ObjectInfo:
        labeled: ObjectInfo = await self._calls.call(session_id, "label_object", object_id, label, attributes)
        return labeled

    async def remove_object(self, session_id: str, object_id: int) -> list[FrameMasks]:
        frames: list[FrameMasks] = await self._change(
            session_id, "remove_object", self._answers.removed_object, object_id
        )
        return frames

    # Tracking

    async def propagate(
        self, session_id: str, scope: TrackingScope = EVERYTHING, resume: ResumeFrom | None = None
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """A propagation whose worker dies, or whose session moves, goes on after the last frame that was received."""
        progress = PropagationProgress()
        start: tuple[Any, ...] = ("propagate", scope, resume)
        losses = 0
        while True:
            try:
                async with aclosing(self._calls.stream(session_id, *start)) as frames:
                    async for frame in frames:
                        progress.add(frame)
                        losses = 0
                        yield frame
                return
            except Interrupted as error:
                losses += 1
                if not await self._calls.can_continue(session_id, losses, error):
                    return
            if (reached := progress.reached) is not None:
                start = ("continue_propagation", scope, reached)

    async def cancel_propagation(self, session_id: str) -> bool:
        was_running: bool = await self._calls.call(session_id, "cancel_propagation")
        return was_running

    async def propagate_to_frame(self, session_id: str, frame_index: int) -> FrameMasks:
        frame: FrameMasks = await self._calls.call(session_id, "propagate_to_frame", frame_index)
        return frame

    async def tracking_progress(self, session_id: str) -> AsyncGenerator[TrackingProgress, None]:
        async with aclosing(self._calls.restarted(session_id, "tracking_progress")) as events:
            async for progress in events:
                yield progress

    # LIT-LoRA

    async def train_lora(
        self, session_id: str, object_id: int, frame_index: int, rle: RLE | None = None
    ) -> TrainedAdapter:
        async def find(session_id: str, call_id: str) -> Answer | None:
            found = await self._answers.trained(session_id, call_id)
            if found is None or found.value is not None:
                return found
            # It had begun, and died with the worker.
            return Answer(await self.train_lora(session_id, object_id, frame_index, rle))

        adapter: TrainedAdapter = await self._change(session_id, "train_lora", find, object_id, frame_index, rle)
        return adapter

    async def lora_candidates(self, session_id: str, object_id: int, frame_index: int) -> list[Candidate]:
        candidates: list[Candidate] = await self._calls.call(session_id, "lora_candidates", object_id, frame_index)
        return candidates

    async def apply_lora_candidate(
        self, session_id: str, object_id: int, frame_index: int, adapter_id: str, *, force: bool = False
    ) -> FrameMasks:
        arguments = (object_id, frame_index, adapter_id)
        frame: FrameMasks = await self._change(
            session_id, "apply_lora_candidate", self._answers.frame, *arguments, force=force
        )
        return frame

    async def reset_lora(self, session_id: str, object_id: int | None) -> SessionInfo:
        session: SessionInfo = await self._change(session_id, "reset_lora", self._answers.session, object_id)
        return session

    async def training_progress(self, session_id: str) -> AsyncGenerator[TrainingProgress, None]:
        async with aclosing(self._calls.restarted(session_id, "training_progress")) as events:
            async for progress in events:
                yield progress

    async def _change(self, session_id: str, method: str, find: FindAnswer, *arguments: Any, **options: Any) -> Any:
        """A call that is carried out once; `find` reads from the store whether it was."""
        return await self._calls.call(session_id, method, *arguments, find=partial(find, session_id), options=options)
