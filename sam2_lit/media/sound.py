"""Sound that is written next to pictures."""

from collections.abc import Iterator
from dataclasses import dataclass

from av.audio.frame import AudioFrame


@dataclass(frozen=True)
class Sound:
    """Sound in frames of 1024 samples, as AAC has them.

    Attributes:
        rate: samples per second.
        layout: FFmpeg's name of the channels.
        frames: for each, the time in seconds from the start, and the samples.
    """

    rate: int
    layout: str
    frames: Iterator[tuple[float, AudioFrame]]
