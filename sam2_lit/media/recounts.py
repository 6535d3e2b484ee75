"""Stores which versions of videos turned out to have another number of frames than their timestamps promised."""

import logging
import threading
from pathlib import Path

from sam2_lit.media.shared_json import SharedJson

logger = logging.getLogger(__name__)

_STORED = 10_000


class Recounts:
    """Ids that no video has any more: from a frame on, their indices were those of other pictures.

    They are in one JSON file, the last 10,000. Other processes may write it too: `refresh` reads what they wrote. Of
    two that write at once, what one of them found may be lost, and is found again.
    """

    def __init__(self, file: Path) -> None:
        """A file that cannot be read is logged and replaced."""
        self._file = SharedJson(file)
        self._lock = threading.Lock()
        self._ids: dict[str, None] = {}
        self.refresh()

    def __contains__(self, video_id: str) -> bool:
        return video_id in self._ids

    def add(self, video_id: str) -> None:
        """Where the file cannot be written, that is logged, and the id is known until the process ends."""
        self.refresh()
        with self._lock:
            self._ids = self._ids | {video_id: None}
            try:
                self._file.replace(list(self._ids)[-_STORED:])
            except OSError as error:
                logger.warning("that video %s was recounted is not stored (%s)", video_id, error)

    def refresh(self) -> None:
        """Reads the file again where it has changed."""
        try:
            with self._lock:
                if (found := self._file.changed()) is not None:
                    self._ids = self._ids | dict.fromkeys(map(str, found))
        except (OSError, ValueError, TypeError) as error:
            logger.warning("the stored list of recounted videos cannot be read (%s)", error)
