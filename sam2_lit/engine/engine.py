"""The engine: what a client may ask, in plain data."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO, TypeVar

from sam2_lit.engine.device.steps import Steps
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.observer import EngineCounts, EngineLoad, EngineObserver, NoObserver
from sam2_lit.engine.sessions.absence_steps import mark_absent, remove_masks
from sam2_lit.engine.sessions.adapter_library import AdapterLibrary
from sam2_lit.engine.sessions.candidate_steps import apply_candidate, list_candidates
from sam2_lit.engine.sessions.change_history import ChangeHistory
from sam2_lit.engine.sessions.confirmation_steps import confirm_frames
from sam2_lit.engine.sessions.import_steps import described_by, import_masks
from sam2_lit.engine.sessions.pooled_session import PooledSession
from sam2_lit.engine.sessions.progress_feed import ProgressFeeds
from sam2_lit.engine.sessions.project_labels import ProjectLabels
from sam2_lit.engine.sessions.prompt_steps import clear_frame, clear_video, prompt_frame
from sam2_lit.engine.sessions.propagation import masks_tracked_to
from sam2_lit.engine.sessions.propagations import Propagations
from sam2_lit.engine.sessions.resumable_propagation import PropagationArguments
from sam2_lit.engine.sessions.session_loader import SessionLoader
from sam2_lit.engine.sessions.session_pool import SessionPool
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.session_steps import (
    label_object,
    name_object,
    remove_object,
    reset_session,
    set_lora_mode,
)
from sam2_lit.engine.sessions.stored_sessions import StoredSessions, new_session_id
from sam2_lit.engine.sessions.tracking_first import TrackingFirst
from sam2_lit.engine.sessions.training_commands import TrainingCommands
from sam2_lit.engine.sessions.training_steps import reset_adapters
from sam2_lit.engine.sessions.uninterrupted import uninterrupted
from sam2_lit.engine.sessions.upload_removal import UploadRemoval
from sam2_lit.engine.sessions.validation import (
    check_frame_of,
    check_frame_step,
    check_known,
    check_prompt,
    check_prompted,
    check_scope,
    frame_step_for,
    session_not_found,
)
from sam2_lit.engine.sessions.visible_videos import VisibleVideos
from sam2_lit.engine.video_tracker import TrackingDevice
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.changes import ChangeScope
from sam2_lit.records.file_progress import FileProgress
from sam2_lit.records.frame_spans import ChangedFrames, FrameSpan
from sam2_lit.records.imports import ImportPlan
from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import (
    BoxPrompt,
    MaskPrompt,
    PointPrompt,
    Prompt,
    box_prompt,
    correction_prompt,
    mask_prompt,
    point_prompt,
)
from sam2_lit.records.reached import Reached
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
    TrackingPurpose,
    TrainedAdapter,
    TrainingProgress,
)
from sam2_lit.records.tracking_scope import EVERYTHING, TrackingScope
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import VideoChange
from sam2_lit.store.store import Store
from sam2_lit.thread_pool import ThreadPool

R = TypeVar("R")

logger = logging.getLogger("sam2_lit.engine")


class Engine(StoredSessions):
    """Sessions over one model on one device; implements `EngineFace`.

    It has one public method for each thing that a client may ask, which is why there are more than 20; what they do is
    in `sessions`.

    Every method raises `LitError` where the caller can correct the call, with the session as it was before: any of them
    SESSION_NOT_FOUND, and FRAME_OUT_OF_RANGE or OBJECT_NOT_FOUND where it takes a frame or an object. Points and boxes
    are relative to the frame, 0 to 1, x before y. Frames count from 0.
    """

    def __init__(
        self,
        device: TrackingDevice,
        library: VideoLibrary,
        store: Store,
        settings: EngineSettings,
        observer: EngineObserver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The engine owns `device` and `store`: `close` closes them. `clock` measures how long sessions are idle."""
        super().__init__(store)
        self.device = device
        self.library = library
        self.running_calls: set[asyncio.Task[Any]] = set()
        self._settings = settings
        self._loader = SessionLoader(device, library, store, settings)
        self.pool = SessionPool(
            settings,
            self._loader.info,
            self._loader.load,
            self._loader.release,
            clock,
            self._loader.check_video,
            store.user_slots,
        )
        self._tracking_first = TrackingFirst(self.pool)
        self._propagations = Propagations(settings, clock)
        self.videos = VisibleVideos(library, store)
        self._upload_removal = UploadRemoval(library, store, self.videos)
        self.labels = ProjectLabels(library, store)
        self._feeds: ProgressFeeds[TrainingProgress] = ProgressFeeds()
        self._import_feeds: ProgressFeeds[FileProgress] = ProgressFeeds()
        self._export_feeds: ProgressFeeds[FileProgress] = ProgressFeeds()
        self.history = ChangeHistory(self.pool, store, self._propagations)
        self.adapters = AdapterLibrary(self.pool, self, store, self.model)
        self._training = TrainingCommands(self._feeds, observer or NoObserver())
        self._decoding = ThreadPool("decoding", 2, max_waiting=64)

    async def close(self) -> None:
        """Ends all work, the device's thread and the store; every session stays in the store."""
        self._feeds.close_all()
        self._import_feeds.close_all()
        self._export_feeds.close_all()
        self._tracking_first.close_all()
        self.history.close_all()
        await self.pool.close()
        await self._loader.close()
        await asyncio.to_thread(self.device.close)
        await self._training.idle_learning.close()
        await asyncio.to_thread(self._store.close)
        await asyncio.to_thread(self.library.close)
        self._decoding.close()

    def problems(self) -> list[str]:
        """Which threads have died, in words: nothing works again until the server is restarted."""
        return [death.message for death in (self.device.worker.death, self._store.death) if death is not None]

    @uninterrupted
    async def tidy(self) -> None:
        """Releases sessions that were idle for long, and deletes uploads that have expired."""
        self._propagations.forget_old()
        await self.pool.release_idle()
        if self._settings.upload_age is not None:
            await self._upload_removal.remove_before(time.time() - self._settings.upload_age)

    def model(self) -> ModelInfo:
        return self.device.model

    def counts(self) -> EngineCounts:
        """What the engine holds and does now; may be called from any thread."""
        return EngineCounts(
            frames_tracked=self.pool.frames_tracked,
            queue_lengths=self.device.worker.queue_lengths(),
            sessions_in_memory=len(self.pool),
            sessions_stored=self._store.session_count(),
            propagations=self.pool.propagations,
            caches=self.device.cache_use(),
        )

    def load(self) -> EngineLoad:
        """How busy the engine is."""
        settings = self._settings
        sharing = 1 if settings.shares_budgets else settings.max_sessions
        budget = settings.embedding_budget + sharing * (settings.feature_budget + settings.memory_budget)
        return EngineLoad(
            free_bytes=budget - sum(use.nbytes for use in self.device.cache_use().values()),
            sessions=len(self.pool),
            sessions_in_use=self.pool.sessions_in_use,
            max_sessions=settings.max_sessions,
            propagations=self.pool.propagations,
            max_propagations=settings.max_propagations,
            videos=self._loader.open_videos(),
        )

    # ---- videos and sessions -----------------------------------------------------------------------------------------

    async def upload_video(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None, private: bool = False
    ) -> Video:
        """Adds a video, from `start_sec` for `duration_sec`, which only the current user may see where it is `private`.

        Raises UNSUPPORTED_MEDIA, UPLOAD_TOO_LARGE, or BAD_REQUEST for `private` without users.
        """
        return await self.videos.add(file, filename, start_sec, duration_sec, private)

    @uninterrupted
    async def delete_upload(self, path: str) -> None:
        """Deletes an uploaded video. Raises VIDEO_NOT_FOUND, or CAPACITY_EXCEEDED where a session uses it."""
        await self._upload_removal.remove(path)

    @uninterrupted
    async def start_session(
        self,
        path: str,
        frame_step: int = 1,
        frame_rate: float | None = None,
        private: bool = False,
        session_id: str | None = None,
    ) -> SessionInfo:
        """Opens a video, to work on every `frame_step`-th frame, from 0, or on about `frame_rate` frames a second.

        Only the current user may see the session where it is `private`, or the video is a private upload. Without an
        id, the session gets one. Raises VIDEO_NOT_FOUND, UNSUPPORTED_MEDIA, CAPACITY_EXCEEDED, or BAD_REQUEST for the
        frame step or rate, and for `private` without users.
        """
        check_frame_step(frame_step, frame_rate)
        owner = Owner.of_new(private)
        await self.videos.check(path)
        with self._upload_removal.starting(path):
            video = await self.library.opened(path)
            step = frame_step if frame_rate is None else frame_step_for(frame_rate, video.info.fps)
            new_id = session_id or new_session_id()
            state = await self.pool.add(lambda: self._loader.start(new_id, video, step, owner))
        logger.info("session %s opened %s", state.session_id, video.path)
        return await self.session(state.session_id)

    @uninterrupted
    async def close_session(self, session_id: str) -> None:
        """Ends a session for good: its streams end, its memory is freed, the store deletes it."""
        await self.session(session_id)
        with self._loader.closing(session_id):
            await self.pool.remove(session_id, session_not_found(session_id))
            await asyncio.to_thread(self.device.discard_session, session_id)
            if not await self._store.remove_session(session_id):
                raise session_not_found(session_id)
            self._feeds.close(session_id)
            self._import_feeds.close(session_id)
            self._export_feeds.close(session_id)
            self._tracking_first.close(session_id)
            self.history.close(session_id)
            self._propagations.forget(session_id)

    async def video_change(self, session_id: str) -> VideoChange | None:
        """How the file of a session's video has changed since the session was started; None where it has not."""
        return await self._loader.video_change(session_id)

    @uninterrupted
    async def continue_session(self, session_id: str) -> SessionInfo:
        """Continues a session whose video has changed, on the video as it is now.

        Masks and prompts stay on the frames at the start that are the same. Raises VIDEO_NOT_FOUND where none is.
        """
        await self.session(session_id)
        await self.pool.evict(session_id)
        await self._loader.continue_on_new_version(session_id)
        return await self.session(session_id)

    async def session(self, session_id: str) -> SessionInfo:
        return await self._loader.info(session_id)

    @uninterrupted
    async def import_masks(self, session_id: str, plan: ImportPlan, *, force: bool = False) -> None:
        """Imports what a plan has, all or nothing. Objects that have a name, a label or attributes keep them.

        Masks that were confirmed are kept, unless `force`.

        Raises INVALID_PROMPT for a name, and CAPACITY_EXCEEDED.
        """
        interaction = _interaction(InteractionKind.IMPORT)
        # Since the plan was made, a prompt or a confirmation for which a mask was kept may be gone.
        found = (*plan.masks, *plan.kept)
        async with self.pool.change(session_id) as session:
            # Within the lock, so that an object is not named or removed meanwhile.
            known = {each.object_id: each for each in (await self.session(session_id)).objects}
            described = [described_by(each, known.get(each.object_id)) for each in plan.objects]
            await session.commit(import_masks(session.state, described, found, force, interaction))

    def report_import(self, session_id: str) -> Callable[[FileProgress], None]:
        """What to call, on any thread, with the progress of a file that is read for a session."""
        return self._import_feeds.get(session_id).publish

    def report_export(self, session_id: str) -> Callable[[FileProgress], None]:
        """What to call, on any thread, with the progress of a file that is written for a session."""
        return self._export_feeds.get(session_id).publish

    async def import_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]:
        """The progress of files that are read for a session from now on, until the session is closed."""
        await self.session(session_id)
        async for progress in self._import_feeds.get(session_id).subscribe():
            yield progress

    async def export_progress(self, session_id: str) -> AsyncGenerator[FileProgress, None]:
        """The progress of files that are written for a session from now on, until the session is closed."""
        await self.session(session_id)
        async for progress in self._export_feeds.get(session_id).subscribe():
            yield progress

    async def reset_session(self, session_id: str) -> SessionInfo:
        """Removes every prompt, mask, object and adapter; the video stays."""
        interaction = _interaction(InteractionKind.RESET_SESSION)
        await self._change(session_id, lambda state: reset_session(state, interaction))
        self.pool.stop_learning(session_id)
        return await self.session(session_id)

    async def set_lora_mode(self, session_id: str, mode: LoraMode) -> SessionInfo:
        scope = ChangeScope.new(InteractionKind.SET_LORA_MODE)
        await self._change(session_id, lambda state: set_lora_mode(state, mode, scope))
        return await self.session(session_id)

    # ---- prompts -----------------------------------------------------------------------------------------------------

    async def add_points(
        self,
        session_id: str,
        object_id: int,
        frame_index: int,
        points: Sequence[Sequence[float]],
        labels: Sequence[int],
        clear_old_points: bool,
    ) -> FrameMasks:
        """Segments an object by clicks. Raises INVALID_PROMPT."""
        prompt = point_prompt(points, labels, clear_old_points, self._settings.max_points)
        return await self._prompt(session_id, object_id, frame_index, prompt)

    async def add_box(self, session_id: str, object_id: int, frame_index: int, box: Sequence[float]) -> FrameMasks:
        """Segments an object by a box (x0, y0, x1, y1). Raises INVALID_PROMPT."""
        prompt = box_prompt(box)
        return await self._prompt(session_id, object_id, frame_index, prompt)

    async def add_mask(self, session_id: str, object_id: int, frame_index: int, rle: RLE) -> FrameMasks:
        """Sets an object's mask; an empty one says that it is not there. Raises INVALID_MASK."""
        return await self._prompt(session_id, object_id, frame_index, rle)

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
        """Corrects an object by exactly one kind of prompt, and trains an adapter from it.

        The correction stays whether or not an adapter can be trained: `skipped` says why none was. Raises
        INVALID_PROMPT or INVALID_MASK.
        """
        async with self.pool.read(session_id, checks_video=False) as session:
            video = session.state.video.info
            prompt = await self._decoding.run(
                correction_prompt,
                points=points,
                labels=labels,
                box=box,
                rle=rle,
                width=video.width,
                height=video.height,
                max_points=self._settings.max_points,
            )
            check_prompt(session.state, object_id, frame_index)
            must_exist = object_id in session.state.banks
        interaction = _interaction(InteractionKind.CORRECTION, object_id, frame_index, prompt)
        correct = partial(
            self._training.correct,
            object_id=object_id,
            frame_index=frame_index,
            prompt=prompt,
            wants_training=train_lora,
            must_exist=must_exist,
            interaction=interaction,
        )
        return await self._tracking_first.run(
            session_id, TrackingPurpose.CORRECTION, lambda: self._on(session_id, correct)
        )

    async def mark_absent(
        self, session_id: str, object_id: int, first: int, last: int | None = None, *, force: bool = False
    ) -> ChangedFrames:
        """Says that an object is not there from frame `first` to `last`, included, by default the video's last.

        Frames that were confirmed are left as they are, unless `force`. Raises INVALID_MASK where the range has the
        object's first prompt.
        """
        frames = (first, await self._last_frame(session_id, last))
        interaction = _range_interaction(InteractionKind.MARK_ABSENT, [object_id], [frames])
        return await self._change(session_id, lambda state: mark_absent(state, object_id, *frames, force, interaction))

    async def remove_masks(
        self, session_id: str, object_ids: Sequence[int], first: int, last: int | None = None, *, force: bool = False
    ) -> list[ChangedFrames]:
        """Removes objects' masks from frame `first` to `last`, but those of prompts; tracking makes them again.

        Frames that were confirmed are left as they are, unless `force`.
        """
        frames = (first, await self._last_frame(session_id, last))
        interaction = _range_interaction(InteractionKind.REMOVE_MASKS, object_ids, [frames])
        return await self._change(
            session_id, lambda state: remove_masks(state, object_ids, *frames, force, interaction)
        )

    @uninterrupted
    async def confirm_frames(
        self, session_id: str, object_ids: Sequence[int], ranges: Sequence[FrameSpan], confirmed: bool = True
    ) -> list[ObjectInfo]:
        """Confirms the masks that objects have on ranges of frames, or takes that back.

        Tracking, candidates and imports do not replace a confirmed mask, unless they are told to; a prompt does.
        """
        kind = InteractionKind.CONFIRM if confirmed else InteractionKind.UNCONFIRM
        interaction = _range_interaction(kind, object_ids, ranges)
        async with self.pool.change(session_id) as session:
            await session.commit(confirm_frames(session.state, object_ids, ranges, confirmed, interaction))
            # Within the lock, so that no object is removed meanwhile.
            objects = (await self.session(session_id)).objects
        return [each for each in objects if each.object_id in object_ids]

    async def clear_points_in_frame(self, session_id: str, object_id: int, frame_index: int) -> FrameMasks:
        """Removes an object's prompts from a frame. Returns the masks of all objects, empty where there is none."""
        interaction = _interaction(InteractionKind.CLEAR_FRAME, object_id, frame_index)
        return await self._change(session_id, lambda state: clear_frame(state, object_id, frame_index, interaction))

    async def clear_points_in_video(self, session_id: str) -> None:
        """Removes every prompt and mask; objects keep their adapters."""
        interaction = _interaction(InteractionKind.CLEAR_VIDEO)
        await self._change(session_id, lambda state: clear_video(state, interaction))

    @uninterrupted
    async def name_object(self, session_id: str, object_id: int, name: str) -> ObjectInfo:
        """Names an object; an empty name removes its name. Raises INVALID_PROMPT where it is not a valid name."""
        scope = ChangeScope.new(InteractionKind.NAME_OBJECT)
        async with self.pool.change(session_id) as session:
            await session.commit(name_object(session.state, object_id, name.strip(), scope))
            # Within the lock, so that the object is not removed meanwhile.
            objects = (await self.session(session_id)).objects
        return next(each for each in objects if each.object_id == object_id)

    @uninterrupted
    async def label_object(
        self, session_id: str, object_id: int, label: str | None, attributes: Mapping[str, str] | None
    ) -> ObjectInfo:
        """Gives an object a label, "" for none, and attributes in place of its earlier ones; None leaves each as it is.

        Raises INVALID_PROMPT where the object's project has labels but not this one, or an attribute is not valid.
        """
        path = (await self.session(session_id)).video.path
        known = await self.labels.of(path) if label else ()
        scope = ChangeScope.new(InteractionKind.LABEL_OBJECT)
        async with self.pool.change(session_id) as session:
            await session.commit(label_object(session.state, object_id, label, attributes, known, scope))
            # Within the lock, so that the object is not removed meanwhile.
            objects = (await self.session(session_id)).objects
        return next(each for each in objects if each.object_id == object_id)

    async def remove_object(self, session_id: str, object_id: int) -> list[FrameMasks]:
        """Removes an object. Returns the frames it was prompted on, with the masks of every other object there."""
        interaction = _interaction(InteractionKind.REMOVE_OBJECT, object_id)
        frames = await self._change(session_id, lambda state: remove_object(state, object_id, interaction))
        self.pool.stop_learning(session_id, object_id)
        return frames

    # ---- tracking ----------------------------------------------------------------------------------------------------

    async def propagate(
        self,
        session_id: str,
        scope: TrackingScope = EVERYTHING,
        resume: ResumeFrom | None = None,
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """Tracks what `scope` says, and yields each frame once its masks are stored.

        Closing the generator ends the work within a frame. `resume` continues a propagation of the same arguments that
        was closed, or whose client may be gone. Raises NO_PROMPTS, SEQUENCE_NOT_FOUND, and CAPACITY_EXCEEDED over
        `max_propagations`.
        """
        arguments = PropagationArguments(session_id, scope)
        async with self.pool.read(session_id) as session:
            check_scope(session.state, scope)
            if resume is None:
                check_prompted(session.state, scope.object_ids)
                propagation = self._propagations.start(arguments)
            else:
                propagation = self._propagations.find(arguments, resume)
            first = resume.sequence if resume else 0
            async with aclosing(propagation.read(session, self.pool, first)) as frames:
                async for frame in frames:
                    yield frame

    async def continue_propagation(
        self, session_id: str, scope: TrackingScope, reached: Reached
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """Continues a propagation of another engine, which has stored and may have sent more than was received."""
        propagation = self._propagations.start(PropagationArguments(session_id, scope), reached)
        async with (
            self.pool.read(session_id) as session,
            aclosing(propagation.read(session, self.pool, reached.sequence)) as frames,
        ):
            async for frame in frames:
                yield frame

    async def release_session(self, session_id: str) -> None:
        """Takes a session out of memory, for another process to continue with: its streams end, it stays stored."""
        self._propagations.forget(session_id)
        await self.pool.evict(session_id)

    async def cancel_propagation(self, session_id: str) -> bool:
        """Ends the session's streams, and what its other calls track first, within a frame.

        Returns whether there was anything to end.
        """
        await self.session(session_id)
        self._propagations.finish(session_id)
        return self.pool.stop_streams(session_id)

    async def propagate_to_frame(self, session_id: str, frame_index: int) -> FrameMasks:
        """Tracks each object from its first prompt to `frame_index`, where it has no current mask, in order.

        Raises NO_PROMPTS, CAPACITY_EXCEEDED over `max_propagations`, and CANCELLED.
        """

        async def masks() -> FrameMasks:
            async with self.pool.read(session_id, checks_video=False) as session:
                check_frame_of(session.state, frame_index)
                return await session.commit(masks_tracked_to(session.state, frame_index))

        return await self._tracking_first.run(session_id, TrackingPurpose.PROPAGATE_TO_FRAME, masks)

    async def tracking_progress(self, session_id: str) -> AsyncGenerator[TrackingProgress, None]:
        """Every frame that calls on the session track first from now on, until the session is closed.

        Those of `propagate` are not among them: it yields its own.
        """
        await self.session(session_id)
        async for progress in self._tracking_first.progress(session_id):
            yield progress

    # ---- LIT-LoRA ----------------------------------------------------------------------------------------------------

    async def train_lora(
        self, session_id: str, object_id: int, frame_index: int, rle: RLE | None = None
    ) -> TrainedAdapter:
        """Trains an adapter on a frame's correction, or on the mask given, once its features are captured and fresh.

        Raises FEATURES_NOT_CAPTURED on the object's first prompted frame, NO_PROMPTS where there is no correction
        and no mask, LORA_NOT_TRAINED where the mask is empty.
        """
        async with self.pool.read(session_id, checks_video=False) as session:
            check_known(session.state, object_id, frame_index)
            prompt = None if rle is None else await self._mask_prompt(session.state, rle)
        interaction = _interaction(InteractionKind.TRAINING, object_id, frame_index, prompt)
        train = partial(
            self._training.train,
            object_id=object_id,
            frame_index=frame_index,
            mask=prompt.mask if prompt else None,
            interaction=interaction,
        )
        return await self._tracking_first.run(session_id, TrackingPurpose.TRAINING, lambda: self._on(session_id, train))

    async def lora_candidates(self, session_id: str, object_id: int, frame_index: int) -> list[Candidate]:
        """The masks that the object's adapters propose for a frame, the adapter with the nearest correction first.

        Raises FEATURES_NOT_CAPTURED where there are adapters and the frame was never tracked.
        """

        async def candidates() -> list[Candidate]:
            async with self.pool.read(session_id, checks_video=False) as session:
                return await session.run(list_candidates(session.state, object_id, frame_index))

        return await self._tracking_first.run(session_id, TrackingPurpose.CANDIDATES, candidates)

    async def apply_lora_candidate(
        self, session_id: str, object_id: int, frame_index: int, adapter_id: str, *, force: bool = False
    ) -> FrameMasks:
        """Makes an adapter's mask the object's mask on a frame, as if it had been drawn by hand.

        Raises LORA_NOT_TRAINED where the object has no adapter, ADAPTER_NOT_FOUND where it lacks this one, and
        FRAME_CONFIRMED where the mask was confirmed, unless `force`.
        """
        interaction = replace(_interaction(InteractionKind.CANDIDATE, object_id, frame_index), adapter_id=adapter_id)
        return await self._change(
            session_id,
            lambda state: apply_candidate(state, object_id, frame_index, adapter_id, force, interaction),
            TrackingPurpose.CANDIDATES,
        )

    @uninterrupted
    async def reset_lora(self, session_id: str, object_id: int | None) -> SessionInfo:
        """Removes the adapters of an object, or of every object."""
        interaction = _interaction(InteractionKind.RESET_LORA, object_id)
        async with self.pool.train(session_id) as session:
            await session.commit(reset_adapters(session.state, object_id, interaction))
            session.stop_learning(object_id)
        return await self.session(session_id)

    async def finish_learning(self, session_id: str) -> None:
        """Returns once no training of the session continues while the device is idle."""
        async with self.pool.read(session_id) as session:
            await self._training.idle_learning.ended(session)

    async def training_progress(self, session_id: str) -> AsyncGenerator[TrainingProgress, None]:
        """Every training step of the session's adapters from now on, until the session is closed."""
        await self.session(session_id)
        feed = self._feeds.get(session_id)
        async for progress in feed.subscribe():
            yield progress

    # ---- within ------------------------------------------------------------------------------------------------------

    async def _change(
        self,
        session_id: str,
        steps: Callable[[SessionState], Steps[None, R]],
        purpose: TrackingPurpose = TrackingPurpose.PROMPT,
    ) -> R:
        return await self._tracking_first.run(session_id, purpose, lambda: self._commit_change(session_id, steps))

    @uninterrupted
    async def _commit_change(self, session_id: str, steps: Callable[[SessionState], Steps[None, R]]) -> R:
        async with self.pool.change(session_id, checks_video=False) as session:
            return await session.commit(steps(session.state))

    @uninterrupted
    async def _on(self, session_id: str, call: Callable[[PooledSession], Awaitable[R]]) -> R:
        async with self.pool.read(session_id, checks_video=False) as session:
            return await call(session)

    async def _prompt(
        self, session_id: str, object_id: int, frame_index: int, prompt: PointPrompt | BoxPrompt | RLE
    ) -> FrameMasks:
        async with self.pool.read(session_id, checks_video=False) as session:
            # Before a mask is decoded for nothing.
            check_prompt(session.state, object_id, frame_index)
            checked = await self._mask_prompt(session.state, prompt) if isinstance(prompt, RLE) else prompt
        interaction = _interaction(InteractionKind.PROMPT, object_id, frame_index, checked)
        return await self._change(
            session_id, lambda state: prompt_frame(state, object_id, frame_index, checked, interaction)
        )

    async def _last_frame(self, session_id: str, last: int | None) -> int:
        return (await self.session(session_id)).video.info.frame_count - 1 if last is None else last

    async def _mask_prompt(self, state: SessionState, rle: RLE) -> MaskPrompt:
        return await self._decoding.run(mask_prompt, rle, state.video.info.width, state.video.info.height)


def _interaction(
    kind: InteractionKind,
    object_id: int | None = None,
    frame_index: int | None = None,
    prompt: Prompt | None = None,
) -> Interaction:
    scope = ChangeScope.new(kind)
    return Interaction(scope.id, scope.at, kind, object_id, frame_index, prompt, client=scope.client, user=scope.user)


def _range_interaction(kind: InteractionKind, object_ids: Sequence[int], ranges: Sequence[FrameSpan]) -> Interaction:
    return replace(_interaction(kind), object_ids=tuple(object_ids), ranges=tuple(ranges))
