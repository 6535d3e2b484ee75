"""Recognizes a file, and the frames of another version of it, without decoding."""

from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.video_stream import open_video_stream


def state_of(path: Path) -> tuple[int, int] | None:
    """What changes with the content of a file: its size and time of change. None where it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def packet_digests(path: Path, settings: MediaSettings) -> NDArray[np.uint32]:
    """For each packet, in decoding order, a checksum of it, all packets before it and the decoder's parameters.

    What a packet is decoded from precedes it, so where two files have equal digests, the packets are the same pictures.

    Returns:
        uint32 [packets].

    Raises:
        LitError: UNSUPPORTED_MEDIA where the file cannot be opened.
    """
    container, stream = open_video_stream(path, settings)
    with container:
        codec = stream.codec_context
        digest = crc32(f"{codec.name} {codec.width} {codec.height} ".encode() + bytes(codec.extradata or b""))
        digests: list[int] = []
        for packet in container.demux(stream):
            if packet.size:
                digest = crc32(memoryview(packet), digest)
                digests.append(digest)
    return np.array(digests, dtype=np.uint32)
