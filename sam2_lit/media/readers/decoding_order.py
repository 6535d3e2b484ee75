"""The order of a file's frames, learned by decoding them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zlib import crc32

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.media.readers.video_stream import decoder_of, open_video_stream

logger = logging.getLogger(__name__)

# About two minutes of decoding on two cores: 24 minutes of 720p at 30 frames/s.
MAX_PIXELS = 40 * 10**9
_PROBED_PACKETS = 48
_CHECKED_ROWS = 4

_progress: dict[Path, float] = {}


@dataclass(frozen=True)
class DecodingOrder:
    """The frames that a full decode returns, in order.

    Attributes:
        packets: int64 [frames], the ordinal of the packet that each frame was decoded from.
        checksums: int64 [frames], `checksum` of each.
    """

    packets: NDArray[np.int64]
    checksums: NDArray[np.int64]


def learn_order(path: Path, settings: MediaSettings, packets: int) -> DecodingOrder:
    """Decodes a file of `packets` packets from start to end.

    Raises:
        LitError: UNSUPPORTED_MEDIA where that takes too long, and where no frame can be decoded.
    """
    container, stream = open_video_stream(path, settings)
    with container:
        decode_repeatably(stream)
        if is_too_long(stream, packets):
            raise unsupported(
                path,
                "its timestamps do not give the order of its frames, and it is too long to find the order by decoding"
                f" it; convert it first, for example with ffmpeg -i {path.name} -fps_mode passthrough new.mp4",
            )
        logger.info("%s is decoded once: its timestamps do not give the order of its frames", path.name)
        found: list[tuple[int, int]] = []
        try:
            for ordinal, frame in decode(stream, container.demux(stream)):
                found.append((ordinal, checksum(frame)))
                _progress[path] = len(found) / max(1, packets)
        finally:
            _progress.pop(path, None)
    if not found:
        raise unsupported(path, "it has no frames that can be decoded")
    return DecodingOrder(*np.array(found, dtype=np.int64).T.copy())


def is_too_long(stream: VideoStream, packets: int) -> bool:
    """Whether decoding all of a stream takes too long to do it without being asked."""
    return packets * stream.codec_context.width * stream.codec_context.height > MAX_PIXELS


def learning_progress(path: Path) -> float:
    """Which part of a file `learn_order` has decoded so far, 0 to 1; 0 where it does not run."""
    return min(1.0, _progress.get(path, 0.0))


def begins_in_order(path: Path, settings: MediaSettings, packet_of_frame: NDArray[np.int64]) -> bool:
    """Whether the decoder returns the first frames from the packets of `packet_of_frame`, in that order."""
    container, stream = open_video_stream(path, settings)
    with container:
        packets = islice(container.demux(stream), _PROBED_PACKETS)
        found = [ordinal for ordinal, _ in decode(stream, packets)]
    return bool(np.array_equal(found, packet_of_frame[: len(found)]))


def decode_repeatably(stream: VideoStream) -> None:
    """Makes pictures whose references are missing the same in every decode, at the cost of decoding frames in turn."""
    stream.thread_type = "SLICE"


def decode(
    stream: VideoStream,
    packets: "Iterator[Packet[VideoStream]]",
    first: int = 0,
    undecodable: list[int] | None = None,
) -> Iterator[tuple[int, VideoFrame]]:
    """Decodes packets of a stream, of which the first one is number `first` in the file.

    Yields:
        Each frame with the ordinal of its packet. A packet that cannot be decoded is logged, added to `undecodable`,
        and skipped.
    """
    decoder = decoder_of(stream)
    for packet in packets:
        if packet.size > 0:
            # A decoder copies a packet's timestamp to its frame: the ordinal travels in its place.
            packet.pts = first
            first += 1
        try:
            frames = decoder.decode(packet)
        except av.FFmpegError as error:
            logger.warning("a packet could not be decoded (%s)", error)
            if undecodable is not None:
                undecodable.append(first)
            continue
        for frame in frames:
            if isinstance(frame, VideoFrame) and frame.pts is not None and frame.pts >= 0:
                yield frame.pts, frame


def checksum(frame: VideoFrame) -> int:
    """A checksum of some rows of a decoded frame, to recognize its picture by."""
    plane = frame.planes[0]
    if plane.line_size <= 0:
        return 0
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height].reshape(
        plane.height, plane.line_size
    )
    return crc32(rows[::_CHECKED_ROWS, : min(plane.width, plane.line_size)].tobytes())
