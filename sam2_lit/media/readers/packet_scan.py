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

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.media.readers.video_stream import decoder_of

# Stands for a timestamp that a packet lacks.
MISSING = int(np.iinfo(np.int64).min)


@dataclass(frozen=True)
class Keyframe:
    """A packet at which decoding can start.

    Attributes:
        ordinal: its index in decoding order.
        pts: its presentation timestamp, in the stream's time base; its decoding timestamp where it has none.
        position: its byte offset in the file.
    """

    ordinal: int
    pts: int
    position: int


@dataclass(frozen=True)
class StreamPackets:
    """The packets of a stream, in decoding order.

    Attributes:
        pts: int64 [packets], presentation timestamps in the stream's time base; MISSING where a packet has none.
        dts: int64 [packets], decoding timestamps likewise.
        sizes: int64 [packets], in bytes.
        positions: int64 [packets], byte offsets in the file.
        shown: bool [packets], whether a packet becomes a frame, as far as the container and the packet's header say.
        discarded: bool [packets], whether an edit list leaves the packet's frame out.
        keyframes: in decoding order.
        last_duration: of the last packet, in the stream's time base; 0 where it is unknown.
        first_frame: the first frame that the decoder returns, None where it returns none.
    """

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    positions: NDArray[np.int64]
    shown: NDArray[np.bool_]
    discarded: NDArray[np.bool_]
    keyframes: tuple[Keyframe, ...]
    last_duration: int
    first_frame: VideoFrame | None


class FirstFrame:
    """Decodes packets until the decoder returns a frame."""

    def __init__(self, stream: VideoStream) -> None:
        self._decoder = decoder_of(stream)
        self.frame: VideoFrame | None = None

    def feed(self, packet: "Packet[VideoStream]") -> None:
        if self.frame is not None:
            return
        try:
            frames = self._decoder.decode(packet)
        except av.FFmpegError:
            return
        self.frame = next((frame for frame in frames if isinstance(frame, VideoFrame)), None)


def landmark(packet: "Packet[VideoStream]") -> tuple[int, int]:
    """What a packet is recognized by after a seek: its timestamp and its byte offset."""
    time = packet.dts if packet.pts is None else packet.pts
    return MISSING if time is None else time, packet.pos or 0


def scan_packets(path: Path, container: InputContainer, stream: VideoStream, settings: MediaSettings) -> StreamPackets:
    """Reads every packet of a stream from its start.

    Raises:
        LitError: UNSUPPORTED_MEDIA where packets are damaged, or are more than the limits allow.
    """
    rows: list[tuple[int, int, int, int]] = []
    shown: list[bool] = []
    discarded: list[bool] = []
    keyframes: list[Keyframe] = []
    first, last_duration = FirstFrame(stream), 0
    ends_early = False
    try:
        for packet in container.demux(stream):
            if packet.size > 0:
                # In MPEG-TS packets around a gap are corrupt too, as where recordings were joined.
                ends_early = packet.is_corrupt
                if ends_early and container.format.name != "mpegts":
                    break
                if reason := settings.refusal_of_count(len(rows) + 1):
                    raise unsupported(path, reason)
                time, position = landmark(packet)
                if packet.is_keyframe:
                    keyframes.append(Keyframe(len(rows), time, position))
                pts = MISSING if packet.pts is None else packet.pts
                rows.append((pts, MISSING if packet.dts is None else packet.dts, packet.size, position))
                discarded.append(packet.is_discard)
                shown.append(not packet.is_discard and not _is_hidden(packet))
                last_duration = packet.duration or 0
            first.feed(packet)
    except av.FFmpegError as error:
        raise unsupported(path, f"it is damaged or truncated ({error.strerror})") from error
    if ends_early:
        raise unsupported(path, "it is truncated; send the whole file")
    presented, decoded, sizes, positions = np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()
    return StreamPackets(
        pts=presented,
        dts=decoded,
        sizes=sizes,
        positions=positions,
        shown=np.array(shown, dtype=bool),
        discarded=np.array(discarded, dtype=bool),
        keyframes=tuple(keyframes),
        last_duration=last_duration,
        first_frame=first.frame,
    )


def _is_hidden(packet: "Packet[VideoStream]") -> bool:
    """Whether a VP8 packet holds a frame that is never shown, only predicted from (RFC 6386, section 9.1)."""
    return packet.stream.codec_context.name in ("vp8", "libvpx") and not memoryview(packet)[0] >> 4 & 1
