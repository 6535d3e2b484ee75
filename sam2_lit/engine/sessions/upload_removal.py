"""Deletes uploaded videos that no session uses."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sam2_lit.engine.sessions.visible_videos import VisibleVideos
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.library import VideoLibrary
from sam2_lit.store.store import Store

logger = logging.getLogger(__name__)


class UploadRemoval:
    """Deletes uploads, and keeps sessions from being started on one while it is deleted.

    Used on the event loop. A path is either being removed or being started on, never both.
    """

    def __init__(self, library: VideoLibrary, store: Store, videos: VisibleVideos) -> None:
        self._library = library
        self._store = store
        self._videos = videos
        self._starting: Counter[str] = Counter()
        self._removing: set[str] = set()

    @contextmanager
    def starting(self, path: str) -> Iterator[None]:
        """For the block that starts a session on a path. Raises LitError (VIDEO_NOT_FOUND) while it is deleted."""
        if path in self._removing:
            raise LitError(ErrorCode.VIDEO_NOT_FOUND, f"{path} is being deleted; the query videos lists the others")
        self._starting[path] += 1
        try:
            yield
        finally:
            self._starting[path] -= 1
            if not self._starting[path]:
                del self._starting[path]

    async def remove(self, path: str) -> None:
        """Deletes an upload for good.

        Raises:
            LitError: VIDEO_NOT_FOUND where no upload has this path, or it is hidden from the current user;
                CAPACITY_EXCEEDED where a session uses it.
        """
        if await self._videos.hides(path) or path in self._removing:
            raise _no_upload(path)
        if self._starting[path]:
            raise _in_use(path, 1)
        self._removing.add(path)
        try:
            if path not in await self._library.threads.reading.run(self._library.uploads):
                raise _no_upload(path)
            if users := await self._store.reading.run(self._store.sessions_on, path):
                raise _in_use(path, len(users))
            if not await self._library.threads.reading.run(self._library.remove_upload, path):
                raise _no_upload(path)
            await self._store.forget_upload(path)
        finally:
            self._removing.discard(path)
        logger.info("%s is deleted", path)

    async def remove_before(self, moment: float) -> None:
        """Deletes what was uploaded before `moment`, in seconds since the epoch, and is used by no session."""
        for path in await self._library.threads.reading.run(self._library.uploads, moment):
            try:
                await self.remove(path)
            except LitError as error:
                logger.debug("%s stays: %s", path, error.message)


def _no_upload(path: str) -> LitError:
    return LitError(
        ErrorCode.VIDEO_NOT_FOUND,
        f"no upload has the path {path!r}; the paths of uploads begin with uploads/, and only they can be deleted",
    )


def _in_use(path: str, sessions: int) -> LitError:
    return LitError(
        ErrorCode.CAPACITY_EXCEEDED,
        f"{path} is used by {sessions} session{'s' * (sessions > 1)}; close {'them' if sessions > 1 else 'it'} first",
    )
