"""What happens to sessions when the file of their video changes."""

import asyncio
import logging

import numpy as np

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.sources import legacy_id
from sam2_lit.records.videos import VideoChange, VideoEntry
from sam2_lit.store.store import Store

logger = logging.getLogger(__name__)

_DIGEST = np.dtype("<u4")


class VideoVersions:
    """Recognizes frames of a video in its next version. Used on the event loop.

    A video is its content: its id stands for one version of a file, and a session belongs to that version.
    """

    def __init__(self, library: VideoLibrary, store: Store) -> None:
        self._library = library
        self._store = store
        self._remembering: dict[str, asyncio.Task[None]] = {}

    def remember(self, video: Video) -> None:
        """Starts to read a whole video: to recognize its frames later, and to find those that are damaged."""
        if video.id not in self._remembering:
            self._remembering[video.id] = task = asyncio.create_task(self._remember(video))
            task.add_done_callback(lambda _: self._remembering.pop(video.id, None))

    async def close(self) -> None:
        tasks = list(self._remembering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def check(self, session_id: str, video: Video) -> None:
        """Raises LitError (VIDEO_NOT_FOUND) where the file of a video has changed since the session was opened."""
        try:
            await self._library.check_unchanged(video)
        except LitError as error:
            if error.code is not ErrorCode.VIDEO_NOT_FOUND:
                raise
            raise _changed(session_id, video, "put that one back, or send continueSession") from error

    async def change(self, saved: VideoEntry) -> VideoChange | None:
        """How a video has changed since it was stored; None where it has not, or only its time of change has."""
        try:
            video = await self._library.opened(saved.path)
        except LitError:
            return VideoChange(0, 0)
        same = await self._same_frames(saved, video)
        is_same = same == video.info.frame_count == saved.info.frame_count
        return None if is_same else VideoChange(same, video.info.frame_count)

    async def adopt(self, session_id: str, saved: VideoEntry, video: Video) -> None:
        """Makes a stored session one on the video as it is now, where all of its frames are the same.

        Raises LitError: VIDEO_NOT_FOUND otherwise, saying how many frames are the same.
        """
        if video.id == saved.id:
            return
        same = await self._same_frames(saved, video)
        if not same == video.info.frame_count == saved.info.frame_count:
            offer = "put that one back, or start another session"
            if same:
                offer = f"its first {same} frames are the same: continueSession keeps their masks and prompts"
            raise _changed(session_id, video, offer)
        await self._store.move_session(session_id, video, same)

    async def move(self, session_id: str, saved: VideoEntry, video: Video) -> int:
        """Makes a stored session one on the video as it is now. Returns how many frames are the same.

        Raises LitError: VIDEO_NOT_FOUND where none is.
        """
        same = await self._same_frames(saved, video)
        if not same:
            raise _changed(session_id, video, "no frame is known to be the same; start another session")
        await self._store.move_session(session_id, video, same)
        logger.info("session %s continues on %s, whose first %d frames are the same", session_id, video.path, same)
        return same

    async def _remember(self, video: Video) -> None:
        try:
            if await self._store.reading.run(self._store.frame_digests, video.id) is None:
                digests = await self._library.threads.scanning.run(self._library.frame_digests, video)
                await self._store.add_frame_digests(video.id, digests.astype(_DIGEST).tobytes())
            await self._library.threads.learning.run(self._library.damage.find, video)
        except LitError as error:
            logger.warning("%s could not be read to its end: %s", video.path, error.message)

    async def _same_frames(self, saved: VideoEntry, video: Video) -> int:
        """How many frames at the start of a video are those of the version that was stored."""
        if video.id == saved.id:
            return saved.info.frame_count
        if saved.id == legacy_id(saved.path):
            # Earlier releases identified a video by its path, and compared only its size and length.
            return video.info.frame_count if video.info == saved.info else 0
        if (task := self._remembering.get(saved.id)) is not None:
            await asyncio.wait([task])
        stored = await self._store.reading.run(self._store.frame_digests, saved.id)
        size = (saved.info.width, saved.info.height)
        if stored is None or (video.info.width, video.info.height) != size:
            return 0
        return await self._library.threads.scanning.run(
            self._library.same_frames, video, np.frombuffer(stored, _DIGEST)
        )


def _changed(session_id: str, video: VideoEntry, offer: str) -> LitError:
    return LitError(
        ErrorCode.VIDEO_NOT_FOUND,
        f"{video.path} is no longer the video that session {session_id} was started on; {offer}",
    )
