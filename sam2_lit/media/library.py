"""The videos that clients can choose from."""

import logging
import threading
from asyncio import wrap_future
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.catalog import Catalog, Entry, Preparing, Unusable, Video
from sam2_lit.media.damage_reports import DamageReports
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.media_threads import MediaThreads
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.media.recounts import Recounts
from sam2_lit.media.source_index import SourceIndex
from sam2_lit.media.sources import Source
from sam2_lit.media.uploads import Uploads
from sam2_lit.media.video_damage import VideoDamage
from sam2_lit.records.videos import VideoEntry

logger = logging.getLogger(__name__)

# Opening one takes milliseconds: a page is made within a second or so.
_OPENED_PER_PAGE = 100


@dataclass(frozen=True)
class VideoPage:
    """A part of the library.

    Attributes:
        videos: each with its cursor.
        unusable, preparing: what else was found between the first and the last video.
        start, end: the cursors of the first and last entry looked at, whether or not it is a video; empty without one.
        has_previous, has_next: whether there are entries before and after these.
        total: how many entries there are on all pages.
    """

    videos: tuple[tuple[str, Video], ...]
    unusable: tuple[Unusable, ...]
    preparing: tuple[Preparing, ...]
    start: str
    end: str
    has_previous: bool
    has_next: bool
    total: int


class VideoLibrary:
    """The sample, the videos in the user's folder, and the uploads. May be used from any thread.

    An event loop uses it on `threads`, which `close` ends. `damage` finds the frames of videos that cannot be shown.

    Invariant: a client's path or id is only compared with those of known videos, never joined to a folder.
    """

    def __init__(
        self, sample: Path, videos_dir: Path | None, data_dir: Path, settings: MediaSettings | None = None
    ) -> None:
        """Raises NotADirectoryError where `videos_dir` is given and is not a folder."""
        if videos_dir is not None and not videos_dir.is_dir():
            raise NotADirectoryError(f"{videos_dir} is not a folder of videos")
        self.settings = settings or MediaSettings()
        self.threads = MediaThreads()
        self._uploads = Uploads(data_dir / "uploads", self.settings)
        self._index = SourceIndex(sample, videos_dir, self._uploads, Recounts(data_dir / "recounted.json"))
        self._videos_dir = videos_dir
        self._catalog = Catalog(self.settings, self.threads.learning, self._index.recount)
        self._lock = threading.Lock()
        self.damage = VideoDamage(
            DamageReports(data_dir / "damage.json"), lambda video: self.open(video), self.threads.learning
        )

    def close(self) -> None:
        self.threads.close()

    def page(
        self,
        search: str = "",
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
        hidden: frozenset[str] = frozenset(),
    ) -> VideoPage:
        """The sample, then the user's videos by path, then the uploads, oldest first; and what cannot be used.

        A file is opened when it is new or has changed. A page ends early after opening 100 that it had
        not seen; the next page continues.

        Args:
            search: only entries whose path contains this, whatever the case.
            after, before: only what follows and precedes these cursors.
            first, last: at most so many videos, from the start or the end. Where both are None, all.
            hidden: paths that are left out, as if there were no such files.
        """
        listed = self._index.sources()
        if hidden:
            listed = [each for each in listed if each[1].path not in hidden]
        if wanted := search.casefold():
            listed = [each for each in listed if wanted in each[1].path.casefold()]
        low = 0 if after is None else bisect_right(listed, after, key=lambda each: each[0])
        high = len(listed) if before is None else bisect_left(listed, before, key=lambda each: each[0])
        positions = range(low, high)
        if from_the_end := first is None and last is not None:
            positions = positions[::-1]
        looked_at: list[tuple[str, Entry]] = []
        opened = count = 0
        for position in positions:
            cursor, source = listed[position]
            if count == (last if from_the_end else first) or opened == _OPENED_PER_PAGE:
                break
            source = self._index.as_it_is(source)
            opened += not self._catalog.is_known(source)
            looked_at.append((cursor, self._entry(source)))
            count += isinstance(looked_at[-1][1], Video)
        if from_the_end:
            looked_at.reverse()
            high_end, low_end = high, high - len(looked_at)
        else:
            low_end, high_end = low, low + len(looked_at)
            if last is not None:
                videos_seen = [place for place, (_, entry) in enumerate(looked_at) if isinstance(entry, Video)]
                skipped = len(looked_at) if last == 0 else (videos_seen[-last:] or [0])[0]
                looked_at, low_end = looked_at[skipped:], low_end + skipped
        return VideoPage(
            videos=tuple((cursor, entry) for cursor, entry in looked_at if isinstance(entry, Video)),
            unusable=tuple(entry for _, entry in looked_at if isinstance(entry, Unusable)),
            preparing=tuple(entry for _, entry in looked_at if isinstance(entry, Preparing)),
            start=looked_at[0][0] if looked_at else "",
            end=looked_at[-1][0] if looked_at else "",
            has_previous=low_end > 0,
            has_next=high_end < len(listed),
            total=len(listed),
        )

    def default(self, hidden: frozenset[str] = frozenset()) -> Video:
        """The video that clients start with, none of the paths `hidden`.

        Raises:
            LitError: VIDEO_NOT_FOUND where there are no videos.
        """
        for _, source in self._index.sources():
            if source.path in hidden:
                continue
            if isinstance(entry := self._entry(self._index.as_it_is(source)), Video):
                return entry
        raise LitError(ErrorCode.VIDEO_NOT_FOUND, "there are no videos yet; upload one")

    def by_id(self, video_id: str) -> Video:
        """The video with this id. It waits where the order of the video's frames is being learned.

        Raises:
            LitError: VIDEO_NOT_FOUND, also where the file has changed: its new version has another id.
        """
        source = self._index.by_id(video_id)
        video = self._video(source)
        return video if video.id == source.id else self._video(self._index.by_id(video_id))

    def by_path(self, path: str) -> Video:
        """The video with this path, as clients know it. It waits where the order of its frames is being learned.

        Raises:
            LitError: VIDEO_NOT_FOUND; UNSUPPORTED_MEDIA where it cannot be used.
        """
        return self._video(self._index.by_path(path))

    async def opened(self, path: str) -> Video:
        """As `by_path`, on an event loop, without a thread that waits."""
        entry = await self.threads.reading.run(self._entry_at, path)
        return _usable(await wrap_future(entry.outcome) if isinstance(entry, Preparing) else entry)

    async def check_unchanged(self, video: Video) -> None:
        """Raises LitError (VIDEO_NOT_FOUND) where the file of a video has changed since, or is gone."""
        await self.threads.checking.run(self._index.by_id, video.id)

    def same_frames(self, video: Video, digests: NDArray[np.uint32]) -> int:
        """How many frames at the start of a video are those of an earlier version, which had `digests`."""
        count = min(len(digests), video.info.frame_count)
        different = np.flatnonzero(self.frame_digests(video)[:count] != digests[:count])
        return int(different[0]) if len(different) else count

    def frame_digests(self, video: Video) -> NDArray[np.uint32]:
        """`VideoReader.frame_digests` of a video. Raises as `open`."""
        with self.open(video) as reader:
            return reader.frame_digests()

    def open(self, video: Video) -> VideoReader:
        """Opens a new reader of a video.

        Raises:
            LitError: VIDEO_NOT_FOUND where its file has changed or is gone; UNSUPPORTED_MEDIA where it is unreadable.
        """
        self._index.check_version(video.path, video.id)
        reader = open_video(video.file, self.settings)
        reader.when_changed = lambda: self._look_again(video.path)
        return reader

    def frame_stems(self, entry: VideoEntry) -> tuple[str, ...] | None:
        """`VideoReader.frame_stems` of a stored video; None also where the video is missing or has changed."""
        try:
            with self.open(self.by_id(entry.id)) as reader:
                return reader.frame_stems if len(reader) == entry.info.frame_count else None
        except LitError:
            return None

    def project_folders(self, path: str) -> list[Path]:
        """The folders on disk that may have a file about a video: its own, then those above it in the user's folder.

        None for the sample, uploads, and videos that are missing.
        """
        if self._videos_dir is None or not path.startswith("videos/"):
            return []
        try:
            folder = self._index.by_path(path).file.parent
        except LitError:
            return []
        return [each for each in (folder, *folder.parents) if each.is_relative_to(self._videos_dir)]

    def add_upload(
        self,
        source: BinaryIO,
        filename: str,
        start_sec: float | None = None,
        duration_sec: float | None = None,
        announce: Callable[[str], None] = lambda path: None,
    ) -> Video:
        """Stores an uploaded file, trimmed where a start or a duration is given.

        Trimming keeps exactly the frames shown at start <= t < start + duration, where t is in seconds from the first
        frame, and re-encodes them as H.264 in MP4. On any error nothing is left behind. Damage is then looked for
        in the background.

        Args:
            source: read to its end, in chunks.
            filename: the client's name for the file; used for the stored name, its suffix and messages.
            start_sec: 0 where None.
            duration_sec: to the end where None.
            announce: called with the path before the video can be listed under it.

        Raises:
            LitError: UPLOAD_TOO_LARGE; UNSUPPORTED_MEDIA where `open_video` raises it, where the first or the last
                frame cannot be decoded, or where trimming leaves no frame.
        """
        file = self._uploads.add(source, filename, start_sec, duration_sec, lambda name: announce(f"uploads/{name}"))
        video = self.by_path(f"uploads/{file.name}")
        self.damage.find_later(video)
        return video

    def uploads(self, before: float = float("inf")) -> list[str]:
        """The paths of the videos that were uploaded before `before`, in seconds since the epoch; oldest first."""
        with self._lock:
            return [f"uploads/{file.name}" for file in self._uploads.files(before)]

    def remove_upload(self, path: str) -> bool:
        """Deletes an uploaded video for good. Returns whether there was one, and no other call was faster."""
        folder, _, name = path.partition("/")
        with self._lock:
            return folder == "uploads" and self._uploads.remove(name)

    def _entry_at(self, path: str) -> Entry:
        return self._entry(self._index.by_path(path))

    def _look_again(self, path: str) -> None:
        self._index.look_again(path)
        with suppress(LitError):
            self._entry_at(path)

    def _entry(self, source: Source) -> Entry:
        """What a source is, under the id that it has once it is known to be recounted."""
        entry = self._catalog.entry(source)
        now = self._index.recounted(source)
        return entry if now is source else self._catalog.entry(now)

    def _video(self, source: Source) -> Video:
        entry = self._entry(source)
        return _usable(entry.outcome.result() if isinstance(entry, Preparing) else entry)


def _usable(entry: Video | Unusable) -> Video:
    if isinstance(entry, Unusable):
        raise LitError(ErrorCode.UNSUPPORTED_MEDIA, f"{entry.path} cannot be used: {entry.reason}")
    return entry
