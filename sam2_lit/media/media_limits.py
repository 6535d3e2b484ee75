"""Limits on the size and length of videos."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MediaLimits:
    """Upper bounds on videos that are opened or uploaded.

    Attributes:
        upload_bytes: bytes of an uploaded file.
        pixels: width times height of a frame.
        frames: frames of one video.
    """

    upload_bytes: int = 2 * 1024**3
    pixels: int = 3840 * 2160
    frames: int = 100_000

    def __post_init__(self) -> None:
        for name in ("upload_bytes", "pixels", "frames"):
            value = getattr(self, name)
            if value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")

    def refusal_of_size(self, width: int, height: int) -> str | None:
        """Why frames of `width` x `height` pixels are refused; None where they are accepted."""
        if width < 1 or height < 1:
            return f"its frames are {width}x{height} pixels"
        if width * height > self.pixels:
            return f"its frames are {width}x{height} pixels; at most {self.pixels} pixels are accepted"
        return None

    def refusal_of_count(self, frames: int) -> str | None:
        """Why a video of `frames` frames is refused; None where it is accepted."""
        if frames > self.frames:
            return f"it has more than {self.frames} frames, the most that are accepted; trim it"
        return None
