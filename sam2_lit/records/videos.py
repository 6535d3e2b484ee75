"""A video as clients see it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoInfo:
    """A video as it is displayed.

    Attributes:
        width, height: pixels, after the rotation that the file asks for.
        frame_count: frames that decoding the whole video gives.
        fps: frames a second, on average where the rate varies.
        duration_sec: seconds from the start of the first frame to the end of the last.
    """

    width: int
    height: int
    frame_count: int
    fps: float
    duration_sec: float


@dataclass(frozen=True)
class VideoEntry:
    """A video as clients know it, whether or not it can be opened now.

    Attributes:
        id: stands for `path` in URLs; the same after a restart.
        path: what a client starts a session with: `sample/…`, `videos/…` or `uploads/…`. Not a place on disk.
        info: its size and length.
    """

    id: str
    path: str
    info: VideoInfo
