"""Test videos: every frame shows its own number as a pattern that survives compression."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT, FPS = 192, 128, 24
_BITS, _SQUARE = 10, 16


def numbered_frame(index: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Moving noise; the squares at its top left are the bits of `index`, white for 1, least significant first."""
    frame = np.roll(_noise(width, height), 3 * index, axis=1)
    for bit in range(_BITS):
        frame[:_SQUARE, bit * _SQUARE : (bit + 1) * _SQUARE] = 255 * (index >> bit & 1)
    return frame


@lru_cache
def _noise(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(7).integers(60, 196, (height, width, 3), dtype=np.uint8)


def number_in(frame: NDArray[np.uint8]) -> int:
    """The index that `numbered_frame` drew."""
    means = [frame[4 : _SQUARE - 4, bit * _SQUARE + 4 : (bit + 1) * _SQUARE - 4].mean() for bit in range(_BITS)]
    return sum(int(mean > 128) << bit for bit, mean in enumerate(means))


def write_video(
    path: Path,
    count: int = 30,
    codec: str = "libx264",
    times: Sequence[int] | None = None,
    rotation: tuple[float, bool, bool] | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    group: int = 12,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> Path:
    """Encodes `count` numbered frames; `times` in milliseconds make the frame rate vary; `rotation` is
    (degrees counterclockwise, mirror across, mirror down)."""
    time_base = Fraction(1, FPS) if times is None else Fraction(1, 1000)
    with av.open(str(path), "w", container_options=dict(container_options or {})) as container:
        speed = {"preset": "veryfast"} if codec == "libx264" else {"cpu-used": "8", "deadline": "realtime"}
        stream = container.add_stream(codec, rate=FPS, options=speed | dict(options or {}))
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", group
        stream.codec_context.time_base = time_base
        stream.codec_context.thread_count = 1
        if rotation is not None:
            stream.set_display_rotation(*rotation)
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(numbered_frame(index, *size), format="rgb24")
            frame.pts, frame.time_base = (index if times is None else times[index]), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_folder(path: Path, count: int = 5, suffix: str = ".jpg") -> Path:
    """A folder of numbered frames named as in DAVIS."""
    path.mkdir(parents=True)
    for index in range(count):
        Image.fromarray(numbered_frame(index)).save(path / f"{index:05d}{suffix}")
    return path


def write_gif(path: Path, count: int) -> Path:
    """An animation of numbered frames."""
    first, *others = (Image.fromarray(numbered_frame(index)) for index in range(count))
    first.save(path, save_all=True, append_images=others, duration=40)
    return path


def full_decode(path: Path) -> list[NDArray[np.uint8]]:
    """Every frame that decoding the file from its start returns, as coded (not rotated)."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


B_FRAMES = {"bf": "3", "b_adapt": "0", "x264-params": "b-adapt=0:bframes=3:scenecut=0:keyint=12:open-gop=1"}


def remux(source: Path, place: Path, skip: int = 0, shift: int = 0) -> Path:
    """Copies packets without decoding, except the first `skip`, shifted in time by `shift` frames."""
    packets = _packets(source)[skip:]
    ticks = round(shift / FPS / packets[0].time_base)
    for packet in packets:
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
    return _mux(source, place, packets)


def join(sources: Sequence[Path], place: Path) -> Path:
    """Concatenates videos without re-encoding, in the stream of the first."""
    joined, start = [], 0
    for source in sources:
        packets = _packets(source)
        for packet in packets:
            packet.pts, packet.dts = packet.pts + start, packet.dts + start
        joined += packets
        start = max(packet.pts for packet in packets) + packets[0].duration
    return _mux(sources[0], place, joined)


def hide_vp8_frame(source: Path, place: Path, hidden: int) -> Path:
    """Copies a VP8 video with the show_frame bit of packet `hidden` cleared (RFC 6386 section 9.1)."""
    packets = _packets(source)
    data = bytearray(bytes(packets[hidden]))
    data[0] &= ~(1 << 4)
    packets[hidden].update(bytes(data))
    return _mux(source, place, packets)


def zero_packet(source: Path, place: Path, damaged: int) -> Path:
    """Copies a video with the content of packet `damaged` zeroed."""
    packets = _packets(source)
    packets[damaged].update(bytes(packets[damaged].size))
    return _mux(source, place, packets)


def _packets(source: Path) -> list[av.Packet]:
    with av.open(str(source)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


def _mux(like: Path, place: Path, packets: Sequence[av.Packet]) -> Path:
    with (
        av.open(str(like)) as old,
        av.open(str(place), "w", container_options={"avoid_negative_ts": "disabled"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in packets:
            packet.stream = stream
            new.mux(packet)
    return place
