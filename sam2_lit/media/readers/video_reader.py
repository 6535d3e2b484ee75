"""The interface of every source of frames."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.sound import Sound
from sam2_lit.records.videos import FrameRange, VideoInfo


class VideoReader(ABC):
    """The frames of one video by index, counted from 0 in presentation order.

    May be used from any thread; calls are served one at a time.

    `frame_stems` are the names, without suffixes, of the files that the frames are in; None where they are in one file.
    `damaged_frames` are those that were read and replaced by the frame before them. `when_changed` is called where a
    frame is read and its file is no longer the one that was opened, or turns out to have another number of frames.
    """

    info: VideoInfo
    frame_stems: tuple[str, ...] | None = None
    damaged_frames: set[int]
    when_changed: Callable[[], object] | None = None

    @property
    def frame_times(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds after the first: float64 [frame_count]."""
        return np.arange(len(self)) / self.info.fps

    @abstractmethod
    def frame(self, index: int) -> NDArray[np.uint8]:
        """The frame at `index`: RGB, uint8 [height, width, 3], rotated as displayed.

        Raises:
            LitError: FRAME_OUT_OF_RANGE; UNSUPPORTED_MEDIA where the frame is damaged or its size is not the
                first frame's; VIDEO_NOT_FOUND where its file has changed since it was opened.
        """

    @abstractmethod
    def frame_digests(self) -> NDArray[np.uint32]:
        """What the frames are recognized by in another version of the video: uint32 [frame_count].

        Where two videos have equal digests from frame 0 up to a frame, and one size, these frames are the same. Reads
        the whole file.
        """

    @abstractmethod
    def damage(self) -> list[FrameRange] | None:
        """The frames that cannot be shown as they are, found by reading all. None where that would take too long."""

    @abstractmethod
    def close(self) -> None:
        """Releases the file. May be called twice."""

    def sound(self, frames: range) -> AbstractContextManager[Sound | None]:
        """The sound from when the first of `frames` is shown until the last one ends; None where there is none."""
        return nullcontext()

    def __len__(self) -> int:
        return self.info.frame_count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _refuse_changed(self, file: Path) -> NoReturn:
        if self.when_changed is not None:
            self.when_changed()
        raise LitError(
            ErrorCode.VIDEO_NOT_FOUND,
            f"{file.name} has changed since it was opened; the query videos has its new version",
        )

    def _refuse_recounted(self, file: Path, found: int) -> NoReturn:
        if self.when_changed is not None:
            self.when_changed()
        raise FramesRecounted(
            ErrorCode.VIDEO_NOT_FOUND,
            f"the timestamps of {file.name} promised {len(self)} frames, but it decodes to {found}; open it again: the"
            " query videos has it under a new id",
        )

    def _check_index(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise LitError(
                ErrorCode.FRAME_OUT_OF_RANGE,
                f"frame {index} is outside the video, whose frames are 0 to {len(self) - 1}",
            )


class FramesRecounted(LitError):
    """Decoding has shown another number of frames than timestamps promised; a new reader has the right one."""


def unsupported(path: Path, reason: str) -> LitError:
    """An UNSUPPORTED_MEDIA error; `reason` completes 'NAME cannot be used: …'."""
    return LitError(ErrorCode.UNSUPPORTED_MEDIA, f"{path.name} cannot be used: {reason}")
