"""Writes H.264 in MP4 that browsers play."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_TICKS_PER_SECOND = 90_000


def write_mp4(path: Path, frames: Iterable[tuple[float, NDArray[np.uint8]]], rate: float) -> None:
    """Encodes frames as H.264, yuv420p, the file's index in front so that playing can start at once.

    Args:
        path: the file to write, whatever its suffix.
        frames: seconds from the start, never falling, and RGB uint8 (height, width, 3), all of one size.
            An odd width or height, which yuv420p cannot hold, is scaled up by one pixel.
        rate: frames a second, on average.
    """
    unit = Fraction(1, _TICKS_PER_SECOND)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(
            "libx264",
            rate=Fraction(rate).limit_denominator(100_000),
            options={"crf": "18", "preset": "veryfast"},
        )
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = unit
        stream.codec_context.gop_size = 48
        before = -1
        for seconds, image in frames:
            height, width = image.shape[:2]
            stream.width, stream.height = width + width % 2, height + height % 2
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(stream.width, stream.height, "yuv420p")
            before = max(round(seconds * _TICKS_PER_SECOND), before + 1)
            frame.pts, frame.time_base = before, unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
