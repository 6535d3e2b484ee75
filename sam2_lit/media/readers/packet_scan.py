"""The packets of a video stream, found by reading all of them."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.video_reader import unsupported


@dataclass(frozen=True)
class Keyframe:
    """A packet at which decoding can start.

    Attributes:
        ordinal: its index in decoding order.
        pts: its presentation timestamp, in the stream's time base.
        position: its byte offset in the file.
    """

    ordinal: int
    pts: int
    position: int


@dataclass(frozen=True)
class StreamPackets:
    """The packets of a stream, in decoding order.

    Attributes:
        pts: int64 [packets], presentation timestamps in the stream's time base.
        shown: bool [packets], whether a packet becomes a frame, as far as the container and the packet's header say.
        keyframes: in decoding order.
        last_duration: of the last packet, in the stream's time base; 0 where it is unknown.
        first_frame: the first frame that the decoder returns, None where it returns none.
    """

    pts: NDArray[np.int64]
    shown: NDArray[np.bool_]
    keyframes: tuple[Keyframe, ...]
    last_duration: int
    first_frame: VideoFrame | None


class FirstFrame:
    """Decodes packets until the decoder returns a frame."""

    def __init__(self) -> None:
        self.frame: VideoFrame | None = None

    def feed(self, packet: "Packet[VideoStream]") -> None:
        if self.frame is not None:
            return
        try:
            frames = packet.decode()
        except av.FFmpegError:
            return
        self.frame = next((frame for frame in frames if isinstance(frame, VideoFrame)), None)


def scan_packets(path: Path, container: InputContainer, stream: VideoStream, limits: MediaLimits) -> StreamPackets:
    """Reads every packet of a stream from its start.

    Raises:
        LitError: UNSUPPORTED_MEDIA where packets are damaged, have no timestamps, or are more than the limits allow.
    """
    pts: list[int] = []
    shown: list[bool] = []
    keyframes: list[Keyframe] = []
    first, last_duration = FirstFrame(), 0
    try:
        for packet in container.demux(stream):
            if packet.size > 0:
                if packet.is_corrupt:
                    raise unsupported(path, "it is truncated; send the whole file")
                if packet.pts is None:
                    raise unsupported(path, "its frames carry no timestamps; convert it to MP4")
                if reason := limits.refusal_of_count(len(pts) + 1):
                    raise unsupported(path, reason)
                if packet.is_keyframe:
                    keyframes.append(Keyframe(len(pts), packet.pts, packet.pos or 0))
                pts.append(packet.pts)
                shown.append(not packet.is_discard and not _is_hidden(packet))
                last_duration = packet.duration or 0
            first.feed(packet)
    except av.FFmpegError as error:
        raise unsupported(path, f"it is damaged or truncated ({error.strerror})") from error
    return StreamPackets(
        np.array(pts, dtype=np.int64), np.array(shown, dtype=bool), tuple(keyframes), last_duration, first.frame
    )


def _is_hidden(packet: "Packet[VideoStream]") -> bool:
    """Whether a VP8 packet holds a frame that is never shown, only predicted from (RFC 6386, section 9.1)."""
    return packet.stream.codec_context.name in ("vp8", "libvpx") and not memoryview(packet)[0] >> 4 & 1
