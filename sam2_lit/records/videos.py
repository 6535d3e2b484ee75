"""A video as clients know it."""

from dataclasses import dataclass


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
        id: stands for `path` in URLs; the same after a restart.
        path: `sample/…`, `videos/…` or `uploads/…`; what clients start a session with, not a path on disk.
        info: its size and length.
    """

    id: str
    path: str
    info: VideoInfo
