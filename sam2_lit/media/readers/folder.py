"""A folder of pictures as a video, as in DAVIS and in SAM 2's examples."""

import os
import re
import stat
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.damage import BROKEN, OTHER_SIZE, ranges
from sam2_lit.media.readers.decoding_order import MAX_PIXELS
from sam2_lit.media.readers.picture import SUFFIXES, is_deep, read_picture, read_size, white_of
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.records.videos import FrameRange, VideoInfo

NOMINAL_FPS = 24.0
_FRAMES_FOR_RANGE = 16


def frame_files(folder: Path) -> list[Path]:
    """The frames of a folder, sorted by the numbers in their names: frame_2 before frame_10."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if not entry.is_dir() and not entry.name.startswith(".")]
    frames = [folder / name for name in names if os.path.splitext(name)[1].lower() in SUFFIXES]
    numbers = _Numbers(path.stem for path in frames)
    return sorted(frames, key=lambda path: numbers.key(path.stem))


class _Numbers:
    """The numbers in the names of one folder's frames.

    A hyphen is a minus where another name has the same text without it before its number: -1 and 2, frame_-1 and
    frame_2. Otherwise it separates: img-1, img-2.
    """

    def __init__(self, stems: Iterable[str]) -> None:
        self._texts = {each for stem in stems for each in enumerate(_parts(stem))}

    def key(self, stem: str) -> list[tuple[int, str]]:
        """What a name is sorted by."""
        key: list[tuple[int, str]] = []
        sign = 1
        for position, part in enumerate(_parts(stem)):
            if position % 2:
                key.append((sign * int(part), ""))
                continue
            follows_word = part[-2:-1].isalnum() or (part == "-" and position > 0)
            is_minus = part.endswith("-") and not follows_word and (position, part[:-1]) in self._texts
            sign = -1 if is_minus else 1
            key.append((0, part[:-1] if is_minus else part))
        return key


def _parts(stem: str) -> list[str]:
    # Splitting at a group: every second part is a number.
    return re.split(r"([0-9]+)", stem)


class FolderReader(VideoReader):
    """Reads one frame file at a time. Invariant: every returned frame has the size of the first.

    A folder has no frame rate: it is played at 24 frames per second. Deep gray frames are scaled by one range, found
    from at most 16 of them.
    """

    def __init__(self, folder: Path, settings: MediaSettings) -> None:
        self._files = frame_files(folder)
        if not self._files:
            raise unsupported(folder, f"it holds no {', '.join(SUFFIXES)} frames")
        _refuse_same_number(folder, self._files)
        self._states = [_state_of(_as_file(file)) for file in self._files]
        count = len(self._files)
        width, height = read_size(self._files[0])
        if reason := settings.refusal_of_count(count) or settings.refusal_of_size(width, height):
            raise unsupported(folder, reason)
        self.info = VideoInfo(width, height, count, NOMINAL_FPS, count / NOMINAL_FPS)
        self.frame_stems = tuple(file.stem for file in self._files)
        self.damaged_frames = set()
        self._white = 255.0
        if is_deep(self._files[0]):
            self._white = white_of(self._files[:: -(-count // _FRAMES_FOR_RANGE)])

    def frame(self, index: int) -> NDArray[np.uint8]:
        self._check_index(index)
        file = self._files[index]
        try:
            is_same = _state_of(file) == self._states[index]
        except OSError:
            is_same = False
        if not is_same:
            self._refuse_changed(file)
        return read_picture(file, (self.info.width, self.info.height), self._white)

    def frame_digests(self) -> NDArray[np.uint32]:
        return np.array([crc32(file.read_bytes()) for file in self._files], dtype=np.uint32)

    def damage(self) -> list[FrameRange]:
        """As `VideoReader.damage`; where decoding all frames would take too long, only what their headers say."""
        size = (self.info.width, self.info.height)
        is_short = len(self) * size[0] * size[1] <= MAX_PIXELS
        found: list[tuple[int, str]] = []
        for index, file in enumerate(self._files):
            try:
                if read_size(file) != size:
                    found.append((index, OTHER_SIZE))
                elif is_short:
                    read_picture(file, size, self._white)
            except LitError:
                found.append((index, BROKEN))
        return ranges(found)

    def close(self) -> None:
        """Does nothing: no file is open between frames."""


def _as_file(file: Path) -> Path:
    """The same, unless reading it might wait forever."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise unsupported(file, "it is not a file")
    return file


def _state_of(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


def _refuse_same_number(folder: Path, files: list[Path]) -> None:
    numbers = _Numbers(file.stem for file in files)
    for before, after in pairwise(files):
        if numbers.key(before.stem) == numbers.key(after.stem):
            raise unsupported(folder, f"{before.name} and {after.name} have the same number; keep one of them")
