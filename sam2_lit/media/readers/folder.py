"""A folder of pictures as a video, as in DAVIS and in SAM 2's examples."""

import re
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.damage import BROKEN, OTHER_SIZE, ranges
from sam2_lit.media.readers.picture import SUFFIXES, is_deep, read_picture, read_size, white_of
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.records.videos import FrameRange, VideoInfo

NOMINAL_FPS = 24.0
_FRAMES_FOR_RANGE = 16


def frame_files(folder: Path) -> list[Path]:
    """The frames of a folder, sorted by the numbers in their names: frame_2 before frame_10."""
    frames = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != "."]
    return sorted(frames, key=lambda path: _numeric_key(path.stem))


def _numeric_key(stem: str) -> list[tuple[int, str]]:
    # Splitting at a group: every second part is a number.
    parts = enumerate(re.split(r"([0-9]+)", stem))
    return [(int(part), "") if position % 2 else (0, part) for position, part in parts]


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
        self._states = [_state_of(file) for file in self._files]
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
        size = (self.info.width, self.info.height)
        found: list[tuple[int, str]] = []
        for index, file in enumerate(self._files):
            try:
                if read_size(file) != size:
                    found.append((index, OTHER_SIZE))
            except LitError:
                found.append((index, BROKEN))
        return ranges(found)

    def close(self) -> None:
        """Does nothing: no file is open between frames."""


def _state_of(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


def _refuse_same_number(folder: Path, files: list[Path]) -> None:
    for before, after in pairwise(files):
        if _numeric_key(before.stem) == _numeric_key(after.stem):
            raise unsupported(folder, f"{before.name} and {after.name} have the same number; keep one of them")
