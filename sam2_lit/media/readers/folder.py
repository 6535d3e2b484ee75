"""A folder of JPEG or PNG frames as a video, as in DAVIS and in SAM 2's examples."""

import re
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.records.videos import VideoInfo

NOMINAL_FPS = 24.0
_SUFFIXES = (".jpg", ".jpeg", ".png")


def frame_files(folder: Path) -> list[Path]:
    """The frames of a folder, sorted by the numbers in their names: frame_2 before frame_10."""
    frames = [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.name[0] != "."]
    return sorted(frames, key=lambda path: _numeric_key(path.stem))


def _numeric_key(stem: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"([0-9]+)", stem)]


class FolderReader(VideoReader):
    """Reads one frame file at a time. Invariant: every returned frame has the size of the first.

    A folder has no frame rate: it is played at 24 frames per second.
    """

    def __init__(self, folder: Path, limits: MediaLimits) -> None:
        self._files = frame_files(folder)
        self._lock = threading.Lock()
        if not self._files:
            raise unsupported(folder, "it holds no .jpg, .jpeg or .png frames")
        _refuse_same_number(folder, self._files)
        count = len(self._files)
        width, height = self._header_size(self._files[0])
        if reason := limits.refusal_of_count(count) or limits.refusal_of_size(width, height):
            raise unsupported(folder, reason)
        self.info = VideoInfo(width, height, count, NOMINAL_FPS, count / NOMINAL_FPS)

    def frame(self, index: int) -> NDArray[np.uint8]:
        self._check_index(index)
        path = self._files[index]
        with self._lock:
            self._refuse_other_size(path, self._header_size(path))
            try:
                with Image.open(path) as image:
                    return np.array(image.convert("RGB"))
            except (OSError, ValueError, SyntaxError) as error:
                raise unsupported(path, f"it is damaged ({error})") from error

    def close(self) -> None:
        """Does nothing: no file is open between frames."""

    def _refuse_other_size(self, path: Path, size: tuple[int, int]) -> None:
        if size != (self.info.width, self.info.height):
            raise unsupported(
                path,
                f"it is {size[0]}x{size[1]} pixels and the first frame {self.info.width}x{self.info.height};"
                " all frames must have one size",
            )

    @staticmethod
    def _header_size(path: Path) -> tuple[int, int]:
        try:
            with Image.open(path, formats=("JPEG", "PNG")) as image:
                return image.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise unsupported(path, "it is not a JPEG or PNG image") from error


def _refuse_same_number(folder: Path, files: list[Path]) -> None:
    for before, after in pairwise(files):
        if _numeric_key(before.stem) == _numeric_key(after.stem):
            raise unsupported(folder, f"{before.name} and {after.name} have the same number; keep one of them")
