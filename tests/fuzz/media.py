"""A corpus of broken media. File number `n` is the same in every run."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import av
import numpy as np
from av.video.stream import VideoStream
from PIL import Image

Breaker = Callable[[random.Random], bytes]

_SOUND_RATE = 8000


def broken_file(number: int) -> tuple[str, bytes]:
    """A file's name and content, of each kind in turn."""
    chance = random.Random(number)
    breaker = BREAKERS[number % len(BREAKERS)]
    suffix = chance.choice(("mp4", "mov", "mkv", "webm", "avi", "ts", "gif", "zip", "zip", "txt", ""))
    return f"{breaker.__name__}-{number}.{suffix}", breaker(chance)


@cache
def video(container: str = "mp4", codec: str = "libx264", width: int = 64, height: int = 48, frames: int = 8) -> bytes:
    """A valid video, or ZIP file of frames."""
    buffer = io.BytesIO()
    if container == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for index in range(frames):
                picture = io.BytesIO()
                Image.new("RGB", (width, height), (index * 20, 0, 0)).save(picture, "JPEG" if codec == "jpg" else codec)
                archive.writestr(f"{index}.{codec}", picture.getvalue())
        return buffer.getvalue()
    with av.open(buffer, "w", format=container) as output:
        options = {"x265-params": "log-level=0:pools=1:frame-threads=1"} if codec == "libx265" else {}
        stream = output.add_stream(codec, rate=24, options=options)
        assert isinstance(stream, VideoStream)
        # More threads encode another file, so that what a number breaks would depend on the machine.
        stream.thread_count = 1
        stream.width, stream.height = width, height
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        for index in range(frames):
            picture = np.full((height, width, 3), index * 20, np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
    return buffer.getvalue()


def valid(chance: random.Random) -> bytes:
    return video(
        *chance.choice(
            (
                ("mp4", "libx264"),
                ("matroska", "libx264"),
                ("webm", "libvpx-vp9"),
                ("mov", "mjpeg"),
                ("avi", "mpeg4"),
                ("mpegts", "libx264"),
                ("matroska", "ffv1"),
                ("3gp", "mpeg4"),
                ("webm", "libvpx"),
                ("gif", "gif"),
                ("mp4", "libx265"),
                ("zip", "jpg"),
                ("zip", "tiff"),
                ("zip", "webp"),
            )
        )
    )


def truncated(chance: random.Random) -> bytes:
    content = valid(chance)
    return content[: chance.randrange(len(content))]


def without_start(chance: random.Random) -> bytes:
    content = valid(chance)
    return content[chance.randrange(1, len(content)) :]


def empty(chance: random.Random) -> bytes:
    return b""


def wrong_magic(chance: random.Random) -> bytes:
    magics = (
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"\x1f\x8b",
        b"#!/bin/sh\n",
        b"<svg>",
        b"#EXTM3U\n",
    )
    return chance.choice(magics) + chance.randbytes(chance.randrange(2000))


def playlist(chance: random.Random) -> bytes:
    """A playlist, which makes some readers open other files."""
    return chance.choice(
        (b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n", b"v=0\nm=video 1 RTP/AVP 96\n")
    )


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 20_000))


def flipped(chance: random.Random) -> bytes:
    content = bytearray(valid(chance))
    for _ in range(chance.choice((1, 3, 30, 300))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def zeroed(chance: random.Random) -> bytes:
    content = bytearray(valid(chance))
    start = chance.randrange(len(content))
    length = chance.randrange(1, 2000)
    content[start : start + length] = bytes(len(content[start : start + length]))
    return bytes(content)


def fields_changed(chance: random.Random) -> bytes:
    """Sizes, counts, offsets and times, wherever they are, become extreme."""
    content = bytearray(valid(chance))
    for _ in range(chance.choice((1, 2, 8))):
        length = chance.choice((1, 2, 4, 8))
        value = chance.choice((0, 1, 2**7, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**63)) % 2 ** (8 * length)
        position = chance.randrange(max(1, len(content) - length))
        content[position : position + length] = value.to_bytes(length, chance.choice(("big", "little")))
    return bytes(content)


def parts_moved(chance: random.Random) -> bytes:
    """Parts of the file are cut out, doubled or moved."""
    content = valid(chance)
    for _ in range(chance.randrange(1, 4)):
        start = chance.randrange(len(content))
        part = content[start : start + chance.randrange(1, 3000)]
        rest = content[:start] + content[start + len(part) :] if chance.random() < 0.7 else content
        place = chance.randrange(len(rest) + 1)
        content = rest if chance.random() < 0.3 else rest[:place] + part + rest[place:]
        content = content or b"0"
    return content


def spliced(chance: random.Random) -> bytes:
    """The start of one file with the end of another."""
    first, second = valid(chance), valid(chance)
    return first[: chance.randrange(len(first))] + second[chance.randrange(len(second)) :]


def absurd_dimensions(chance: random.Random) -> bytes:
    content = bytearray(video())
    position = content.index(b"avc1") + 28
    content[position : position + 4] = struct.pack(
        ">HH", *chance.choice(((65535, 65535), (0, 0), (1, 65535), (16384, 16384)))
    )
    return bytes(content)


def million_frames(chance: random.Random) -> bytes:
    """A header that claims far more frames than there are."""
    content = bytearray(video())
    count = chance.choice((1_000_000, 2**31 - 1, 2**32 - 1))
    for box, offset in chance.sample(
        ((b"stts", 12), (b"stsz", 12), (b"ctts", 12), (b"stsc", 16)), chance.randrange(1, 4)
    ):
        position = content.find(box)
        if position >= 0:
            content[position + offset : position + offset + 4] = struct.pack(">I", count)
    return bytes(content)


def absurd_times(chance: random.Random) -> bytes:
    content = bytearray(video())
    for box, offset in ((b"mdhd", 16), (b"mvhd", 16)):
        position = content.index(box) + offset
        content[position : position + 4] = struct.pack(">I", chance.choice((0, 1, 2**32 - 1)))
    return bytes(content)


def no_video_stream(chance: random.Random) -> bytes:
    container, codec = chance.choice((("mp4", "aac"), ("wav", "pcm_s16le"), ("matroska", "aac")))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=_SOUND_RATE, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.sample_rate, frame.pts = _SOUND_RATE, 0
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return buffer.getvalue()


def changing_resolution(chance: random.Random) -> bytes:
    """Pictures of two sizes in one stream."""
    if chance.random() < 0.5:
        return video("h264", "libx264", 64, 48) + video("h264", "libx264", 96, 64)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as output:
        stream = output.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        pts = 0
        for width, height in ((64, 48), (96, 64), (2, 2)):
            with av.open(io.BytesIO(video("mov", "mjpeg", width, height, 3))) as source:
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream, packet.pts, packet.dts = stream, pts, pts
                        pts += 1
                        output.mux(packet)
    return buffer.getvalue()


def doubled(chance: random.Random) -> bytes:
    return valid(chance) + valid(chance)


def tiny(chance: random.Random) -> bytes:
    return video("mp4", "libx264", 2, 2, 1)


BREAKERS: tuple[Breaker, ...] = (
    valid,
    truncated,
    without_start,
    empty,
    wrong_magic,
    playlist,
    noise,
    flipped,
    zeroed,
    fields_changed,
    parts_moved,
    spliced,
    absurd_dimensions,
    million_frames,
    absurd_times,
    no_video_stream,
    changing_resolution,
    doubled,
    tiny,
)
