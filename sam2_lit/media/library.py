"""The videos that clients can choose from."""

import hashlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.media_threads import MediaThreads
from sam2_lit.media.readers.folder import frame_files
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.packet_table import corrections
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.media.uploads import SUFFIXES, Uploads
from sam2_lit.records.videos import VideoEntry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Video(VideoEntry):
    """A video whose file is there: `file` is a video file or a folder of frames."""

    file: Path


class VideoLibrary:
    """The sample, the videos in the user's folder, and the uploads. May be used from any thread.

    An event loop uses it on `threads`, which `close` ends.

    Invariant: a client's path or id is only compared with those of known videos, never joined to a folder.
    """

    def __init__(
        self, sample: Path, videos_dir: Path | None, data_dir: Path, limits: MediaLimits | None = None
    ) -> None:
        """Raises NotADirectoryError where `videos_dir` is given and is not a folder."""
        if videos_dir is not None and not videos_dir.is_dir():
            raise NotADirectoryError(f"{videos_dir} is not a folder of videos")
        self._sample, self._videos_dir = sample, videos_dir
        self._limits = limits or MediaLimits()
        self.threads = MediaThreads()
        self._uploads = Uploads(data_dir / "uploads", self._limits)
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._known: dict[str, tuple[tuple[int, int, int], Video | None]] = {}

    def close(self) -> None:
        self.threads.close()

    def videos(self) -> list[Video]:
        """Every video that can be opened: the sample, then the user's by name, then the uploads, oldest first.

        A file is opened when it is new or has changed. One that cannot be used is logged and left out.
        """
        found = [self._open_cached(path, file) for path, file in self._candidates()]
        return [video for video in found if video is not None]

    def default(self) -> Video:
        """The video that clients start with.

        Raises:
            LitError: VIDEO_NOT_FOUND where there are no videos.
        """
        if videos := self.videos():
            return videos[0]
        raise LitError(ErrorCode.VIDEO_NOT_FOUND, "there are no videos yet; upload one")

    def by_id(self, video_id: str) -> Video:
        """The video with this id.

        Raises:
            LitError: VIDEO_NOT_FOUND.
        """
        return self._find(video_id, "id")

    def by_path(self, path: str) -> Video:
        """The video with this path, as clients know it.

        Raises:
            LitError: VIDEO_NOT_FOUND.
        """
        return self._find(path, "path")

    def open(self, video: Video) -> VideoReader:
        """Opens a new reader of a video.

        Raises:
            LitError: UNSUPPORTED_MEDIA where its file has become missing or unreadable.
        """
        return open_video(video.file, self._limits)

    def add_upload(
        self,
        source: BinaryIO,
        filename: str,
        start_sec: float | None = None,
        duration_sec: float | None = None,
    ) -> Video:
        """Stores an uploaded file, trimmed where a start or a duration is given.

        Trimming keeps exactly the frames shown at start <= t < start + duration, where t is in seconds from the first
        frame, and re-encodes them as H.264 in MP4. On any error nothing is left behind.

        Args:
            source: read to its end, in chunks.
            filename: the client's name for the file; used for the stored name, its suffix and messages.
            start_sec: 0 where None.
            duration_sec: to the end where None.

        Raises:
            LitError: UPLOAD_TOO_LARGE; UNSUPPORTED_MEDIA where `open_video` raises it, where the first or the last
                frame cannot be decoded, or where trimming leaves no frame.
        """
        file = self._uploads.add(source, filename, start_sec, duration_sec)
        return self.by_path(f"uploads/{file.name}")

    def uploads(self, before: float = float("inf")) -> list[str]:
        """The paths of the videos that were uploaded before `before`, in seconds since the epoch; oldest first."""
        with self._lock:
            return [f"uploads/{file.name}" for file in self._uploads.files() if file.stat().st_mtime < before]

    def remove_upload(self, path: str) -> None:
        """Deletes an uploaded video for good; nothing where no upload has this path."""
        folder, _, name = path.partition("/")
        if folder == "uploads":
            with self._lock:
                self._uploads.remove(name)
                self._known.pop(path, None)

    def _find(self, value: str, attribute: str) -> Video:
        # Opens only the requested video: others may be long, or on a slow disk.
        for path, file in self._candidates():
            if value == (path if attribute == "path" else _id_of(path)) and (video := self._open_cached(path, file)):
                return video
        raise LitError(
            ErrorCode.VIDEO_NOT_FOUND, f"no video has the {attribute} {value!r}; the query videos lists them"
        )

    def _candidates(self) -> Iterator[tuple[str, Path]]:
        yield f"sample/{self._sample.name}", self._sample
        if self._videos_dir is not None and self._videos_dir.is_dir():
            for file in sorted(self._videos_dir.iterdir(), key=lambda file: file.name):
                if _may_be_video(file):
                    yield f"videos/{file.name}", file
        for file in self._uploads.files():
            yield f"uploads/{file.name}", file

    def _open_cached(self, path: str, file: Path) -> Video | None:
        try:
            status = file.stat()
        except OSError as error:
            logger.warning("%s is left out: %s", path, error.strerror)
            return None
        state = (status.st_mtime_ns, status.st_size, corrections())
        with self._lock:
            opening = self._opening.setdefault(path, threading.Lock())
        # One that is decoded for its order takes minutes to open: the others are served meanwhile.
        with opening:
            known_state, video = self._known.get(path, (None, None))
            if known_state != state:
                video = self._read(path, file)
                self._known[path] = (state, video)
            return video

    def _read(self, path: str, file: Path) -> Video | None:
        try:
            with open_video(file, self._limits) as reader:
                return Video(_id_of(path), path, reader.info, file)
        except LitError as error:
            logger.warning("%s is left out: %s", path, error.message)
        except Exception:
            logger.exception("%s is left out: it made the server fail", path)
        return None


def _id_of(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def _may_be_video(file: Path) -> bool:
    # A name that is not UTF-8 cannot be sent to a client.
    if file.name.startswith(".") or not file.name.isprintable():
        return False
    try:
        return bool(frame_files(file)) if file.is_dir() else file.suffix.lower() in SUFFIXES
    except OSError:
        # Another user's folder, such as `lost+found`.
        return False
