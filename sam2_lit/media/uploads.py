"""Uploaded videos: stored complete and checked, or not at all."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from math import isfinite
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.container import ContainerReader, FramesRecounted
from sam2_lit.media.readers.opening import open_file
from sam2_lit.media.readers.video_reader import unsupported

SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mkv", ".webm"),
    *(".avi", ".ts", ".mts", ".m2ts", ".gif"),
)
_UNFINISHED = ".part"
_CHUNK_BYTES = 1024**2
# Characters of a stored file's name: from the client's name, and random ones that make it unique.
_NAME_LENGTH = 40
_UNIQUE_LENGTH = 12
_TIME_TOLERANCE_SEC = 1e-6


class Uploads:
    """The folder of uploaded videos. Invariant: every file in it except `*.part` is complete and checked."""

    def __init__(self, folder: Path, limits: MediaLimits) -> None:
        self._folder, self._limits = folder, limits
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob(f"*{_UNFINISHED}"):
            left_over.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        """The uploads, oldest first."""
        files = [path for path in self._folder.iterdir() if path.suffix in SUFFIXES]
        return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def add(self, source: BinaryIO, filename: str, start_sec: float | None, duration_sec: float | None) -> Path:
        """Stores a file, as `VideoLibrary.add_upload` describes. After a power cut it is complete or absent."""
        shown = filename.rsplit("/")[-1].rsplit("\\")[-1] or "the file"
        trim = _trim(shown, start_sec, duration_sec)
        with self._unfinished() as received, self._unfinished() as trimmed:
            try:
                self._copy(source, received)
                finished = received
                with self._open_checked(received) as reader:
                    if trim is not None:
                        _write_trimmed(reader, trimmed, shown, *trim)
                        finished = trimmed
            except LitError as error:
                message = error.message.replace(received.name, shown)
                raise LitError(error.code, message) from error
            suffix = Path(shown).suffix.lower()
            keeps_suffix = finished is received and suffix in SUFFIXES
            unique = finished.stem[:_UNIQUE_LENGTH]
            place = self._folder / f"{_name_of(shown)}-{unique}{suffix if keeps_suffix else '.mp4'}"
            _sync(finished)
            os.replace(finished, place)
            _sync(self._folder)
            return place

    def remove(self, name: str) -> None:
        """Deletes the upload with this file name for good; nothing where there is none."""
        for file in self.files():
            if file.name == name:
                file.unlink(missing_ok=True)
                _sync(self._folder)

    def _open_checked(self, path: Path) -> ContainerReader:
        for _ in range(2):
            with suppress(FramesRecounted), ExitStack() as on_error:
                reader = on_error.enter_context(open_file(path, self._limits))
                _check_ends(path, reader)
                on_error.pop_all()
                return reader
        raise unsupported(path, "its frames cannot be counted")

    @contextmanager
    def _unfinished(self) -> Iterator[Path]:
        path = self._folder / f"{uuid.uuid4().hex}{_UNFINISHED}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _copy(self, source: BinaryIO, place: Path) -> None:
        copied = 0
        with place.open("xb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                copied += len(chunk)
                if copied > self._limits.upload_bytes:
                    raise LitError(
                        ErrorCode.UPLOAD_TOO_LARGE,
                        f"the file has more than {self._limits.upload_bytes} bytes, the most accepted",
                    )
                file.write(chunk)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _check_ends(path: Path, reader: ContainerReader) -> None:
    reader.frame(0)
    reader.frame(len(reader) - 1)
    if reader.damaged_frames:
        raise unsupported(path, "its last frame cannot be decoded; it is damaged or truncated")


def _write_trimmed(reader: ContainerReader, place: Path, shown: str, start: float, end: float) -> None:
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
