"""Writes MP4 files that browsers play."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.media.sound import Sound

_TICKS_PER_SECOND = 90_000
# What x264 and an MP4 have room for.
_LONGEST_SIDE = 16_384
_LONGEST_PAUSE = 2**31 - 1


def write_mp4(
    path: Path,
    frames: Iterable[tuple[float, NDArray[np.uint8]]],
    size: tuple[int, int],
    rate: float,
    sound: Sound | None = None,
) -> None:
    """Encodes frames as H.264 and BT.709, with the index in front so that playback starts at once.

    Args:
        path: the file to write; its suffix does not matter.
        frames: for each, the time in seconds from the start, never decreasing, and RGB uint8 [height, width, 3].
        size: (width, height) of every frame. Odd sides, which yuv420p does not allow, are encoded in yuv444p.
        rate: frames per second, on average.
        sound: encoded as AAC.

    Raises:
        LitError: UNSUPPORTED_MEDIA where H.264 in MP4 has no room for the size, the rate, or the time between frames.
    """
    if max(size) > _LONGEST_SIDE:
        raise _refusal(f"the sides of {size[0]}x{size[1]} pixels are longer than {_LONGEST_SIDE}")
    try:
        _write(path, frames, size, rate, sound)
    except (av.ArgumentError, av.ExternalError) as error:
        raise _refusal(f"{size[0]}x{size[1]} pixels at {rate:g} frames/s cannot be encoded") from error


def _refusal(reason: str) -> LitError:
    return LitError(ErrorCode.UNSUPPORTED_MEDIA, f"the frames cannot be written as H.264 in MP4: {reason}")


def _write(
    path: Path,
    frames: Iterable[tuple[float, NDArray[np.uint8]]],
    size: tuple[int, int],
    rate: float,
    sound: Sound | None,
) -> None:
    time_base = Fraction(1, _TICKS_PER_SECOND)
    width, height = size
    pixel_format = "yuv444p" if width % 2 or height % 2 else "yuv420p"
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(
            "libx264",
            rate=Fraction(rate).limit_denominator(100_000),
            options={"crf": "18", "preset": "veryfast"},
        )
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, pixel_format, 48
        codec = stream.codec_context
        codec.time_base = time_base
        codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
        codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        track = _SoundTrack(container, sound) if sound else None
        last = -1
        for seconds, image in frames:
            if track:
                track.write_until(seconds)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(width, height, pixel_format, dst_colorspace=Colorspace.ITU709)
            before, last = last, max(round(seconds * _TICKS_PER_SECOND), last + 1)
            if last - before > _LONGEST_PAUSE:
                raise _refusal(f"two frames are {(last - before) / _TICKS_PER_SECOND:.0f} s apart")
            frame.pts, frame.time_base = last, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if track:
            track.write_until(float("inf"))
            track.end()


class _SoundTrack:
    """Writes sound next to pictures, so that a player finds both close to each other."""

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        self._container = container
        self._rate = sound.rate
        self._stream: AudioStream = container.add_stream("aac", rate=sound.rate, layout=sound.layout)
        self._frames: Iterator[tuple[float, AudioFrame]] = sound.frames
        self._waiting = next(self._frames, None)
        self._last = -1

    def write_until(self, seconds: float) -> None:
        while self._waiting is not None and self._waiting[0] <= seconds:
            start, frame = self._waiting
            frame.pts = self._last = max(round(start * self._rate), self._last + 1)
            frame.time_base = Fraction(1, self._rate)
            self._container.mux(self._stream.encode(frame))
            self._waiting = next(self._frames, None)

    def end(self) -> None:
        self._container.mux(self._stream.encode())


def copy_to_mp4(container: InputContainer, stream: VideoStream, path: Path) -> None:
    """Copies a video stream into a new MP4 without re-encoding it, with the index in front."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as new:
        copy = new.add_stream_from_template(stream)
        for packet in container.demux(stream):
            if packet.size:
                packet.stream = copy
                new.mux(packet)
