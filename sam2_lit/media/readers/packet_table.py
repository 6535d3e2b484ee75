"""The table of a video's packets: which frames they become, when each is shown, where decoding can start.

Only the first frame is decoded: it tells what the decoder gives out.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.mp4_boxes import is_cut_off
from sam2_lit.media.readers.orientation import IDENTITY, Matrix, swaps_sides
from sam2_lit.media.readers.packet_index import GatheredPackets, Keyframe, gather_all, gather_from_index
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.records.videos import VideoInfo

# Only containers that hold their own media: a playlist could make the server read other files and hosts.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
_NOT_SHOWN = -1


@dataclass(frozen=True)
class PacketTable:
    """The packets of a file's video stream.

    Attributes:
        info: the video as displayed.
        coded_size: (width, height) of the decoded frames, before rotation.
        matrix: the display matrix.
        time_base: seconds per unit of `pts`.
        frame_of_packet: int64; by place in decoding order, the frame that a packet becomes, -1 for none.
        packet_of_frame: int64, its inverse.
        pts: int64, presentation timestamp of each frame, never decreasing.
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
        """The last of `keyframes` from which `frame` can be decoded.

        A frame shown before the keyframe that precedes it in the file (a leading picture of an open group of
        pictures) also needs the group before.
        """
        packet, pts = int(self.packet_of_frame[frame]), int(self.pts[frame])
        start = bisect_right(self.keyframes, packet, key=lambda key: key.ordinal) - 1
        while start > 0 and self.keyframes[start].pts > pts:
            start -= 1
        return max(start, 0)


def open_container(path: Path, limits: MediaLimits) -> tuple[InputContainer, VideoStream]:
    """Opens a file and finds its video stream.

    Raises:
        LitError: UNSUPPORTED_MEDIA for anything but a readable MP4, MOV, MKV or WebM file that has a video
            stream within the limits.
    """
    try:
        container = av.open(
            str(path.absolute()),
            container_options={"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        raise unsupported(path, "it is not a whole MP4, MOV, MKV or WebM file") from error
    try:
        return container, _video_stream(path, container, limits)
    except BaseException:
        container.close()
        raise


def _video_stream(path: Path, container: InputContainer, limits: MediaLimits) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & stream.disposition.attached_pic:
        raise unsupported(path, "it has no video stream")
    if stream.codec_context is None:
        raise unsupported(path, "no decoder for its video stream is installed")
    size = (stream.codec_context.width, stream.codec_context.height)
    if reason := limits.refusal_of_count(stream.frames) or limits.refusal_of_size(*size):
        raise unsupported(path, reason)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = 2
    return stream


def read_packet_table(path: Path, limits: MediaLimits) -> PacketTable:
    """The packet table of a file; the last few are remembered for as long as the file stays as it is.

    Raises:
        LitError: UNSUPPORTED_MEDIA where `open_container` raises it, and for a file that is truncated or
            damaged, has no frames, or more than the limits allow.
    """
    status = path.stat()
    return _read_packet_table(path, status.st_mtime_ns, status.st_size, limits)


@lru_cache(maxsize=64)
def _read_packet_table(path: Path, _changed: int, _size: int, limits: MediaLimits) -> PacketTable:
    if is_cut_off(path):
        raise unsupported(path, "it is truncated; send the whole file")
    container, stream = open_container(path, limits)
    with container:
        packets = gather_from_index(path, container, stream)
        if packets is not None:
            return _table(path, packets, stream, limits)
    container, stream = open_container(path, limits)
    with container:
        return _table(path, gather_all(path, container, stream, limits), stream, limits)


def _table(path: Path, packets: GatheredPackets, stream: VideoStream, limits: MediaLimits) -> PacketTable:
    first = packets.first
    if first is None or not packets.keyframes or first.pts is None:
        raise unsupported(path, "it has no frames that can be decoded")
    if reason := limits.refusal_of_size(first.width, first.height):
        raise unsupported(path, reason)
    # Pictures that come before the first one out of the decoder lack what they were predicted from.
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
    """The rotation that a frame asks for, as `upright` takes it."""
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
    # Milliseconds are too coarse to tell 29.97 from 30: the declared rate does, unless it is wrong.
    fps = nominal if nominal and abs(measured / nominal - 1) < 0.02 else measured
    width, height = (first.height, first.width) if swaps_sides(matrix) else (first.width, first.height)
    return VideoInfo(width, height, count, fps or 1.0, duration or count / (fps or 1.0))
