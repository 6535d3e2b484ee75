"""Stores which versions of videos turned out to have another number of frames than their timestamps promised."""

import json
import logging
import os
import threading
import uuid
from pathlib import Path

logger = logging.getLogger(__name__)

_STORED = 10_000


class Recounts:
    """Ids that no video has any more: from a frame on, their indices were those of other pictures.

    They are in one JSON file, the last 10,000. Other processes may write it too: `refresh` reads what they wrote. Of
    two that write at once, what one of them found may be lost, and is found again.
    """

    def __init__(self, file: Path) -> None:
        """A file that cannot be read is logged and replaced."""
        self._file = file
        self._lock = threading.Lock()
        self._read_at = 0
        self._ids: dict[str, None] = {}
        self.refresh()

    def __contains__(self, video_id: str) -> bool:
        return video_id in self._ids

    def add(self, video_id: str) -> None:
        """Where the file cannot be written, that is logged, and the id is known until the process ends."""
        self.refresh()
        with self._lock:
            self._ids = self._ids | {video_id: None}
            unfinished = self._file.with_name(f"{self._file.name}.{uuid.uuid4().hex}.part")
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                unfinished.write_text(json.dumps(list(self._ids)[-_STORED:]))
                os.replace(unfinished, self._file)
                self._read_at = self._file.stat().st_mtime_ns
            except OSError as error:
                logger.warning("that video %s was recounted is not stored (%s)", video_id, error)
                unfinished.unlink(missing_ok=True)

    def refresh(self) -> None:
        """Reads the file again where it has changed."""
        try:
            changed_at = self._file.stat().st_mtime_ns
        except OSError:
            return
        with self._lock:
            if changed_at == self._read_at:
                return
            self._read_at = changed_at
            try:
                self._ids = self._ids | dict.fromkeys(map(str, json.loads(self._file.read_text())))
            except (OSError, ValueError, TypeError) as error:
                logger.warning("the stored list of recounted videos cannot be read (%s)", error)
