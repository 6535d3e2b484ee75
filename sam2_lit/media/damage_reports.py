"""Stores which frames of videos cannot be shown, so that each version of a video is read to its end for it once."""

import json
import logging
import os
import threading
import uuid
from dataclasses import astuple
from pathlib import Path

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
        self._file = file
        self._lock = threading.Lock()
        self._read_at = 0
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
            text = json.dumps({each: ranges and [astuple(one) for one in ranges] for each, ranges in kept.items()})
            unfinished = self._file.with_name(f"{self._file.name}.{uuid.uuid4().hex}.part")
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                unfinished.write_text(text)
                os.replace(unfinished, self._file)
                self._read_at = self._file.stat().st_mtime_ns
            except OSError as error:
                logger.warning("the damage of video %s is not stored (%s)", video_id, error)
                unfinished.unlink(missing_ok=True)

    def _read_again(self) -> None:
        try:
            changed_at = self._file.stat().st_mtime_ns
        except OSError:
            return
        with self._lock:
            if changed_at != self._read_at:
                self._read_at = changed_at
                self._reports = self._reports | _read(self._file)


def _read(file: Path) -> dict[str, list[FrameRange] | None]:
    try:
        stored = json.loads(file.read_text())
        return {
            str(video_id): None if ranges is None else [FrameRange(int(a), int(b), str(why)) for a, b, why in ranges]
            for video_id, ranges in stored.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        logger.warning("the stored damage of videos cannot be read, and is found again (%s)", error)
        return {}
