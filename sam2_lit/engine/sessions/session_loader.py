"""Opens sessions on videos, resumes them from the store, and releases what they hold."""

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sam2_lit.engine.device.steps import Rank, Steps
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.sessions.given_masks import restored_mask
from sam2_lit.engine.sessions.mask_book import MaskBook
from sam2_lit.engine.sessions.saved_memory import by_object, resumed_memory
from sam2_lit.engine.sessions.session_state import SessionState
from sam2_lit.engine.sessions.validation import session_not_found
from sam2_lit.engine.sessions.video_versions import VideoVersions
from sam2_lit.engine.video_tracker import TrackingDevice
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.records.results import LoraMode, SessionInfo
from sam2_lit.records.users import Owner
from sam2_lit.records.videos import VideoChange
from sam2_lit.store.saved_session import SavedAdapter, SavedSession
from sam2_lit.store.store import Store

logger = logging.getLogger("sam2_lit.engine")


class SessionLoader:
    """Makes the sessions of one store available on one device."""

    def __init__(self, device: TrackingDevice, library: VideoLibrary, store: Store, settings: EngineSettings) -> None:
        self._device = device
        self._library = library
        self._store = store
        self._settings = settings
        self._closing: set[str] = set()
        self._open_videos: Counter[str] = Counter()
        self._versions = VideoVersions(library, store)

    async def info(self, session_id: str) -> SessionInfo:
        """A session as it is stored.

        Raises LitError (SESSION_NOT_FOUND), also while the session is being closed, and where the current user may not
        see it.
        """
        info = None if session_id in self._closing else await self._store.reading.run(self._store.session, session_id)
        if info is None or not info.owner.admits_current():
            raise session_not_found(session_id)
        return info

    @contextmanager
    def closing(self, session_id: str) -> Iterator[None]:
        """Within the block the session cannot be found, so that no call loads it again while it is removed.

        Raises LitError (SESSION_NOT_FOUND) where another call removes it.
        """
        if session_id in self._closing:
            raise session_not_found(session_id)
        self._closing.add(session_id)
        try:
            yield
        finally:
            self._closing.discard(session_id)

    async def start(self, session_id: str, video: Video, frame_step: int, owner: Owner) -> SessionState:
        """Opens a new session on every `frame_step`-th frame of a video and stores it.

        Raises LitError (VIDEO_NOT_FOUND, UNSUPPORTED_MEDIA; CAPACITY_EXCEEDED over `max_user_sessions`).
        """
        state = await self._open(session_id, video, self._settings.lora_mode, frame_step)
        try:
            state.owner = await self._store.add_session(
                state.session_id,
                video,
                state.lora_mode,
                datetime.now(UTC),
                frame_step,
                owner,
                self._settings.max_user_sessions,
            )
        except BaseException:
            await self.release(state)
            raise
        return state

    async def load(self, session_id: str) -> SessionState:
        """Resumes a stored session. Raises LitError (SESSION_NOT_FOUND, VIDEO_NOT_FOUND, UNSUPPORTED_MEDIA)."""
        await self._store.flush()
        saved = await self._store.reading.run(self._store.saved_session, session_id)
        if saved is None:
            raise session_not_found(session_id)
        video = await self._library.opened(saved.video.path)
        await self._versions.adopt(session_id, saved.video, video)
        state = await self._open(session_id, video, saved.lora_mode, saved.frame_step)
        state.owner = saved.owner
        try:
            await self._run(state, restore_session(state, saved))
        except BaseException:
            await self.release(state)
            raise
        return state

    async def continue_on_new_version(self, session_id: str) -> int:
        """Makes a session that is not in memory one on its video as it is now.

        Masks and prompts stay on the frames at the start that are the same. Returns how many these are.

        Raises:
            LitError: VIDEO_NOT_FOUND where no frame is the same.
        """
        video = await self._library.opened((old := (await self.info(session_id)).video).path)
        frames = await self._versions.move(session_id, old, video)
        await asyncio.to_thread(self._device.discard_session, session_id)
        return frames

    async def release(self, state: SessionState) -> None:
        """Closes a session's video and frees its memory; it stays in the store."""
        if self._device.worker.death is None:
            # As a step, so that it runs after the one that a stream may be in.
            await self._run(state, _close(state))
        else:
            await asyncio.to_thread(state.tracker.close)
        video_id = state.video.id
        self._open_videos[video_id] -= 1
        if not self._open_videos[video_id]:
            del self._open_videos[video_id]
            self._device.discard_video(video_id)
        await self._device.worker.drain()
        await self._store.flush()

    async def _open(self, session_id: str, video: Video, lora_mode: LoraMode, frame_step: int) -> SessionState:
        reader = await self._library.threads.reading.run(self._library.open, video)
        try:
            tracker = self._device.open_tracker(reader, video.id, session_id, frame_step)
        except BaseException:
            reader.close()
            raise
        self._open_videos[video.id] += 1
        self._versions.remember(video)
        journal = self._store.journal(session_id)
        read = functools.partial(self._store.saved_masks, session_id)
        masks = MaskBook(journal, read, self._settings.mask_budget)
        return SessionState(video, self._device, tracker, journal, masks, lora_mode, self._settings)

    def open_videos(self) -> frozenset[str]:
        """The ids of the videos that sessions in memory are on."""
        return frozenset(self._open_videos)

    async def video_change(self, session_id: str) -> VideoChange | None:
        """How the file of a session's video has changed since; None where it has not."""
        return await self._versions.change((await self.info(session_id)).video)

    async def check_video(self, state: SessionState) -> None:
        """Raises LitError (VIDEO_NOT_FOUND) where the file of a session's video has changed since it was opened."""
        await self._versions.check(state.session_id, state.video)

    async def close(self) -> None:
        """Ends what still reads videos to recognize their frames later."""
        await self._versions.close()

    async def _run(self, state: SessionState, steps: Steps[None, None]) -> None:
        await self._device.worker.run(steps, rank=Rank.INTERACTIVE, session=state.session_id)


def _close(state: SessionState) -> Steps[None, None]:
    yield from ()
    state.tracker.close()


def restore_session(state: SessionState, saved: SavedSession) -> Steps[None, None]:
    """Restores prompts, masks, adapters and the LoRA mode as they were saved, without running the model.

    They replace what the session has in memory. Adapters of another model stay in the store, for when it runs again.
    """
    yield from ()
    state.banks.clear()
    state.latest.clear()
    state.given_masks.clear()
    state.lora_mode = saved.lora_mode
    state.consolidated = saved.consolidated
    state.tracker.resume(saved.consolidated)
    versions = by_object(saved.versions)
    for each in saved.objects:
        bank = state.banks[each.object_id] = AdapterBank(state.settings.banking)
        for adapter in each.adapters:
            if _fits(adapter, state):
                bank.restore(adapter.record, adapter.weights.to(state.lora_model.device), adapter.trained_masks)
            else:
                logger.warning(
                    "session %s is resumed without adapter %s of object %d: it was trained for another model",
                    saved.session_id,
                    adapter.record.adapter_id,
                    each.object_id,
                )
        memory = resumed_memory(each, versions[each.object_id])
        if each.frames:
            for frame in each.frames:
                if (given := restored_mask(frame.prompts)) is not None:
                    state.given_masks[each.object_id, frame.frame_index] = given
            conditioning = {frame.frame_index: frame.conditioning for frame in each.frames}
            state.tracker.restore(each.object_id, memory, conditioning)
        else:
            state.tracker.memories.absent(each.object_id).update(memory.absent)
            state.tracker.memories.confirmed(each.object_id).update(memory.confirmed)
    newest = max((made.version for made in saved.versions), default=0)
    state.tracker.memories.continue_after(max(newest, saved.last_version))
    state.masks.restore((made.frame_index, made.object_id) for made in saved.versions)


def _fits(adapter: SavedAdapter, state: SessionState) -> bool:
    if adapter.model is not None:
        return adapter.model == state.device.model.fingerprint
    return adapter.weights.fits(state.lora_model.sam_mask_decoder)
