"""The videos that a user may see."""

from typing import BinaryIO

from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary, VideoPage
from sam2_lit.records.users import Owner, current_user
from sam2_lit.records.videos import no_video_at, no_video_with
from sam2_lit.store.store import Store


class VisibleVideos:
    """The library as the current user sees it: without private uploads of others. Used on the event loop."""

    def __init__(self, library: VideoLibrary, store: Store) -> None:
        self._library = library
        self._store = store

    async def add(
        self, file: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None, private: bool
    ) -> Video:
        """Adds an upload of the current user, as `VideoLibrary.add_upload`; `private` hides it from others.

        Raises LitError (UNSUPPORTED_MEDIA, UPLOAD_TOO_LARGE, or BAD_REQUEST for `private` without users).
        """
        owner = Owner.of_new(private)

        def announce(path: str) -> None:
            if owner.user is not None:
                self._store.add_upload(path, owner)

        return await self._library.threads.uploads.run(
            self._library.add_upload, file, filename, start_sec, duration_sec, announce
        )

    async def page(
        self, search: str, after: str | None, before: str | None, first: int | None, last: int | None
    ) -> VideoPage:
        """As `VideoLibrary.page`."""
        hidden = await self._hidden()
        return await self._library.threads.reading.run(
            self._library.page, search, after, before, first, last, hidden=hidden
        )

    async def default(self) -> Video:
        """As `VideoLibrary.default`."""
        return await self._library.threads.reading.run(self._library.default, await self._hidden())

    async def by_id(self, video_id: str) -> Video:
        """As `VideoLibrary.by_id`."""
        video = await self._library.threads.reading.run(self._library.by_id, video_id)
        if await self.hides(video.path):
            raise no_video_with(video_id)
        return video

    async def check(self, path: str) -> None:
        """Raises LitError (VIDEO_NOT_FOUND), as if there were no video with this path, where it is hidden."""
        if await self.hides(path):
            raise no_video_at(path)

    async def hides(self, path: str) -> bool:
        """Whether the video with this path is hidden from the current user."""
        viewer = current_user.get()
        if viewer is None or not path.startswith("uploads/"):
            return False
        return path in await self._store.reading.run(self._store.hidden_uploads, viewer, path)

    async def _hidden(self) -> frozenset[str]:
        viewer = current_user.get()
        return frozenset() if viewer is None else await self._store.reading.run(self._store.hidden_uploads, viewer)
