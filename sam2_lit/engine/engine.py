"""The engine's face: what a client may ask of it, in plain data."""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar, cast

import torch

from sam2_lit.engine.feed import TrainingFeed
from sam2_lit.engine.frames import FrameSource
from sam2_lit.engine.models import LoadedModel
from sam2_lit.engine.predictor import LitPredictor
from sam2_lit.engine.prompts import Prompt, box_prompt, correction_prompt, mask_prompt, point_prompt
from sam2_lit.engine.records import (
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
from sam2_lit.engine.scheduler import Rank, Scheduler, Steps, StepStream
from sam2_lit.engine.session import Session
from sam2_lit.engine.tracker import Tracker
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora.bank import BankSettings
from sam2_lit.lora.layers import lora_targets
from sam2_lit.lora.trainer import Sample, TrainingSettings
from sam2_lit.masks import RLE
from sam2_lit.media.library import Video, VideoLibrary

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger("sam2_lit.engine")

MAX_NAME = 100


@dataclass(frozen=True)
class EngineSettings:
    """Limits and habits of the engine; `feature_budget` is the bytes of captured features a session may hold."""

    max_sessions: int = 32
    max_objects: int = 64
    feature_budget: int = 512 * 2**20
    lora_mode: LoraMode = LoraMode.SUGGEST
    training: TrainingSettings = field(default_factory=TrainingSettings)
    banking: BankSettings = field(default_factory=BankSettings)


@dataclass(frozen=True)
class _OpenSession:
    """A session and what keeps its calls apart: `lock` for what changes it, `training_lock` for its adapters."""

    session: Session
    feed: TrainingFeed
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    training_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    streams: set[StepStream[PropagatedFrame]] = field(default_factory=set)


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

    def __init__(self, model: LoadedModel, library: VideoLibrary, settings: EngineSettings) -> None:
        self.library = library
        self.scheduler = Scheduler()
        self._model = model
        self._predictor = cast(LitPredictor, model.predictor)
        if model.device.type == "cpu":
            # The layout that convolutions on a CPU are fastest in; the embeddings stay the same to the bit.
            self._predictor.image_encoder.to(memory_format=torch.channels_last)
        self._settings = settings
        self._sessions: dict[str, _OpenSession] = {}
        self._calls: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """Ends every session and the device's thread."""
        for session_id in list(self._sessions):
            await self.close_session(session_id)
        await asyncio.to_thread(self.scheduler.close)

    def model(self) -> ModelInfo:
        return ModelInfo(
            name=self._model.name,
            device=str(self._model.device),
            image_size=self._model.image_size,
            parameter_count=self._model.parameter_count,
            checkpoint=self._model.checkpoint,
            lora_targets=lora_targets(self._predictor.sam_mask_decoder),
        )

    # ---- videos and sessions -----------------------------------------------------------------------------------------

    async def upload_video(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None
    ) -> Video:
        """Takes a video in, from `start_sec` for `duration_sec`. Raises UNSUPPORTED_MEDIA or UPLOAD_TOO_LARGE."""
        return await asyncio.to_thread(self.library.add_upload, file, filename, start_sec, duration_sec)

    @uninterrupted
    async def start_session(self, path: str) -> SessionInfo:
        """Opens a video. Raises VIDEO_NOT_FOUND, UNSUPPORTED_MEDIA, or CAPACITY_EXCEEDED over `max_sessions`."""
        self._check_capacity()
        video = await asyncio.to_thread(self.library.by_path, path)
        reader = await asyncio.to_thread(self.library.open, video)
        self._check_capacity()
        # A GPU gains nothing from encoding beside tracking: its work is in one line anyway.
        encode = self._predictor.encode_image if self._model.device.type == "cpu" else None
        frames = FrameSource(reader, self._model.image_size, encode)
        tracker = Tracker(self._predictor, frames, self._settings.feature_budget)
        session = Session(
            video,
            self._predictor,
            tracker,
            self._settings.lora_mode,
            self._settings.training,
            self._settings.banking,
        )
        self._sessions[session.session_id] = _OpenSession(session, TrainingFeed(asyncio.get_running_loop()))
        logger.info("session %s opened %s", session.session_id, video.path)
        return session.info()

    @uninterrupted
    async def close_session(self, session_id: str) -> None:
        """Ends a session: its streams end, its memory is given back."""
        opened = self._opened(session_id)
        del self._sessions[session_id]
        for stream in opened.streams:
            stream.stop()
        opened.feed.close()
        async with opened.lock, opened.training_lock:
            # As a step, so that it comes after the one that a stream may be in.
            await self._run(opened.session, opened.session.close(), Rank.INTERACTIVE)

    def sessions(self) -> list[SessionInfo]:
        return [opened.session.info() for opened in self._sessions.values()]

    def session(self, session_id: str) -> SessionInfo:
        return self._opened(session_id).session.info()

    def masks(self, session_id: str, first: int, last: int | None) -> list[FrameMasks]:
        """What was tracked or drawn on the frames from `first` to `last`, both included; None is the last frame."""
        session = self._opened(session_id).session
        self._check_frame(session, first)
        if last is None:
            last = session.tracker.frame_count - 1
        self._check_frame(session, last)
        return session.masks_between(first, last)

    async def reset_session(self, session_id: str) -> SessionInfo:
        """Starts over: prompts, masks and adapters go, the video stays."""
        return await self._change(session_id, lambda session: session.reset(), lambda session, _: session.info())

    async def set_lora_mode(self, session_id: str, mode: LoraMode) -> SessionInfo:
        session = self._opened(session_id).session
        session.lora_mode = mode
        return session.info()

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
        prompt = point_prompt(points, labels, clear_old_points)
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
        opened = self._opened(session_id)
        session = opened.session
        info = session.video.info
        prompt = correction_prompt(points=points, labels=labels, box=box, rle=rle, width=info.width, height=info.height)
        self._check_prompt(session, object_id, frame_index)
        async with opened.lock:
            steps = session.correct(object_id, frame_index, prompt, train_lora)
            frame, sample = await self._run(session, steps, Rank.INTERACTIVE)
        if sample is None:
            return Correction(frame, None, None)
        try:
            if isinstance(sample, LitError):
                raise sample
            adapter = await self._train(opened, object_id, sample)
        except LitError as refusal:
            self._log_refusal(session, object_id, frame_index, refusal)
            return Correction(frame, None, refusal.code.value)
        return Correction(frame, adapter, None)

    async def clear_points_in_frame(self, session_id: str, object_id: int, frame_index: int) -> FrameMasks:
        """Removes an object's prompts from a frame."""
        session = self._opened(session_id).session
        self._check_frame(session, frame_index)
        self._check_object(session, object_id)
        return await self._change(
            session_id, lambda session: session.clear(object_id, frame_index), lambda _, frame: frame
        )

    async def clear_points_in_video(self, session_id: str) -> None:
        """Removes every prompt and mask; objects keep their adapters."""
        await self._change(session_id, lambda session: session.clear_all(), lambda _, nothing: nothing)

    async def name_object(self, session_id: str, object_id: int, name: str) -> ObjectInfo:
        """Names an object; an empty name takes its name away. Raises INVALID_PROMPT over `MAX_NAME` characters."""
        session = self._opened(session_id).session
        self._check_object(session, object_id)
        name = name.strip()
        if len(name) > MAX_NAME:
            raise LitError(ErrorCode.INVALID_PROMPT, f"the name has {len(name)} characters; at most {MAX_NAME} fit")
        if name:
            session.names[object_id] = name
        else:
            session.names.pop(object_id, None)
        return session.object_info(object_id)

    async def remove_object(self, session_id: str, object_id: int) -> list[FrameMasks]:
        """Removes an object. Returns the frames it was prompted on, with the masks that remain there."""
        self._check_object(self._opened(session_id).session, object_id)
        return await self._change(session_id, lambda session: session.remove(object_id), lambda _, frames: frames)

    # ---- tracking ----------------------------------------------------------------------------------------------------

    async def propagate(
        self,
        session_id: str,
        start: int = 0,
        direction: PropagationDirection = PropagationDirection.BOTH,
        max_frames: int | None = None,
    ) -> AsyncGenerator[PropagatedFrame, None]:
        """Tracks the video from `start` and yields each frame as it is done. Raises NO_PROMPTS.

        Closing the generator ends the work within a frame.
        """
        opened = self._opened(session_id)
        session = opened.session
        self._check_frame(session, start)
        if max_frames is not None and max_frames < 0:
            raise LitError(ErrorCode.FRAME_OUT_OF_RANGE, f"maxFrames is {max_frames}; it must be 0 or more")
        self._check_prompted(session)
        stream = self.scheduler.stream(
            session.propagate(start, direction, max_frames),
            rank=Rank.PROPAGATION,
            session=session_id,
            finish=session.finish,
        )
        opened.streams.add(stream)
        try:
            async for frame in stream:
                yield frame
        finally:
            opened.streams.discard(stream)
            stream.close()

    async def cancel_propagation(self, session_id: str) -> None:
        """Ends the session's streams within a frame."""
        for stream in self._opened(session_id).streams:
            stream.stop()

    @uninterrupted
    async def propagate_to_frame(self, session_id: str, frame_index: int) -> FrameMasks:
        """Tracks every frame up to `frame_index` that has no current mask, in order. Raises NO_PROMPTS."""
        session = self._opened(session_id).session
        self._check_frame(session, frame_index)
        self._check_prompted(session)
        return await self._run(session, session.track_to(frame_index), Rank.PROPAGATION)

    # ---- LIT-LoRA ----------------------------------------------------------------------------------------------------

    @uninterrupted
    async def train_lora(
        self, session_id: str, object_id: int, frame_index: int, rle: RLE | None = None
    ) -> TrainedAdapter:
        """Trains an adapter on a frame's correction, or on the mask given, once its features are captured and fresh.

        Raises FEATURES_NOT_CAPTURED on the object's first prompted frame, NO_PROMPTS where there is no correction
        and no mask, LORA_NOT_TRAINED where the mask gives nothing to learn.
        """
        opened = self._opened(session_id)
        session = opened.session
        self._check_frame(session, frame_index)
        self._check_object(session, object_id)
        info = session.video.info
        mask = None if rle is None else mask_prompt(rle, info.width, info.height).mask
        try:
            async with opened.lock:
                sample = await self._run(session, session.sample(object_id, frame_index, mask), Rank.INTERACTIVE)
            return await self._train(opened, object_id, sample)
        except LitError as refusal:
            self._log_refusal(session, object_id, frame_index, refusal)
            raise

    async def lora_candidates(self, session_id: str, object_id: int, frame_index: int) -> list[Candidate]:
        """Masks that the object's adapters propose for a frame, best first; none without adapters.

        Raises FEATURES_NOT_CAPTURED where the frame was never tracked.
        """
        session = self._opened(session_id).session
        self._check_frame(session, frame_index)
        self._check_object(session, object_id)
        return await self._run(session, session.candidates(object_id, frame_index), Rank.INTERACTIVE)

    async def apply_lora_candidate(
        self, session_id: str, object_id: int, frame_index: int, adapter_id: str
    ) -> FrameMasks:
        """Takes an adapter's mask into the tracker's memory as if it had been drawn by hand.

        Raises LORA_NOT_TRAINED where the object has no adapter, ADAPTER_NOT_FOUND where it has not this one.
        """
        session = self._opened(session_id).session
        self._check_frame(session, frame_index)
        self._check_object(session, object_id)
        return await self._change(
            session_id,
            lambda session: session.apply_candidate(object_id, frame_index, adapter_id),
            lambda _, frame: frame,
        )

    async def reset_lora(self, session_id: str, object_id: int | None) -> SessionInfo:
        """Forgets the adapters of an object, or of every object."""
        opened = self._opened(session_id)
        session = opened.session
        if object_id is not None:
            self._check_object(session, object_id)
        async with opened.training_lock:
            await self._run(session, session.reset_lora(object_id), Rank.INTERACTIVE)
        return session.info()

    async def training_progress(self, session_id: str) -> AsyncGenerator[TrainingProgress, None]:
        """Every training step of the session's adapters from now on, until the session is closed."""
        feed = self._opened(session_id).feed
        async for progress in feed.subscribe():
            yield progress

    # ---- within ------------------------------------------------------------------------------------------------------

    @uninterrupted
    async def _change(
        self,
        session_id: str,
        steps: Callable[[Session], Steps[None, Any]],
        answer: Callable[[Session, Any], R],
    ) -> R:
        opened = self._opened(session_id)
        async with opened.lock:
            outcome = await self._run(opened.session, steps(opened.session), Rank.INTERACTIVE)
        return answer(opened.session, outcome)

    async def _prompt(
        self, session_id: str, object_id: int, frame_index: int, prompt: Callable[[Session], Prompt]
    ) -> FrameMasks:
        session = self._opened(session_id).session
        self._check_prompt(session, object_id, frame_index)
        checked = prompt(session)
        return await self._change(
            session_id,
            lambda session: session.prompt(object_id, frame_index, checked),
            lambda _, frame: frame,
        )

    async def _run(self, session: Session, steps: Steps[None, R], rank: Rank) -> R:
        return await self.scheduler.run(steps, rank=rank, session=session.session_id)

    async def _train(self, opened: _OpenSession, object_id: int, sample: Sample) -> TrainedAdapter:
        session = opened.session
        async with opened.training_lock:
            self._check_object(session, object_id)
            steps = session.train(object_id, sample, opened.feed.publish)
            return await self._run(session, steps, Rank.TRAINING)

    def _check_capacity(self) -> None:
        if len(self._sessions) >= self._settings.max_sessions:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"{len(self._sessions)} sessions are open, which is the limit; close one with closeSession",
            )

    def _opened(self, session_id: str) -> _OpenSession:
        opened = self._sessions.get(session_id)
        if opened is None:
            raise LitError(
                ErrorCode.SESSION_NOT_FOUND,
                f"there is no session {session_id!r}; start one with startSession, or list them with sessions",
            )
        return opened

    def _check_frame(self, session: Session, frame_index: int) -> None:
        count = session.tracker.frame_count
        if not 0 <= frame_index < count:
            raise LitError(
                ErrorCode.FRAME_OUT_OF_RANGE,
                f"frame {frame_index} is out of range: the video has {count} frames, 0 to {count - 1}",
            )

    def _check_object(self, session: Session, object_id: int) -> None:
        if object_id not in session.banks:
            known = ", ".join(map(str, session.banks)) or "none"
            raise LitError(
                ErrorCode.OBJECT_NOT_FOUND,
                f"the session has no object {object_id} (it has: {known}); a first prompt adds one",
            )

    def _check_prompt(self, session: Session, object_id: int, frame_index: int) -> None:
        self._check_frame(session, frame_index)
        if object_id in session.banks:
            return
        if object_id < 0:
            raise LitError(ErrorCode.INVALID_PROMPT, f"objectId is {object_id}; object ids are 0 or more")
        if len(session.banks) >= self._settings.max_objects:
            raise LitError(
                ErrorCode.CAPACITY_EXCEEDED,
                f"the session has {len(session.banks)} objects, which is the limit; remove one with removeObject",
            )

    def _check_prompted(self, session: Session) -> None:
        if session.tracker.origin() is None:
            raise LitError(
                ErrorCode.NO_PROMPTS,
                "no object has a prompt to track from; add one with addPoints, addBox or addMask",
            )

    def _log_refusal(self, session: Session, object_id: int, frame_index: int, refusal: LitError) -> None:
        logger.warning(
            "no adapter trained: session %s, object %d, frame %d: %s: %s",
            session.session_id,
            object_id,
            frame_index,
            refusal.code,
            refusal.message,
        )
