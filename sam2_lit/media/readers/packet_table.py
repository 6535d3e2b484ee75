"""Which packet of a file becomes which frame, when each frame is shown, and where decoding can start.

Only the first frame is decoded, for the size and the rotation of the decoder's output.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.decoding_order import DecodingOrder, begins_in_order
from sam2_lit.media.readers.display import Display, square_size
from sam2_lit.media.readers.orientation import IDENTITY, Matrix
from sam2_lit.media.readers.packet_scan import MISSING, Keyframe, StreamPackets
from sam2_lit.media.readers.timestamps import are_doubtful, contradict_decoder
from sam2_lit.media.readers.video_reader import unsupported
from sam2_lit.records.videos import VideoInfo

_NOT_SHOWN = -1


@dataclass(frozen=True)
class PacketTable:
    """The packets of a file's video stream.

    Attributes:
        info: the video as displayed.
        display: how decoded frames are shown.
        is_interlaced: whether the first frame is.
        time_base: seconds per tick of `pts`.
        sizes: int64 [packets], in bytes, in decoding order.
        frame_of_packet: int64 [packets], the first frame that each packet becomes; -1 for none.
        packet_of_frame: int64 [frames], the packet of each frame.
        further_frames: the other frames of packets that become several, by packet and number after the first.
        pts: int64 [frames], presentation timestamps, never decreasing.
        keyframes: in decoding order.
        checksums: int64 [frames], of the pictures of a full decode; None where the order is that of the timestamps.
    """

    info: VideoInfo
    display: Display
    is_interlaced: bool
    time_base: Fraction
    sizes: NDArray[np.int64]
    frame_of_packet: NDArray[np.int64]
    packet_of_frame: NDArray[np.int64]
    further_frames: Mapping[tuple[int, int], int]
    pts: NDArray[np.int64]
    keyframes: tuple[Keyframe, ...]
    checksums: NDArray[np.int64] | None

    def start_for(self, frame: int) -> int:
        """The index in `keyframes` of the last one from which `frame` can be decoded; -1 for the start of the file.

        A frame that is shown before the keyframe that precedes it in the file (a leading picture of an open group of
        pictures) also needs the previous group.
        """
        packet = int(self.packet_of_frame[frame])
        start = bisect_right(self.keyframes, packet, key=lambda key: key.ordinal) - 1
        while start >= 0 and not 0 <= self.frame_of_packet[self.keyframes[start].ordinal] <= frame:
            start -= 1
        return start

    def ordinals(self) -> dict[tuple[int, int], int]:
        """The ordinals of keyframes by their landmarks."""
        return {(key.pts, key.position): key.ordinal for key in self.keyframes}

    def frame_at(self, packet: int, number: int) -> int:
        """The frame that the decoder returned as number `number`, from 0, of a packet; -1 where there is none."""
        return self.further_frames.get((packet, number), _NOT_SHOWN) if number else int(self.frame_of_packet[packet])


def first_frame(path: Path, packets: StreamPackets, stream: VideoStream, settings: MediaSettings) -> VideoFrame:
    """The first decoded frame. Raises LitError (UNSUPPORTED_MEDIA) without one, or where it exceeds the limits."""
    first = packets.first_frame
    if first is None:
        raise unsupported(path, "it has no frames that can be decoded")
    for size in ((first.width, first.height), square_size((first.width, first.height), stream)):
        if reason := settings.refusal_of_size(*size):
            raise unsupported(path, reason)
    return first


def table_by_time(
    path: Path, packets: StreamPackets, stream: VideoStream, settings: MediaSettings
) -> PacketTable | None:
    """The table with frames ordered by timestamp; None where that is not the decoder's order."""
    first = first_frame(path, packets, stream, settings)
    if contradict_decoder(packets):
        return None
    order = np.argsort(packets.pts, kind="stable")
    packet_of_frame = order[packets.shown[order]].astype(np.int64)
    if are_doubtful(packets, stream.codec_context.has_b_frames) and not begins_in_order(
        path, settings, packet_of_frame
    ):
        return None
    frame_of_packet = np.full(len(packets.pts), _NOT_SHOWN, dtype=np.int64)
    frame_of_packet[packet_of_frame] = np.arange(len(packet_of_frame))
    pts = packets.pts[packet_of_frame]
    display = _display(first, stream, settings)
    return PacketTable(
        info=_info(display.size, pts, packets.last_duration, stream),
        display=display,
        is_interlaced=bool(first.interlaced_frame),
        time_base=stream.time_base or Fraction(1),
        sizes=packets.sizes,
        frame_of_packet=frame_of_packet,
        packet_of_frame=packet_of_frame,
        further_frames={},
        pts=pts,
        keyframes=packets.keyframes,
        checksums=None,
    )


def table_by_decoding(
    path: Path, packets: StreamPackets, order: DecodingOrder, stream: VideoStream, settings: MediaSettings
) -> PacketTable:
    """The table with frames in the order that the decoder returned them in."""
    first = first_frame(path, packets, stream, settings)
    frame_of_packet = np.full(len(packets.pts), _NOT_SHOWN, dtype=np.int64)
    further_frames: dict[tuple[int, int], int] = {}
    numbers: dict[int, int] = {}
    for frame, packet in enumerate(order.packets.tolist()):
        number = numbers[packet] = numbers.get(packet, -1) + 1
        if number:
            further_frames[packet, number] = frame
        else:
            frame_of_packet[packet] = frame
    pts = _frame_times(packets, order, stream)
    display = _display(first, stream, settings)
    return PacketTable(
        info=_info(display.size, pts, 0, stream),
        display=display,
        is_interlaced=bool(first.interlaced_frame),
        time_base=stream.time_base or Fraction(1),
        sizes=packets.sizes,
        frame_of_packet=frame_of_packet,
        packet_of_frame=order.packets,
        further_frames=further_frames,
        pts=pts,
        keyframes=_recognizable(packets),
        checksums=order.checksums,
    )


def _frame_times(packets: StreamPackets, order: DecodingOrder, stream: VideoStream) -> NDArray[np.int64]:
    """Times for frames in decoder's order: the timestamps in ascending order, or a constant rate where some miss."""
    for times in (packets.pts[order.packets], packets.dts[order.packets]):
        if (times != MISSING).all():
            return np.sort(times)
    step = 1 / ((stream.average_rate or Fraction(25)) * (stream.time_base or Fraction(1)))
    return np.round(np.arange(len(order.packets)) * float(step)).astype(np.int64)


def _recognizable(packets: StreamPackets) -> tuple[Keyframe, ...]:
    """The keyframes that no other packet can be taken for after a seek."""
    times = np.where(packets.pts == MISSING, packets.dts, packets.pts)
    landmarks = np.stack((times, packets.positions), axis=1)
    _, inverse, counts = np.unique(landmarks, axis=0, return_inverse=True, return_counts=True)
    is_unique = (counts[inverse.reshape(-1)] == 1) & (times != MISSING)
    return tuple(key for key in packets.keyframes if is_unique[key.ordinal])


def display_matrix(frame: VideoFrame) -> Matrix:
    """A frame's display matrix, as `upright` takes it."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return IDENTITY
    return tuple(int(value) for value in np.frombuffer(bytes(data), dtype=np.int32))


def _display(first: VideoFrame, stream: VideoStream, settings: MediaSettings) -> Display:
    coded_size = (first.width, first.height)
    return Display(coded_size, square_size(coded_size, stream), display_matrix(first), settings.deinterlace)


def _info(size: tuple[int, int], pts: NDArray[np.int64], last_duration: int, stream: VideoStream) -> VideoInfo:
    count, time_base = len(pts), float(stream.time_base or 1)
    if last_duration <= 0:
        last_duration = int(np.median(np.diff(pts))) if count > 1 else 0
    duration = float(pts[-1] - pts[0] + last_duration) * time_base
    nominal = float(stream.average_rate or 0)
    measured = count / duration if duration > 0 else nominal
    # Timestamps in milliseconds cannot tell 29.97 from 30; the declared rate can, unless it is wrong.
    fps = nominal if nominal and abs(measured / nominal - 1) < 0.02 else measured
    return VideoInfo(*size, count, fps or 1.0, duration or count / (fps or 1.0))
