"""Stores which frames of videos cannot be shown, so that each version of a video is read to its end for it once."""

import logging
import threading
from dataclasses import astuple
from pathlib import Path
from typing import Any

from sam2_lit.media.shared_json import SharedJson
from sam2_lit.records.videos import FrameRange

logger = logging.getLogger(__name__)

_STORED = 1000


class DamageReports:
    """The damage of videos by id, in one JSON file that holds the last 1000. May be used from any thread.

    Other processes may write the file too: it is read again where it has changed and a video is not known. Of two that
    write at once, what one of them found may be lost, and is found again.
    """

    def __init__(self, file: Path) -> None:
        """A file that cannot be read is logged and replaced: its videos are read again."""
        self._file = SharedJson(file)
        self._lock = threading.Lock()
        self._reports: dict[str, list[FrameRange] | None] = {}
        self._read_again()

    def __contains__(self, video_id: str) -> bool:
        if video_id not in self._reports:
            self._read_again()
        return video_id in self._reports

    def get(self, video_id: str) -> list[FrameRange] | None:
        """The frames of a video that cannot be shown as they are; None where they are not known."""
        return self._reports[video_id] if video_id in self else None

    def add(self, video_id: str, damage: list[FrameRange] | None) -> None:
        """Stores the damage of a video, None where finding it would take too long.

        Where the file cannot be written, that is logged, and the damage is known until the process ends.
        """
        self._read_again()
        with self._lock:
            self._reports.pop(video_id, None)
            self._reports[video_id] = damage
            kept = dict(list(self._reports.items())[-_STORED:])
            try:
                self._file.replace({each: found and list(map(astuple, found)) for each, found in kept.items()})
            except OSError as error:
                logger.warning("the damage of video %s is not stored (%s)", video_id, error)

    def _read_again(self) -> None:
        try:
            with self._lock:
                if (found := self._file.changed()) is not None:
                    self._reports = self._reports | _reports_of(found)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            logger.warning("the stored damage of videos cannot be read, and is found again (%s)", error)


def _reports_of(stored: Any) -> dict[str, list[FrameRange] | None]:
    return {
        str(video_id): None if ranges is None else [FrameRange(int(a), int(b), str(why)) for a, b, why in ranges]
        for video_id, ranges in stored.items()
    }
