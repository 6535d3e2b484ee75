"""Which packet of a file becomes which frame, when each frame is shown, and where decoding can start.

Only the first frame is decoded, for the size and the rotation of the decoder's output.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.orientation import IDENTITY, Matrix, swaps_sides
from sam2_lit.media.readers.packet_index import read_index
from sam2_lit.media.readers.packet_scan import Keyframe, StreamPackets, scan_packets
from sam2_lit.media.readers.truncation import is_truncated
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.media.readers.video_stream import open_video_stream
from sam2_lit.records.videos import VideoInfo

_NOT_SHOWN = -1


@dataclass(frozen=True)
class PacketTable:
    """The packets of a file's video stream.

    Attributes:
        info: the video as displayed.
        coded_size: (width, height) of the decoded frames, before rotation.
        matrix: the display matrix.
        time_base: seconds per tick of `pts`.
        frame_of_packet: int64 [packets], the frame that each packet, in decoding order, becomes; -1 for none.
        packet_of_frame: int64 [frames], its inverse.
        pts: int64 [frames], presentation timestamps, never decreasing.
        keyframes: in decoding order; never empty.
    """

    info: VideoInfo
    coded_size: tuple[int, int]
    matrix: Matrix
    time_base: Fraction
    frame_of_packet: NDArray[np.int64]
    packet_of_frame: NDArray[np.int64]
    pts: NDArray[np.int64]
    keyframes: tuple[Keyframe, ...]

    def start_for(self, frame: int) -> int:
        """The index in `keyframes` of the last one from which `frame` can be decoded.

        A frame that is shown before the keyframe that precedes it in the file (a leading picture of an open group of
        pictures) also needs the previous group.
        """
        packet, pts = int(self.packet_of_frame[frame]), int(self.pts[frame])
        start = bisect_right(self.keyframes, packet, key=lambda key: key.ordinal) - 1
        while start > 0 and self.keyframes[start].pts > pts:
            start -= 1
        return max(start, 0)


def read_packet_table(path: Path, limits: MediaLimits) -> PacketTable:
    """The packet table of a file. The most recent tables are cached until their file changes.

    Raises:
        LitError: UNSUPPORTED_MEDIA where `open_video_stream` raises it, and for a file that is truncated or damaged,
            has no frames, or more than the limits allow.
    """
    status = path.stat()
    return _read_packet_table(path, status.st_mtime_ns, status.st_size, limits)


def forget_tables() -> None:
    """Empties the cache of `read_packet_table`."""
    _read_packet_table.cache_clear()


@lru_cache(maxsize=64)
def _read_packet_table(path: Path, _changed: int, _size: int, limits: MediaLimits) -> PacketTable:
    if is_truncated(path):
        raise unsupported(path, "it is truncated; send the whole file")
    container, stream = open_video_stream(path, limits)
    with container:
        packets = read_index(path, container, stream)
        if packets is not None:
            return _table(path, packets, stream, limits)
    container, stream = open_video_stream(path, limits)
    with container:
        return _table(path, scan_packets(path, container, stream, limits), stream, limits)


def _table(path: Path, packets: StreamPackets, stream: VideoStream, limits: MediaLimits) -> PacketTable:
    first = packets.first_frame
    if first is None or not packets.keyframes or first.pts is None:
        raise unsupported(path, "it has no frames that can be decoded")
    if reason := limits.refusal_of_size(first.width, first.height):
        raise unsupported(path, reason)
    # The decoder drops frames before its first one: the frames that they are predicted from are missing.
    shown = packets.shown & (packets.pts >= first.pts)
    order = np.argsort(packets.pts, kind="stable")
    packet_of_frame = order[shown[order]].astype(np.int64)
    frame_of_packet = np.full(len(packets.pts), _NOT_SHOWN, dtype=np.int64)
    frame_of_packet[packet_of_frame] = np.arange(len(packet_of_frame))
    pts = packets.pts[packet_of_frame]
    matrix = display_matrix(first)
    return PacketTable(
        info=_info(first, matrix, pts, packets.last_duration, stream),
        coded_size=(first.width, first.height),
        matrix=matrix,
        time_base=stream.time_base or Fraction(1),
        frame_of_packet=frame_of_packet,
        packet_of_frame=packet_of_frame,
        pts=pts,
        keyframes=packets.keyframes,
    )


def display_matrix(frame: VideoFrame) -> Matrix:
    """A frame's display matrix, as `upright` takes it."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return IDENTITY
    return tuple(int(value) for value in np.frombuffer(bytes(data), dtype=np.int32))


def _info(
    first: VideoFrame, matrix: Matrix, pts: NDArray[np.int64], last_duration: int, stream: VideoStream
) -> VideoInfo:
    count, time_base = len(pts), float(stream.time_base or 1)
    if last_duration <= 0:
        last_duration = int(np.median(np.diff(pts))) if count > 1 else 0
    duration = float(pts[-1] - pts[0] + last_duration) * time_base
    nominal = float(stream.average_rate or 0)
    measured = count / duration if duration > 0 else nominal
    # Timestamps in milliseconds cannot tell 29.97 from 30; the declared rate can, unless it is wrong.
    fps = nominal if nominal and abs(measured / nominal - 1) < 0.02 else measured
    width, height = (first.height, first.width) if swaps_sides(matrix) else (first.width, first.height)
    return VideoInfo(width, height, count, fps or 1.0, duration or count / (fps or 1.0))
