"""Generated videos to measure on: discs that wander over a still background."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 1280, 720, 30
_PERIOD = 300
_RADIUS = 90
_COLORS = (((250, 200, 60), (230, 60, 40)), ((220, 240, 255), (40, 120, 230)), ((20, 60, 30), (30, 180, 90)))
CENTERS = ((300.0, 250.0), (640.0, 480.0), (980.0, 250.0))


def write_video(path: Path, frame_count: int) -> None:
    """Writes H.264 in MP4, 720p at 30 frames/s, which repeats every ten seconds.

    Ten seconds are encoded, and their packets copied until the video has its length.
    """
    write_repeated(path, [_picture(index) for index in range(_PERIOD)], frame_count)


def write_repeated(path: Path, pictures: Sequence[NDArray[np.uint8]], frame_count: int) -> None:
    """Writes H.264 in MP4 at 30 frames/s that repeats `pictures`, [H, W, 3] each, until it has its length."""
    once = path.with_suffix(".once.mp4")
    with av.open(str(once), "w") as container:
        stream = container.add_stream(
            "libx264", rate=FPS, options={"preset": "veryfast", "crf": "20", "bf": "0", "g": "60"}
        )
        stream.pix_fmt = "yuv420p"
        stream.height, stream.width, _ = pictures[0].shape
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    with av.open(str(once)) as source, av.open(str(path), "w") as target:
        template = source.streams.video[0]
        copied = target.add_stream_from_template(template)
        packets = [packet for packet in source.demux(template) if packet.size]
        step = packets[1].pts - packets[0].pts
        for index in range(frame_count):
            original = packets[index % len(packets)]
            packet = av.Packet(bytes(original))
            packet.stream, packet.time_base, packet.is_keyframe = copied, original.time_base, original.is_keyframe
            packet.pts = packet.dts = index * step
            packet.duration = step
            target.mux(packet)
    once.unlink()


def starting_point(object_id: int) -> tuple[float, float]:
    """The center of disc 1, 2 or 3 on frame 0, (x, y) relative to the frame."""
    return point_on(object_id, 0)


def point_on(object_id: int, frame_index: int) -> tuple[float, float]:
    """The center of disc 1, 2 or 3 on a frame, (x, y) relative to the frame."""
    x, y = _center(object_id - 1, frame_index)
    return x / WIDTH, y / HEIGHT


def _center(disc: int, index: int) -> tuple[float, float]:
    turn = 2 * np.pi * index / _PERIOD
    x, y = CENTERS[disc]
    return x + 110 * np.sin(turn + disc), y + 80 * np.sin(2 * turn + disc)


@lru_cache
def _background() -> NDArray[np.uint8]:
    coarse = np.random.default_rng(0).integers(60, 120, (HEIGHT // 16, WIDTH // 16, 3), dtype=np.uint8)
    return coarse.repeat(16, 0).repeat(16, 1)


def _picture(index: int) -> NDArray[np.uint8]:
    picture = _background().copy()
    offsets = np.mgrid[-_RADIUS : _RADIUS + 1, -_RADIUS : _RADIUS + 1]
    inside = (offsets**2).sum(0) < _RADIUS**2
    stripes = offsets.sum(0) // 24 % 2
    for disc, colors in enumerate(_COLORS):
        x, y = (int(place) for place in _center(disc, index))
        around = picture[y - _RADIUS : y + _RADIUS + 1, x - _RADIUS : x + _RADIUS + 1]
        around[inside] = np.array(colors, dtype=np.uint8)[stripes[inside]]
    return picture
