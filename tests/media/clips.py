"""Videos made for tests: every frame carries its own number as a pattern that survives compression."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT, FPS = 192, 128, 24
_BITS, _CELL = 10, 16


def numbered_frame(index: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Moving noise whose top left cells spell `index` in black and white, least significant bit first."""
    noise = np.random.default_rng(7).integers(60, 196, (height, width, 3), dtype=np.uint8)
    frame = np.roll(noise, 3 * index, axis=1)
    for bit in range(_BITS):
        frame[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 255 * (index >> bit & 1)
    return frame


def number_in(frame: NDArray[np.uint8]) -> int:
    """The index that `numbered_frame` drew."""
    cells = [frame[4 : _CELL - 4, bit * _CELL + 4 : (bit + 1) * _CELL - 4].mean() for bit in range(_BITS)]
    return sum(int(cell > 128) << bit for bit, cell in enumerate(cells))


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
    unit = Fraction(1, FPS) if times is None else Fraction(1, 1000)
    with av.open(str(path), "w", container_options=dict(container_options or {})) as container:
        stream = container.add_stream(codec, rate=FPS, options=dict(options or {}))
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", group
        stream.codec_context.time_base = unit
        stream.codec_context.thread_count = 1
        if rotation is not None:
            stream.set_display_rotation(*rotation)
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(numbered_frame(index, *size), format="rgb24")
            frame.pts, frame.time_base = (index if times is None else times[index]), unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_folder(path: Path, count: int = 5, suffix: str = ".jpg") -> Path:
    """A folder of numbered frames named as in DAVIS."""
    path.mkdir(parents=True)
    for index in range(count):
        Image.fromarray(numbered_frame(index)).save(path / f"{index:05d}{suffix}")
    return path


def full_decode(path: Path) -> list[NDArray[np.uint8]]:
    """Every frame that decoding the file from its start gives, as coded (not rotated)."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


B_FRAMES = {"bf": "3", "b_adapt": "0", "x264-params": "b-adapt=0:bframes=3:scenecut=0:keyint=12:open-gop=1"}
