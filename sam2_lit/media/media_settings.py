"""How videos are read, and limits on their size and length."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MediaSettings:
    """What holds for every video that is opened or uploaded.

    Attributes:
        upload_bytes: the most bytes of an uploaded file.
        pixels: the most pixels of a frame, width times height.
        frames: the most frames of one video.
        deinterlace: whether interlaced frames are deinterlaced.
        learned_orders: the folder in which orders of frames that were learned by decoding are stored; None for none.
        shared: whether other processes upload into the same folder: what they have not finished is left alone.
    """

    upload_bytes: int = 2 * 1024**3
    pixels: int = 3840 * 2160
    frames: int = 100_000
    deinterlace: bool = False
    learned_orders: Path | None = None
    shared: bool = False

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
