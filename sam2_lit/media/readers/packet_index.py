"""The packets of a video stream, gathered by reading them all or, where it can be trusted, from the file's index."""

from collections.abc import Iterable
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
from sam2_lit.media.readers.mp4_boxes import composition_offsets
from sam2_lit.media.readers.video_reader import unsupported

# Each of their packets is a sample of an MP4, and a picture that is shown: FFmpeg neither joins nor splits them.
_INDEXED_CODECS = ("h264", "hevc", "av1", "vp9")
# Packets that are read to see whether the index tells the truth: at the start, from keyframes on the way, at the end.
_AT_START, _ON_THE_WAY, _FROM_EACH, _AT_END = 32, 6, 8, 600


@dataclass(frozen=True)
class Keyframe:
    """A packet at which decoding can start: its place in decoding order, timestamp, and place in the file."""

    ordinal: int
    pts: int
    position: int


@dataclass(frozen=True)
class GatheredPackets:
    """Packets in decoding order.

    - pts: int64, presentation timestamps in the stream's time base.
    - shown: bool, whether a packet becomes a frame, as far as the container and the packet's header tell.
    - last_duration: the last packet's, 0 where it is not known.
    - first: the first frame that comes out of the decoder, None where none does.
    """

    pts: NDArray[np.int64]
    shown: NDArray[np.bool_]
    keyframes: tuple[Keyframe, ...]
    last_duration: int
    first: VideoFrame | None


class _FirstFrame:
    """Decodes packets until a frame comes out."""

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


def gather_all(path: Path, container: InputContainer, stream: VideoStream, limits: MediaLimits) -> GatheredPackets:
    """Reads every packet.

    Raises:
        LitError: UNSUPPORTED_MEDIA for a file that is truncated or damaged or has too many frames.
    """
    pts: list[int] = []
    shown: list[bool] = []
    keyframes: list[Keyframe] = []
    first, last_duration = _FirstFrame(), 0
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
    return GatheredPackets(
        np.array(pts, dtype=np.int64), np.array(shown, dtype=bool), tuple(keyframes), last_duration, first.frame
    )


def gather_from_index(path: Path, container: InputContainer, stream: VideoStream) -> GatheredPackets | None:
    """What `gather_all` gives, from the index of an MP4 or QuickTime file; None where that cannot be relied on.

    FFmpeg's index has each sample's decoding time and place; when it is shown, the file's composition offsets add.
    What an edit list cuts, what is fragmented, and what has another codec is not taken from the index. A few packets at
    the start, at the end and on the way are read: where one is not as the index says, nothing of it is believed.
    """
    entries = list(stream.index_entries)
    if "mp4" not in container.format.name or stream.codec_context.name not in _INDEXED_CODECS:
        return None
    if not entries or len(entries) != stream.frames or any(each.is_discard for each in entries):
        return None
    offsets = composition_offsets(path, stream.id)
    if offsets is None or len(offsets) not in (0, len(entries)):
        return None
    times = np.array([each.timestamp for each in entries], dtype=np.int64)
    places = np.array([(each.pos, each.size) for each in entries], dtype=np.int64)
    if places[:, 1].min() <= 0 or places.sum(1).max() > path.stat().st_size:
        return None
    index = _Index(times + (offsets if len(offsets) else 0), places, np.array([each.is_keyframe for each in entries]))
    try:
        return index.checked(container, stream)
    except av.FFmpegError:
        return None


class _Index:
    """The index of one track. `pts` are off by one constant, which the first packet tells."""

    def __init__(self, pts: NDArray[np.int64], places: NDArray[np.int64], is_keyframe: NDArray[np.bool_]) -> None:
        self._pts = pts
        self._places = places
        self._is_keyframe = is_keyframe
        self._ordinals = {int(position): ordinal for ordinal, position in enumerate(places[:, 0])}

    def checked(self, container: InputContainer, stream: VideoStream) -> GatheredPackets | None:
        keys = np.flatnonzero(self._is_keyframe)
        if not len(keys) or keys[0] != 0 or len(self._pts) - keys[-1] > _AT_END:
            return None
        first = _FirstFrame()
        ordinal = 0
        for packet in container.demux(stream):
            if ordinal == 0 and packet.pts is not None:
                self._pts += packet.pts - self._pts[0]
            if packet.size > 0 and not self._agrees(packet, ordinal):
                return None
            ordinal += packet.size > 0
            first.feed(packet)
            if ordinal >= _AT_START and first.frame is not None:
                break
        for key in keys[np.linspace(0, len(keys) - 1, _ON_THE_WAY + 2).astype(int)[1:-1]]:
            packets = self._read_from(container, stream, int(key))
            if not all(self._agrees(packet) for packet, _ in zip(packets, range(_FROM_EACH), strict=False)):
                return None
        last = list(self._read_from(container, stream, int(keys[-1])))
        if not last or not all(map(self._agrees, last)) or self._ordinals[last[-1].pos or 0] != len(self._pts) - 1:
            return None
        keyframes = tuple(Keyframe(int(key), int(self._pts[key]), int(self._places[key, 0])) for key in keys)
        shown = np.ones(len(self._pts), dtype=bool)
        return GatheredPackets(self._pts, shown, keyframes, last[-1].duration or 0, first.frame)

    def _read_from(self, container: InputContainer, stream: VideoStream, key: int) -> "Iterable[Packet[VideoStream]]":
        container.seek(int(self._pts[key]), stream=stream)
        return (packet for packet in container.demux(stream) if packet.size > 0)

    def _agrees(self, packet: "Packet[VideoStream]", ordinal: int | None = None) -> bool:
        """Whether a packet is what the index says of its place in the file."""
        found = self._ordinals.get(-1 if packet.pos is None else packet.pos, -1)
        return (
            found >= 0
            and ordinal in (None, found)
            and not packet.is_corrupt
            and packet.pts == self._pts[found]
            and packet.size == self._places[found, 1]
            and (packet.is_keyframe or not self._is_keyframe[found])
        )


def _is_hidden(packet: "Packet[VideoStream]") -> bool:
    """Whether a VP8 packet holds a frame that is only predicted from, never shown (RFC 6386 section 9.1)."""
    return packet.stream.codec_context.name in ("vp8", "libvpx") and not memoryview(packet)[0] >> 4 & 1
