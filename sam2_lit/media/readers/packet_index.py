"""The packets of an MP4's video stream, read from the file's index instead of from the packets.

Opening then reads a small part of the file: a two-hour film of 1.9 GB takes 0.3 s of CPU time instead of the 1.9 s of
reading all packets (`scripts/bench opening`), and a folder of films on a slow disk can be listed.
"""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.readers.mp4_boxes import composition_offsets
from sam2_lit.media.readers.packet_scan import FirstFrame, Keyframe, StreamPackets

# In these, each sample of an MP4 is one packet and one shown frame: FFmpeg neither joins nor splits them.
_INDEXED_CODECS = ("h264", "hevc", "av1", "vp9")
# Packets that are compared with the index: the first ones, some after each of a few keyframes, and the last group's.
_AT_START, _KEYFRAMES_CHECKED, _AFTER_EACH, _MAX_LAST_GROUP = 32, 6, 8, 600


def read_index(path: Path, container: InputContainer, stream: VideoStream) -> StreamPackets | None:
    """What `scan_packets` returns, from the index of an MP4 or QuickTime file; None where that is not reliable.

    FFmpeg's index has each sample's decoding time and position; adding the file's composition offsets gives its
    presentation time. Not used: other containers and codecs, fragmented files, and tracks that an edit list cuts.
    Packets at the start, at the end and in between are read, and one that differs from the index rejects it.
    """
    entries = list(stream.index_entries)
    if "mp4" not in container.format.name or stream.codec_context.name not in _INDEXED_CODECS:
        return None
    if not entries or len(entries) != stream.frames or any(each.is_discard for each in entries):
        return None
    offsets = composition_offsets(path, stream.id, len(entries))
    if offsets is None or len(offsets) not in (0, len(entries)):
        return None
    times = np.array([each.timestamp for each in entries], dtype=np.int64)
    positions = np.array([each.pos for each in entries], dtype=np.int64)
    sizes = np.array([each.size for each in entries], dtype=np.int64)
    if sizes.min() <= 0 or (positions + sizes).max() > path.stat().st_size:
        return None
    is_keyframe = np.array([each.is_keyframe for each in entries])
    index = _Index(times, offsets, positions, sizes, is_keyframe)
    try:
        return index.verified(container, stream)
    except av.FFmpegError:
        return None


class _Index:
    """The index of one track: timestamps, byte offsets, sizes and keyframes of its samples, in decoding order.

    Until `verified` has read the first packet, `_pts` are off by one constant.
    """

    def __init__(
        self,
        dts: NDArray[np.int64],
        offsets: NDArray[np.int64],
        positions: NDArray[np.int64],
        sizes: NDArray[np.int64],
        is_keyframe: NDArray[np.bool_],
    ) -> None:
        self._dts = dts
        self._pts = dts + (offsets if len(offsets) else 0)
        self._positions = positions
        self._sizes = sizes
        self._is_keyframe = is_keyframe
        self._ordinals = {int(position): ordinal for ordinal, position in enumerate(positions)}

    def verified(self, container: InputContainer, stream: VideoStream) -> StreamPackets | None:
        """The packets of the index; None where a packet that is read differs from it."""
        keys = np.flatnonzero(self._is_keyframe)
        if not len(keys) or keys[0] != 0 or len(self._pts) - keys[-1] > _MAX_LAST_GROUP:
            return None
        first = FirstFrame(stream)
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
        for key in keys[np.linspace(0, len(keys) - 1, _KEYFRAMES_CHECKED + 2).astype(int)[1:-1]]:
            packets = self._read_from(container, stream, int(key))
            if not all(self._agrees(packet) for packet, _ in zip(packets, range(_AFTER_EACH), strict=False)):
                return None
        last = list(self._read_from(container, stream, int(keys[-1])))
        if not last or not all(map(self._agrees, last)) or self._ordinals[last[-1].pos or 0] != len(self._pts) - 1:
            return None
        keyframes = tuple(Keyframe(int(key), int(self._pts[key]), int(self._positions[key])) for key in keys)
        return StreamPackets(
            pts=self._pts,
            dts=self._dts,
            sizes=self._sizes,
            positions=self._positions,
            shown=np.ones(len(self._pts), dtype=bool),
            discarded=np.zeros(len(self._pts), dtype=bool),
            keyframes=keyframes,
            last_duration=last[-1].duration or 0,
            first_frame=first.frame,
        )

    def _read_from(self, container: InputContainer, stream: VideoStream, key: int) -> "Iterable[Packet[VideoStream]]":
        container.seek(int(self._pts[key]), stream=stream)
        return (packet for packet in container.demux(stream) if packet.size > 0)

    def _agrees(self, packet: "Packet[VideoStream]", ordinal: int | None = None) -> bool:
        """Whether a packet is the one that the index has at its position, and number `ordinal` where that is given."""
        found = self._ordinals.get(-1 if packet.pos is None else packet.pos, -1)
        return (
            found >= 0
            and ordinal in (None, found)
            and not packet.is_corrupt
            and packet.pts == self._pts[found]
            and packet.size == self._sizes[found]
            and (packet.is_keyframe or not self._is_keyframe[found])
        )
