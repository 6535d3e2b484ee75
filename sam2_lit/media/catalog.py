"""What sources are, found by opening each version of one once."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sam2_lit.errors import LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.decoding_order import learning_progress
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.table_cache import OrderUnknown, corrections
from sam2_lit.media.sources import Source
from sam2_lit.records.videos import VideoEntry
from sam2_lit.thread_pool import ThreadPool

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Video(VideoEntry):
    """A video whose file is there: `file` is a video file or a folder of frames."""

    file: Path


@dataclass(frozen=True)
class Unusable:
    """A file or folder that is not a video, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Preparing:
    """A file that is being decoded to learn the order of its frames; `outcome` is what it turns out to be."""

    path: str
    file: Path
    outcome: "Future[Video | Unusable]"

    @property
    def progress(self) -> float:
        """How much of it is decoded, 0 to 1."""
        return learning_progress(self.file)


Entry = Video | Unusable | Preparing


class Catalog:
    """Opens sources. May be used from any thread."""

    def __init__(
        self, settings: MediaSettings, learning: ThreadPool, when_recounted: Callable[[Source], object]
    ) -> None:
        """`learning` decodes files whose order has to be learned.

        `when_recounted` is called with a source whose number of frames is another than `entry` returned before.
        """
        self._settings = settings
        self._learning = learning
        self._when_recounted = when_recounted
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._known: dict[str, tuple[tuple[str, int], Entry]] = {}

    def is_known(self, source: Source) -> bool:
        """Whether `entry` returns without opening the source."""
        return source.refusal is not None or self._key(source) == self._known.get(source.path, (None, None))[0]

    def entry(self, source: Source) -> Entry:
        """What a source is. It is opened when it is new or has changed; why it is no video is logged then."""
        if source.refusal is not None:
            return Unusable(source.path, source.refusal)
        with self._lock:
            opening = self._opening.setdefault(source.path, threading.Lock())
        with opening:
            key, entry = self._known.get(source.path, (None, None))
            if entry is None or key != self._key(source):
                before, entry = (key, entry), self._open(source)
                key = self._key(source)
                self._compare(source, *before, entry)
            if isinstance(entry, Preparing) and entry.outcome.done():
                entry = entry.outcome.result()
            self._known[source.path] = (key, entry)
            return entry

    def _compare(self, source: Source, key: tuple[str, int] | None, before: Entry | None, after: Entry) -> None:
        if key is None or key[0] != source.id or not isinstance(before, Video) or not isinstance(after, Video):
            return
        if before.info.frame_count != after.info.frame_count:
            self._when_recounted(source)

    def _key(self, source: Source) -> tuple[str, int]:
        return source.id, corrections()

    def _open(self, source: Source) -> Entry:
        try:
            return self._read(source, learn=False)
        except OrderUnknown:
            return Preparing(source.path, source.file, self._learning.submit(self._read, source, learn=True))

    def _read(self, source: Source, *, learn: bool) -> Video | Unusable:
        try:
            with open_video(source.file, self._settings, learn=learn) as reader:
                return Video(source.id, source.path, reader.info, source.file)
        except LitError as error:
            reason = error.message.removeprefix(f"{source.file.name} cannot be used: ")
        except OrderUnknown:
            raise
        except Exception:
            logger.exception("%s made the server fail", source.path)
            reason = "reading it made the server fail; its log says why"
        logger.warning("%s is left out: %s", source.path, reason)
        return Unusable(source.path, reason)
