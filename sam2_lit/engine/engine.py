"""The engine's face: what a client may ask of it, in plain data."""

import asyncio
import functools
import logging
import secrets
import unicodedata
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from sam2_lit.engine.device.heap_trimmer import HeapTrimmer
from sam2_lit.engine.device.steps import Rank, Steps
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.learning.training_feed import TrainingFeed
from sam2_lit.engine.observer import EngineCounts, EngineObserver, NoObserver
from sam2_lit.engine.sessions.mask_book import MaskBook
from sam2_lit.engine.sessions.session import Session
from sam2_lit.engine.sessions.session_pool import PooledSession, SessionPool
from sam2_lit.engine.sessions.validation import (
    check_frame,
    check_known,
    check_object,
    check_prompt,
    check_prompted,
    session_not_found,
)
from sam2_lit.engine.video_tracker import TrackingDevice
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.trainer import Sample
from sam2_lit.media.library import Video, VideoLibrary
from sam2_lit.records.interactions import Interaction, InteractionKind
from sam2_lit.records.masks import RLE
from sam2_lit.records.prompts import Prompt, box_prompt, correction_prompt, mask_prompt, point_prompt
from sam2_lit.records.results import (
    Candidate,
    Correction,
    FrameMasks,
    LoraMode,
    ModelInfo,
    ObjectInfo,
    PropagatedFrame,
    PropagationDirection,
    SessionInfo,
    TrainedAdapter,
    TrainingProgress,
)
from sam2_lit.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")

logger = logging.getLogger("sam2_lit.engine")

MAX_NAME = 100


def uninterrupted(
    method: Callable[Concatenate["Engine", P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate["Engine", P], Coroutine[Any, Any, R]]:
    """Lets a call that was begun end, also when the client that made it has gone: half a call would be worse."""

    @functools.wraps(method)
    async def call(self: "Engine", /, *args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.create_task(method(self, *args, **kwargs))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return await asyncio.shield(task)

    return call


class Engine:
    """Sessions over one model on one device.

    Every method raises `LitError` where the caller can put things right, with the session as it was before: in any
    of them SESSION_NOT_FOUND, and FRAME_OUT_OF_RANGE or OBJECT_NOT_FOUND where it takes a frame or an object.
    Points and boxes are relative to the frame, 0 to 1, x before y. Frames count from 0.
    """

    def __init__(
        self,
        device: TrackingDevice,
        library: VideoLibrary,
        store: Store,
        settings: EngineSettings,
        observer: EngineObserver | None = None,
    ) -> None:
        """The engine owns `device` and `store`: it closes them."""
        self.library = library
        self.device = device
        self._observer = observer or NoObserver()
        self._frames_of_gone = 0
        self._store = store
        self._settings = settings
        self.residents = SessionPool(settings.max_sessions, self._load, self._release)
        self._heap_trimmer = HeapTrimmer(self.residents.are_at_work)
        self._feeds: WeakValueDictionary[str, TrainingFeed] = WeakValueDictionary()
        self._closing: set[str] = set()
        self._propagations = 0
        self._calls: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Ends all work, the device's thread and the store; every session stays in the store."""
        for feed in list(self._feeds.values()):
            feed.close()
        await self.residents.close()
        self._heap_trimmer.cancel()
        await asyncio.to_thread(self.device.close)
        await asyncio.to_thread(self._store.close)

    def model(self) -> ModelInfo:
        return self.device.model

    def counts(self) -> EngineCounts:
        """What the engine holds and does at this moment; may be called from any thread."""
        return EngineCounts(
            frames_tracked=self._frames_of_gone
            + sum(each.session.tracker.frames_tracked for each in self.residents.all()),
            queue_lengths=self.device.worker.queue_lengths(),
            sessions_in_memory=len(self.residents),
            sessions_stored=self._store.session_count(),
            propagations=self._propagations,
        )

    # ---- videos and sessions -----------------------------------------------------------------------------------------

    async def upload_video(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None
    ) -> Video:
        """Takes a video in, from `start_sec` for `duration_sec`. Raises UNSUPPORTED_MEDIA or UPLOAD_TOO_LARGE."""
        return await asyncio.to_thread(self.library.add_upload, file, filename, start_sec, duration_sec)

    @uninterrupted
    async def start_session(self, path: str) -> SessionInfo:
        """Opens a video. Raises VIDEO_NOT_FOUND, UNSUPPORTED_MEDIA, or CAPACITY_EXCEEDED."""
        video = await asyncio.to_thread(self.library.by_path, path)
        await self.residents.make_room()
        session = await self._open(secrets.token_urlsafe(16), video, self._settings.lora_mode)
        try:
            await self._store.add_session(session.session_id, video, session.lora_mode, datetime.now(UTC))
        except BaseException:
            await self._release(session)
            raise
        self.residents.add(session)
        logger.info("session %s opened %s", session.session_id, video.path)
        return await self.session(session.session_id)

    @uninterrupted
    async def close_session(self, session_id: str) -> None:
        """Ends a session for good: its streams end, its memory is given back, the store forgets it."""
        await self.session(session_id)
        self._closing.add(session_id)
        try:
            resident = self.residents.get(session_id)
            if resident is not None:
                self.residents.drop(resident)
                async with resident.lock, resident.training_lock:
                    await self.residents.leave(resident)
                resident.session.journal.fail(session_not_found(session_id))
            await self._store.remove_session(session_id)
            if (feed := self._feeds.get(session_id)) is not None:
                feed.close()
        finally:
            self._closing.discard(session_id)

    async def sessions(self) -> list[SessionInfo]:
        """Every session, oldest first, in memory or not."""
        return await asyncio.to_thread(self._store.sessions)

    async def session(self, session_id: str) -> SessionInfo:
        info = None if session_id in self._closing else await asyncio.to_thread(self._store.session, session_id)
        if info is None:
            raise session_not_found(session_id)
        return info

    async def masks(self, session_id: str, first: int, last: int | None) -> list[FrameMasks]:
        """What was tracked or drawn on the frames from `first` to `last`, both included; None is the last frame."""
        count = (await self.session(session_id)).video.info.frame_count
        check_frame(count, first)
        if last is None:
            last = count - 1
        check_frame(count, last)
        return await asyncio.to_thread(self._store.masks, session_id, first, last)

    async def interactions(self, session_id: str) -> list[Interaction]:
        """What was done to a session, in order."""
        await self.session(session_id)
        return await asyncio.to_thread(self._store.interactions, session_id)

    async def reset_session(self, session_id: str) -> SessionInfo:
        """Starts over: prompts, masks and adapters go, the video stays."""
        interaction = _interaction(InteractionKind.RESET_SESSION)
        await self._change(session_id, lambda session: session.reset(interaction))
        return await self.session(session_id)

    async def set_lora_mode(self, session_id: str, mode: LoraMode) -> SessionInfo:
        await self._change(session_id, lambda session: session.set_lora_mode(mode))
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
        return await self._prompt(session_id, object_id, frame_index, lambda session: prompt)

    async def add_box(self, session_id: str, object_id: int, frame_index: int, box: Sequence[float]) -> FrameMasks:
        """Segments an object by a box (x0, y0, x1, y1). Raises INVALID_PROMPT."""
        prompt = box_prompt(box)
        return await self._prompt(session_id, object_id, frame_index, lambda session: prompt)

    async def add_mask(self, session_id: str, object_id: int, frame_index: int, rle: RLE) -> FrameMasks:
        """Gives an object's mask. Raises INVALID_MASK."""
        return await self._prompt(
            session_id,
            object_id,
            frame_index,
            lambda session: mask_prompt(rle, session.video.info.width, session.video.info.height),
        )

    @uninterrupted
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
        """Takes a correction by exactly one kind of prompt, and trains an adapter from it.

        The correction is kept whether or not an adapter can be trained: `skipped` says why none was. Raises
        INVALID_PROMPT or INVALID_MASK.
        """
        async with self.residents.use(session_id) as resident:
            session = resident.session
            prompt = correction_prompt(
                points=points,
                labels=labels,
                box=box,
                rle=rle,
                width=session.video.info.width,
                height=session.video.info.height,
                max_points=self._settings.max_points,
            )
            check_prompt(session, object_id, frame_index, self._settings.max_objects)
            interaction = _interaction(InteractionKind.CORRECTION, object_id, frame_index, prompt)
            async with resident.lock:
                steps = session.correct(object_id, frame_index, prompt, train_lora, interaction)
                frame, sample = await self._commit(session, steps)
            if sample is None:
                return Correction(frame, None, None)
            try:
                if isinstance(sample, LitError):
                    raise sample
                adapter = await self._train(resident, object_id, sample, interaction)
            except LitError as refusal:
                _log_refusal(session, object_id, frame_index, refusal)
                if session.journal.failure is None:
                    await self._commit(session, session.skip_training(interaction, refusal.code))
                return Correction(frame, None, refusal.code.value)
            return Correction(frame, adapter, None)

    async def clear_points_in_frame(self, session_id: str, object_id: int, frame_index: int) -> FrameMasks:
        """Removes an object's prompts from a frame."""
        interaction = _interaction(InteractionKind.CLEAR_FRAME, object_id, frame_index)

        def steps(session: Session) -> Steps[None, FrameMasks]:
            check_known(session, object_id, frame_index)
            return session.clear(object_id, frame_index, interaction)

        return await self._change(session_id, steps)

    async def clear_points_in_video(self, session_id: str) -> None:
        """Removes every prompt and mask; objects keep their adapters."""
        interaction = _interaction(InteractionKind.CLEAR_VIDEO)
        await self._change(session_id, lambda session: session.clear_all(interaction))

    async def name_object(self, session_id: str, object_id: int, name: str) -> ObjectInfo:
        """Names an object; an empty name takes its name away. Raises INVALID_PROMPT where it is no name."""
        name = name.strip()

        def steps(session: Session) -> Steps[None, None]:
            check_object(session, object_id)
            if len(name) > MAX_NAME:
                raise LitError(ErrorCode.INVALID_PROMPT, f"the name has {len(name)} characters; at most {MAX_NAME} fit")
            if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
                raise LitError(ErrorCode.INVALID_PROMPT, "the name has control characters; letters and signs are kept")
            return session.rename(object_id, name or None)

        await self._change(session_id, steps)
        objects = (await self.session(session_id)).objects
        return next(each for each in objects if each.object_id == object_id)

    async def remove_object(self, session_id: str, object_id: int) -> list[FrameMasks]:
        """Removes an object. Returns the frames it was prompted on, with the masks that remain there."""
        interaction = _interaction(InteractionKind.REMOVE_OBJECT, object_id)

        def steps(session: Session) -> Steps[None, list[FrameMasks]]:
            check_object(session, object_id)
            return session.remove(object_id, interaction)

        return await self._change(session_id, steps)

    # ---- tracking ----------------------------------------------------------------------------------------------------

    async def propagate(
        self,
        session_id: str,
        start: int = 0,
        direction: PropagationDirection = PropagationDirection.BOTH,
        max_frames: int | None = None,
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """Tracks the video from `start` and yields each frame as it is done and kept. Raises NO_PROMPTS.

        Closing the generator ends the work within a frame. Raises CAPACITY_EXCEEDED over `max_propagations`.
        """
        async with self.residents.use(session_id) as resident:
            session = resident.session
            check_frame(session.tracker.frame_count, start)
            if max_frames is not None and max_frames < 0:
                raise LitError(ErrorCode.FRAME_OUT_OF_RANGE, f"maxFrames is {max_frames}; it must be 0 or more")
            check_prompted(session)
            with self._propagating():
                stream = self.device.worker.stream(
                    session.propagate(start, direction, max_frames),
                    rank=Rank.PROPAGATION,
                    session=session_id,
                    finish=session.finish,
                    when_stored=session.journal.on_commit,
                )
                resident.streams.add(stream)
                try:
                    async for frame in stream:
                        yield frame
                finally:
                    resident.streams.discard(stream)
                    stream.close()

    async def cancel_propagation(self, session_id: str) -> None:
        """Ends the session's streams within a frame."""
        await self.session(session_id)
        resident = self.residents.get(session_id)
        for stream in resident.streams if resident else ():
            stream.stop()

    @uninterrupted
    async def propagate_to_frame(self, session_id: str, frame_index: int) -> FrameMasks:
        """Tracks every frame up to `frame_index` that has no current mask, in order. Raises NO_PROMPTS."""
        async with self.residents.use(session_id) as resident:
            session = resident.session
            check_frame(session.tracker.frame_count, frame_index)
            check_prompted(session)
            return await self._commit(session, session.track_to(frame_index), Rank.PROPAGATION)

    # ---- LIT-LoRA ----------------------------------------------------------------------------------------------------

    @uninterrupted
    async def train_lora(
        self, session_id: str, object_id: int, frame_index: int, rle: RLE | None = None
    ) -> TrainedAdapter:
        """Trains an adapter on a frame's correction, or on the mask given, once its features are captured and fresh.

        Raises FEATURES_NOT_CAPTURED on the object's first prompted frame, NO_PROMPTS where there is no correction
        and no mask, LORA_NOT_TRAINED where the mask gives nothing to learn.
        """
        async with self.residents.use(session_id) as resident:
            session = resident.session
            check_known(session, object_id, frame_index)
            info = session.video.info
            prompt = None if rle is None else mask_prompt(rle, info.width, info.height)
            interaction = _interaction(InteractionKind.TRAINING, object_id, frame_index, prompt)
            try:
                async with resident.lock:
                    steps = session.sample(object_id, frame_index, prompt.mask if prompt else None)
                    sample = await self._run(session, steps, Rank.INTERACTIVE)
                    await self._commit(session, session.log(interaction))
                return await self._train(resident, object_id, sample, interaction)
            except LitError as refusal:
                _log_refusal(session, object_id, frame_index, refusal)
                raise

    async def lora_candidates(self, session_id: str, object_id: int, frame_index: int) -> list[Candidate]:
        """Masks that the object's adapters propose for a frame, best first; none without adapters.

        Raises FEATURES_NOT_CAPTURED where the frame was never tracked.
        """
        async with self.residents.use(session_id) as resident:
            check_known(resident.session, object_id, frame_index)
            steps = resident.session.candidates(object_id, frame_index)
            return await self._run(resident.session, steps, Rank.INTERACTIVE)

    async def apply_lora_candidate(
        self, session_id: str, object_id: int, frame_index: int, adapter_id: str
    ) -> FrameMasks:
        """Takes an adapter's mask into the tracker's memory as if it had been drawn by hand.

        Raises LORA_NOT_TRAINED where the object has no adapter, ADAPTER_NOT_FOUND where it has not this one.
        """
        interaction = replace(_interaction(InteractionKind.CANDIDATE, object_id, frame_index), adapter_id=adapter_id)

        def steps(session: Session) -> Steps[None, FrameMasks]:
            check_known(session, object_id, frame_index)
            return session.apply_candidate(object_id, frame_index, adapter_id, interaction)

        return await self._change(session_id, steps)

    @uninterrupted
    async def reset_lora(self, session_id: str, object_id: int | None) -> SessionInfo:
        """Forgets the adapters of an object, or of every object."""
        interaction = _interaction(InteractionKind.RESET_LORA, object_id)
        async with self.residents.use(session_id) as resident:
            if object_id is not None:
                check_object(resident.session, object_id)
            async with resident.training_lock:
                await self._commit(resident.session, resident.session.reset_lora(object_id, interaction))
        return await self.session(session_id)

    async def training_progress(self, session_id: str) -> AsyncGenerator[TrainingProgress, None]:
        """Every training step of the session's adapters from now on, until the session is closed."""
        await self.session(session_id)
        feed = self._feed(session_id)
        async for progress in feed.subscribe():
            yield progress

    # ---- within ------------------------------------------------------------------------------------------------------

    @uninterrupted
    async def _change(self, session_id: str, steps: Callable[[Session], Steps[None, S]]) -> S:
        async with self.residents.use(session_id) as resident, resident.lock:
            return await self._commit(resident.session, steps(resident.session))

    async def _prompt(
        self, session_id: str, object_id: int, frame_index: int, prompt: Callable[[Session], Prompt]
    ) -> FrameMasks:
        def steps(session: Session) -> Steps[None, FrameMasks]:
            check_prompt(session, object_id, frame_index, self._settings.max_objects)
            checked = prompt(session)
            interaction = _interaction(InteractionKind.PROMPT, object_id, frame_index, checked)
            return session.prompt(object_id, frame_index, checked, interaction)

        return await self._change(session_id, steps)

    async def _run(self, session: Session, steps: Steps[None, R], rank: Rank) -> R:
        return await self.device.worker.run(steps, rank=rank, session=session.session_id)

    async def _commit(self, session: Session, steps: Steps[None, R], rank: Rank = Rank.INTERACTIVE) -> R:
        """Runs what changes a session, and returns once that is kept."""
        with self.device.worker.interactive_first(session.session_id) if rank is Rank.INTERACTIVE else nullcontext():
            outcome = await self._run(session, steps, rank)
            await session.journal.committed()
            return outcome

    async def _train(
        self, resident: PooledSession, object_id: int, sample: Sample, interaction: Interaction
    ) -> TrainedAdapter:
        session = resident.session
        feed = self._feed(session.session_id)
        async with resident.training_lock:
            check_object(session, object_id)
            steps = session.train(object_id, sample, interaction, feed.publish)
            last = await self._commit(session, steps, Rank.TRAINING)
        feed.publish(last)
        trained = last.adapter
        assert trained is not None
        self._observer.training_finished(trained.record.seconds, trained.record.training_iou)
        return trained

    async def _open(self, session_id: str, video: Video, lora_mode: LoraMode) -> Session:
        reader = await asyncio.to_thread(self.library.open, video)
        settings = self._settings
        journal = self._store.journal(session_id)
        return Session(
            video,
            self.device,
            self.device.open_tracker(reader, video.id),
            journal,
            MaskBook(journal, functools.partial(self._store.saved_masks, session_id), settings.mask_budget),
            lora_mode,
            settings.training,
            settings.banking,
        )

    async def _load(self, session_id: str) -> Session:
        await self.session(session_id)
        await self._store.flush()
        saved = await asyncio.to_thread(self._store.saved_session, session_id)
        if saved is None:
            raise session_not_found(session_id)
        video = await asyncio.to_thread(self.library.by_path, saved.video.path)
        if video.info != saved.video.info:
            raise LitError(
                ErrorCode.VIDEO_NOT_FOUND,
                f"{video.path} is not the video any more that session {session_id} was made on; "
                "put that one back, or start another session",
            )
        session = await self._open(session_id, video, saved.lora_mode)
        await self._run(session, session.restore(saved), Rank.INTERACTIVE)
        return session

    async def _release(self, session: Session) -> None:
        # As a step, so that it comes after the one that a stream may be in.
        await self._run(session, session.close(), Rank.INTERACTIVE)
        self._frames_of_gone += session.tracker.frames_tracked
        if not self.residents.has_video(session.video.id):
            self.device.discard_video(session.video.id)
        await self.device.worker.drain()
        await self._store.flush()
        self._heap_trimmer.trim_soon()

    def _feed(self, session_id: str) -> TrainingFeed:
        return self._feeds.setdefault(session_id, TrainingFeed(asyncio.get_running_loop()))

    @contextmanager
    def _propagating(self) -> Iterator[None]:
        if self._propagations >= self._settings.max_propagations:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{self._propagations} propagations are running, which is the limit; try again when one has ended",
            )
        self._propagations += 1
        try:
            yield
        finally:
            self._propagations -= 1


def _interaction(
    kind: InteractionKind,
    object_id: int | None = None,
    frame_index: int | None = None,
    prompt: Prompt | None = None,
) -> Interaction:
    return Interaction(secrets.token_hex(8), datetime.now(UTC), kind, object_id, frame_index, prompt)


def _log_refusal(session: Session, object_id: int, frame_index: int, refusal: LitError) -> None:
    logger.warning(
        "no adapter trained: session %s, object %d, frame %d: %s: %s",
        session.session_id,
        object_id,
        frame_index,
        refusal.code,
        refusal.message,
    )
