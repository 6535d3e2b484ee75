"""Writes MP4 files that browsers play."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

_TICKS_PER_SECOND = 90_000


def write_mp4(
    path: Path, frames: Iterable[tuple[float, NDArray[np.uint8]]], size: tuple[int, int], rate: float
) -> None:
    """Encodes frames as H.264 in yuv420p and BT.709, with the index in front so that playback starts at once.

    Args:
        path: the file to write; its suffix does not matter.
        frames: for each, the time in seconds from the start, never decreasing, and RGB uint8 [height, width, 3].
        size: (width, height) of every frame. Odd sides, which yuv420p does not allow, are scaled up by one pixel.
        rate: frames per second, on average.
    """
    time_base = Fraction(1, _TICKS_PER_SECOND)
    width, height = (side + side % 2 for side in size)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(
            "libx264",
            rate=Fraction(rate).limit_denominator(100_000),
            options={"crf": "18", "preset": "veryfast"},
        )
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", 48
        codec = stream.codec_context
        codec.time_base = time_base
        codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
        codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        last = -1
        for seconds, image in frames:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(width, height, "yuv420p", dst_colorspace=Colorspace.ITU709)
            last = max(round(seconds * _TICKS_PER_SECOND), last + 1)
            frame.pts, frame.time_base = last, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def copy_to_mp4(container: InputContainer, stream: VideoStream, path: Path) -> None:
    """Copies a video stream into a new MP4 without re-encoding it, with the index in front."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as new:
        copy = new.add_stream_from_template(stream)
        for packet in container.demux(stream):
            if packet.size:
                packet.stream = copy
                new.mux(packet)
