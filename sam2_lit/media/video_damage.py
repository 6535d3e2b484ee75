"""Finds the frames of videos that cannot be shown as they are, once for each version of a video."""

import logging
from collections.abc import Callable

from sam2_lit.errors import LitError
from sam2_lit.media.catalog import Video
from sam2_lit.media.damage_reports import DamageReports
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.videos import FrameRange
from sam2_lit.thread_pool import ThreadPool

logger = logging.getLogger(__name__)


class VideoDamage:
    """The damage of videos. May be used from any thread."""

    def __init__(self, reports: DamageReports, open_reader: Callable[[Video], VideoReader], thread: ThreadPool) -> None:
        """`thread` is for `find_later`."""
        self._reports = reports
        self._open_reader = open_reader
        self._thread = thread

    def of(self, video_id: str) -> list[FrameRange] | None:
        """The frames of a video that cannot be shown as they are; None where they are not known."""
        return self._reports.get(video_id)

    def find(self, video: Video) -> None:
        """Reads a whole video, unless that was done, by an earlier process too. Raises as `VideoLibrary.open`."""
        if video.id in self._reports:
            return
        with self._open_reader(video) as reader:
            damage = reader.damage()
        for each in damage or ():
            logger.warning("%s: frames %d to %d are %s", video.path, each.first, each.last, each.reason)
        self._reports.add(video.id, damage)

    def find_later(self, video: Video) -> None:
        """Starts `find`; what it raises is logged."""
        self._thread.submit(self._find_or_log, video)

    def _find_or_log(self, video: Video) -> None:
        try:
            self.find(video)
        except LitError as error:
            logger.warning("%s could not be read to its end: %s", video.path, error.message)
