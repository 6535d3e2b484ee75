"""The interface of every source of frames."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.sound import Sound
from sam2_lit.records.videos import VideoInfo


class VideoReader(ABC):
    """The frames of one video by index, counted from 0 in presentation order.

    May be used from any thread; calls are served one at a time.

    `frame_stems` are the names, without suffixes, of the files that the frames are in; None where they are in one file.
    """

    info: VideoInfo
    frame_stems: tuple[str, ...] | None = None

    @abstractmethod
    def frame(self, index: int) -> NDArray[np.uint8]:
        """The frame at `index`: RGB, uint8 [height, width, 3], rotated as displayed.

        Raises:
            LitError: FRAME_OUT_OF_RANGE; UNSUPPORTED_MEDIA where the frame is damaged or its size is not the
                first frame's.
        """

    @abstractmethod
    def close(self) -> None:
        """Releases the file. May be called twice."""

    def sound(self, frames: range) -> AbstractContextManager[Sound | None]:
        """The sound from when the first of `frames` is shown until the last one ends; None where there is none."""
        return nullcontext()

    @property
    def frame_times(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds after the first: float64 [frame_count]."""
        return np.arange(len(self)) / self.info.fps

    def __len__(self) -> int:
        return self.info.frame_count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_index(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise LitError(
                ErrorCode.FRAME_OUT_OF_RANGE,
                f"frame {index} is outside the video, whose frames are 0 to {len(self) - 1}",
            )


def unsupported(path: Path, reason: str) -> LitError:
    """An UNSUPPORTED_MEDIA error; `reason` completes 'NAME cannot be used: …'."""
    return LitError(ErrorCode.UNSUPPORTED_MEDIA, f"{path.name} cannot be used: {reason}")
