"""A video as clients know it."""

from dataclasses import dataclass

from sam2_lit.errors import ErrorCode, LitError


@dataclass(frozen=True)
class VideoInfo:
    """The size and length of a video as displayed.

    Attributes:
        width, height: pixels, after the rotation that the file's metadata asks for.
        frame_count: the number of frames that a full decode gives.
        fps: frames per second; the average where the rate varies.
        duration_sec: seconds from the start of the first frame to the end of the last.
    """

    width: int
    height: int
    frame_count: int
    fps: float
    duration_sec: float


@dataclass(frozen=True)
class VideoEntry:
    """A video as clients know it, whether or not its file is there now.

    Attributes:
        id: stands for `path` and the version of the file in URLs; the same after a restart.
        path: `sample/…`, `videos/…` or `uploads/…`; what clients start a session with, not a path on disk.
        info: its size and length.
    """

    id: str
    path: str
    info: VideoInfo


@dataclass(frozen=True)
class VideoChange:
    """How the file of a video has changed.

    Attributes:
        same_frames: how many frames at the start are the same.
        frame_count: how many frames there are now; 0 where the file is gone or cannot be used.
    """

    same_frames: int
    frame_count: int


@dataclass(frozen=True)
class FrameRange:
    """Frames `first` to `last`, both included, that cannot be shown as they are, and why."""

    first: int
    last: int
    reason: str


def no_video_at(path: str) -> LitError:
    return LitError(ErrorCode.VIDEO_NOT_FOUND, f"no video has the path {path!r}; the query videos lists them")


def no_video_with(video_id: str) -> LitError:
    return LitError(ErrorCode.VIDEO_NOT_FOUND, f"no video has the id {video_id!r}; the query videos lists them")
