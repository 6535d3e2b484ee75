"""Uploaded videos: stored complete and checked, or not at all."""

import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from math import isfinite
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.file_sync import sync
from sam2_lit.folder_listing import entries
from sam2_lit.media.frame_archive import extract_frames
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.video_reader import FramesRecounted, VideoReader, unsupported
from sam2_lit.media.sources import FILE_SUFFIXES

_UNFINISHED = ".part"
_CHUNK_BYTES = 1024**2
# Characters of a stored file's name: from the client's name, and random ones that make it unique.
_NAME_LENGTH = 40
_UNIQUE_LENGTH = 12
_TIME_TOLERANCE_SEC = 1e-6
# Of other processes: an upload that takes longer was given up.
_ABANDONED_SECONDS = 24 * 3600


class Uploads:
    """The folder of uploaded videos. Invariant: every file in it except `*.part` is complete and checked."""

    def __init__(self, folder: Path, settings: MediaSettings) -> None:
        self._folder, self._settings = folder, settings
        folder.mkdir(parents=True, exist_ok=True)
        latest = time.time() - _ABANDONED_SECONDS if settings.shared else float("inf")
        for left_over, status in entries(folder, f"*{_UNFINISHED}"):
            if status.st_mtime <= latest:
                _delete(left_over)

    def files(self, before: float = float("inf")) -> list[Path]:
        """The uploads from before `before`, in seconds since the epoch; oldest first."""
        files = [
            (status.st_mtime_ns, path.name, path)
            for path, status in entries(self._folder)
            if path.suffix in FILE_SUFFIXES or (path.suffix != _UNFINISHED and stat.S_ISDIR(status.st_mode))
            if status.st_mtime < before
        ]
        return [path for _, _, path in sorted(files)]

    def add(
        self,
        source: BinaryIO,
        filename: str,
        start_sec: float | None,
        duration_sec: float | None,
        announce: Callable[[str], None],
    ) -> Path:
        """Stores a file, as `VideoLibrary.add_upload` describes; `announce` is called with its name.

        After a power cut it is complete or absent.
        """
        shown = filename.rsplit("/")[-1].rsplit("\\")[-1] or "the file"
        suffix = Path(shown).suffix.lower()
        trim = _trim(shown, start_sec, duration_sec)
        with self._unfinished() as received, self._unfinished() as extracted, self._unfinished() as trimmed:
            try:
                self._copy(source, received)
                finished = received
                if suffix == ".zip":
                    extract_frames(received, extracted, self._settings)
                    finished, suffix = extracted, ""
                if trim is None:
                    self._open_checked(finished).close()
                else:
                    self._write_part(finished, trimmed, shown, *trim)
                    finished = trimmed
            except LitError as error:
                message = error.message.replace(received.name, shown).replace(extracted.name, shown)
                raise LitError(error.code, message) from error
            if finished is trimmed or (finished is received and suffix not in FILE_SUFFIXES):
                suffix = ".mp4"
            unique = finished.stem[:_UNIQUE_LENGTH]
            place = self._folder / f"{_name_of(shown)}-{unique}{suffix}"
            sync(finished)
            announce(place.name)
            os.replace(finished, place)
            sync(self._folder)
            return place

    def remove(self, name: str) -> bool:
        """Deletes the upload with this file name for good. Returns whether there was one."""
        for file in self.files():
            if file.name == name:
                with self._unfinished() as deleted:
                    try:
                        # Another process may delete it too.
                        os.rename(file, deleted)
                    except FileNotFoundError:
                        return False
                sync(self._folder)
                return True
        return False

    def _open_checked(self, path: Path) -> VideoReader:
        for _ in range(2):
            with suppress(FramesRecounted), ExitStack() as on_error:
                reader = on_error.enter_context(open_video(path, self._settings))
                _check_ends(path, reader)
                on_error.pop_all()
                return reader
        raise unsupported(path, "its frames cannot be counted")

    def _write_part(self, path: Path, place: Path, shown: str, start: float, end: float) -> None:
        for _ in range(2):
            with suppress(FramesRecounted), self._open_checked(path) as reader:
                _write_trimmed(reader, place, shown, start, end)
                return
        raise unsupported(path, "its frames cannot be counted")

    @contextmanager
    def _unfinished(self) -> Iterator[Path]:
        path = self._folder / f"{uuid.uuid4().hex}{_UNFINISHED}"
        try:
            yield path
        finally:
            _delete(path)

    def _copy(self, source: BinaryIO, place: Path) -> None:
        copied = 0
        with place.open("xb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                copied += len(chunk)
                if copied > self._settings.upload_bytes:
                    raise LitError(
                        ErrorCode.UPLOAD_TOO_LARGE,
                        f"the file has more than {self._settings.upload_bytes} bytes, the most accepted",
                    )
                file.write(chunk)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _name_of(shown: str) -> str:
    """The client's name for a file, without its suffix, as a safe file name."""
    return re.sub(r"[^\w-]+", "_", Path(shown).stem)[:_NAME_LENGTH].strip("_") or "video"


def _trim(shown: str, start_sec: float | None, duration_sec: float | None) -> tuple[float, float] | None:
    """(start, end) in seconds; None for the whole video."""
    if start_sec is None and duration_sec is None:
        return None
    start = 0.0 if start_sec is None else start_sec
    duration = float("inf") if duration_sec is None else duration_sec
    if not isfinite(start) or start < 0 or not duration > 0:
        raise LitError(
            ErrorCode.UNSUPPORTED_MEDIA,
            f"{shown} cannot be trimmed to {duration} s from {start} s: the start must be 0 or later and the"
            " duration above 0",
        )
    return start, start + duration


def _check_ends(path: Path, reader: VideoReader) -> None:
    reader.frame(0)
    reader.frame(len(reader) - 1)
    if reader.damaged_frames:
        raise unsupported(path, "its last frame cannot be decoded; it is damaged or truncated")


def _write_trimmed(reader: VideoReader, place: Path, shown: str, start: float, end: float) -> None:
    times = reader.frame_times
    kept = np.flatnonzero((times >= start - _TIME_TOLERANCE_SEC) & (times < end - _TIME_TOLERANCE_SEC))
    if kept.size == 0:
        raise LitError(
            ErrorCode.UNSUPPORTED_MEDIA,
            f"trimming {shown} to {start} s up to {end} s leaves no frame; it runs from 0 to"
            f" {reader.info.duration_sec:.3f} s",
        )
    first = times[kept[0]]
    frames: Iterator[tuple[float, NDArray[np.uint8]]] = (
        (float(times[index] - first), reader.frame(index)) for index in map(int, kept)
    )
    write_mp4(place, frames, (reader.info.width, reader.info.height), reader.info.fps)
