"""How long a video file takes to open; references: a plain scan of its packets, and TorchCodec's exact index.

Then until its first frame, against opening it; and that where the order of its frames has to be learned by decoding it.

TorchCodec is not a dependency: its lines are left out where it cannot be imported. It needs FFmpeg's shared libraries.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from statistics import median

import av
import numpy as np

from benchmarks.result import Result
from sam2_lit.errors import LitError
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.packet_scan import scan_packets
from sam2_lit.media.readers.table_cache import forget_tables
from sam2_lit.media.readers.video_stream import open_video_stream

FPS = 24
_GROUP = 48
_MINUTES = (10, 120)
_LIMITS = MediaSettings(frames=10**6)
# Films of 720p have about 2 Mbit/s: reading all packets takes as long as reading the file.
_BITRATE = "2M"
_CODECS = {
    "MP4": ("mp4", "libx264", {"preset": "veryfast", "maxrate": _BITRATE, "bufsize": _BITRATE, "bf": "3"}),
    "MKV": ("mkv", "libx264", {"preset": "veryfast", "maxrate": _BITRATE, "bufsize": _BITRATE, "bf": "3"}),
    "AVI": ("avi", "mpeg4", {}),
    "WebM": ("webm", "libvpx-vp9", {"cpu-used": "8", "deadline": "realtime"}),
}


_REORDERED = ("MP4", "MKV", "AVI")
"""Containers that are measured with B-frames and timestamps in the order of storage, too."""


def run(repeats: int = 3) -> Iterator[Result]:
    """Medians of `repeats`, of files that the operating system has cached."""
    references: dict[str, Callable[[Path], int]] = {"packet scan": _scan}
    if (exact := _torchcodec()) is not None:
        references["TorchCodec"] = exact
    with tempfile.TemporaryDirectory() as folder:
        for container, (suffix, codec, options) in _CODECS.items():
            # MP4 for all: it keeps decoding times, which Matroska leaves out.
            group = Path(folder) / "group.mp4"
            _write_group(group, codec, options)
            reordered = Path(folder) / "reordered.mp4"
            if container in _REORDERED:
                _write_group(reordered, codec, options | {"bf": "3"})
            for minutes in _MINUTES:
                clip = Path(folder) / f"clip.{suffix}"
                count = minutes * 60 * FPS
                _repeat(group, clip, count // _GROUP)
                name = f"opening: {minutes} minutes of 720p {container}, {clip.stat().st_size / 1e6:.0f} MB"
                ours = _seconds(_open, clip, count, repeats)
                for reference, method in references.items():
                    theirs = _seconds(method, clip, count, repeats)
                    yield Result(f"{name} ({reference})", ours, "s", theirs, theirs / ours, repeats)
                first = _seconds(_first_frame, clip, count, repeats)
                yield Result(f"{name}, until its first frame (opening)", first, "s", ours, ours / first, repeats)
                if container in _REORDERED:
                    yield _learned(clip, reordered, count, first)
                clip.unlink()


def _seconds(method: Callable[[Path], int], clip: Path, count: int, repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        found = method(clip)
        seconds.append(time.perf_counter() - started)
        assert found == count, f"{found} frames found, {count} written"
    return median(seconds)


def _open(clip: Path) -> int:
    forget_tables()
    with ContainerReader(clip, _LIMITS) as reader:
        return len(reader)


def _first_frame(clip: Path) -> int:
    forget_tables()
    with ContainerReader(clip, _LIMITS) as reader:
        reader.frame(0)
        return len(reader)


def _learned(clip: Path, group: Path, count: int, without: float) -> Result:
    """Until the first frame of the same packets with their decoding times for timestamps, as an AVI has them."""
    _repeat(group, clip, count // _GROUP, in_storage_order=True)
    started = time.perf_counter()
    try:
        _first_frame(clip)
        what = "learned, until its first frame"
    except LitError:
        what = "to be learned, until it is refused as too long"
    seconds = time.perf_counter() - started
    name = f"opening: {count // FPS // 60} minutes of 720p {clip.suffix[1:].upper()}, the order of its frames {what}"
    return Result(f"{name} (known order)", seconds, "s", without, without / seconds, 1)


def _scan(clip: Path) -> int:
    container, stream = open_video_stream(clip, _LIMITS)
    with container:
        return len(scan_packets(clip, container, stream, _LIMITS).pts)


@lru_cache
def _torchcodec() -> Callable[[Path], int] | None:
    try:
        from torchcodec.decoders import VideoDecoder
    except (ImportError, OSError, RuntimeError):
        return None
    return lambda clip: len(VideoDecoder(clip, seek_mode="exact"))


def _write_group(path: Path, codec: str, options: dict[str, str]) -> None:
    """Two seconds of drifting noise, one group of pictures."""
    random = np.random.default_rng(0)
    background = random.integers(60, 120, (45, 80, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options={"b": _BITRATE, **options})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 1280, 720, "yuv420p", _GROUP
        for index in range(_GROUP):
            picture = np.roll(background, 4 * index, 1) + random.integers(0, 40, background.shape, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def _repeat(group: Path, path: Path, times: int, *, in_storage_order: bool = False) -> None:
    """Repeats the packets of `group`, shifted in time, without encoding them again.

    With `in_storage_order` their timestamps rise from packet to packet.
    """
    with av.open(str(group)) as source, av.open(str(path), "w") as target:
        template = source.streams.video[0]
        copied = target.add_stream_from_template(template)
        packets = [packet for packet in source.demux(template) if packet.size]
        for repetition in range(times):
            shift = round(repetition * Fraction(_GROUP, FPS) / packets[0].time_base)
            for original in packets:
                packet = av.Packet(bytes(original))
                packet.stream, packet.time_base, packet.is_keyframe = copied, original.time_base, original.is_keyframe
                pts = original.dts if in_storage_order else original.pts
                packet.pts, packet.dts, packet.duration = pts + shift, original.dts + shift, original.duration
                target.mux(packet)
