"""Frames by index from a video file."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.damage import check_damage, damage_of_file
from sam2_lit.media.readers.decoding_order import checksum, decode, decode_repeatably
from sam2_lit.media.readers.orientation import IDENTITY
from sam2_lit.media.readers.packet_digests import packet_digests, state_of
from sam2_lit.media.readers.packet_scan import Keyframe, landmark
from sam2_lit.media.readers.picture_order import has_picture_order
from sam2_lit.media.readers.sound_reader import open_sound
from sam2_lit.media.readers.table_cache import learn_packet_table, read_packet_table
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.media.readers.video_stream import open_video_stream
from sam2_lit.media.sound import Sound
from sam2_lit.records.videos import FrameRange

logger = logging.getLogger(__name__)

# Decoding up to this many packets further costs less than a seek.
_SEEK_DISTANCE = 8
_RECENT_FRAMES = 4
# How far a frame may be from its time at constant rate, in frames, to be on screen halfway through its own interval.
_MAX_JITTER = 0.25
# The most frames that H.264 and HEVC can return after a later one.
_MAX_REORDERING = 16
_BACKWARD_BYTES = 128 * 1024**2


class _OtherOrder(Exception):
    """The decoder returned frames in another order than that of the table."""


class ContainerReader(VideoReader):
    """Decodes on demand, in runs: frames of rising index, from a keyframe on.

    Reading forward continues the run. Reading backward starts a run at an earlier keyframe and caches the decoded
    frames up to the requested one, at most 128 MiB of them, for the requests that follow.

    A requested frame that cannot be decoded is replaced by the frame before it, as players do, and added to
    `damaged_frames`.

    The decoder is the judge of the order: where it returns frames in another order than that of their timestamps, the
    order is learned by decoding the file once, before a frame of that part is returned. Pictures of a file whose order
    was learned are compared with those of that decode, and decoded from an earlier keyframe where they differ.

    Invariants: `_position` is the index of the run's last frame, -1 before its first. `_fed` is the number of packets
    before the run's next one, -1 before the first run.
    """

    def __init__(self, path: Path, settings: MediaSettings, *, learn: bool = True) -> None:
        self._path, self._settings = path, settings
        self._state = state_of(path)
        self._table = read_packet_table(path, settings, learn=learn)
        self._open()
        self._ordinals = self._table.ordinals()
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, VideoFrame] = OrderedDict()
        self._run: Iterator[tuple[int, VideoFrame]] = iter(())
        self._position, self._fed = -1, -1
        self._has_gap = self._from_start = self._is_lost = False
        self._undecodable: list[int] = []
        self.damaged_frames: set[int] = set()
        self.info = self._table.info

    def _open(self) -> None:
        self._container, self._stream = open_video_stream(self._path, self._settings)
        if self._table.checksums is not None:
            decode_repeatably(self._stream)

    @property
    def frame_times(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds after the first: float64 [frame_count]."""
        pts = self._table.pts
        return np.asarray((pts - pts[0]) * float(self._table.time_base), dtype=np.float64)

    def sound(self, frames: range) -> AbstractContextManager[Sound | None]:
        return open_sound(self._path, self._table, frames)

    def frame(self, index: int) -> NDArray[np.uint8]:
        self._check_index(index)
        if state_of(self._path) != self._state:
            self._refuse_changed(self._path)
        with self._lock:
            frame = self._cache.get(index) or self._decode_in_order(index)
            return self._table.display.rgb(frame)

    def browsers_can_decode(self) -> bool:
        """Whether browsers play the stream, in an MP4, with the same frame indices.

        It must be H.264 in yuv420p, shown as it is coded, each packet a frame, and frame i on screen at (i + 0.5) / fps
        seconds. Timestamps are believed: `has_picture_order` compares them with the pictures.
        """
        table, codec = self._table, self._stream.codec_context
        return (
            codec.name == "h264"
            and codec.pix_fmt == "yuv420p"
            and table.display.matrix == IDENTITY
            and table.display.square_size == table.display.coded_size
            and not (table.display.deinterlace and table.is_interlaced)
            and table.checksums is None
            and table.pts[0] == 0
            and len(table.pts) == len(table.frame_of_packet)
            and bool(np.all(np.abs(self.frame_times * self.info.fps - np.arange(len(self))) < _MAX_JITTER))
        )

    def has_picture_order(self) -> bool:
        """As the function, for an H.264 stream: whether its timestamps give the order of its pictures."""
        return has_picture_order(self._path, self._settings, self._table)

    def frame_digests(self) -> NDArray[np.uint32]:
        return packet_digests(self._path, self._settings)[self._table.packet_of_frame]

    def damage(self) -> list[FrameRange] | None:
        found = damage_of_file(self._path, self._settings, self._table)
        check_damage(found or (), self.frame)
        return found

    def close(self) -> None:
        with self._lock:
            self._run = iter(())
            self._cache.clear()
            self._container.close()

    def _decode_in_order(self, index: int) -> VideoFrame:
        try:
            return self._decode(index)
        except _OtherOrder:
            table = learn_packet_table(self._path, self._settings)
        if len(table.pts) != len(self):
            # Of no file: later calls are refused, too.
            self._state = (-1, -1)
            self._refuse_recounted(self._path, len(table.pts))
        self._table = table
        self._ordinals = table.ordinals()
        self._cache.clear()
        self._container.close()
        self._open()
        self._position, self._fed = -1, -1
        return self._decode(index)

    def _decode(self, index: int) -> VideoFrame:
        start = self._table.start_for(index)
        going_back = index <= self._position
        first_run = self._fed < 0
        if first_run or going_back or self._start_ordinal(start) > self._fed + _SEEK_DISTANCE:
            self._start_run(start)
        keep = self._frames_to_keep(going_back)
        found = self._run_to(index, keep)
        for earlier in self._earlier_starts(start):
            if found:
                break
            self._start_run(earlier)
            found = self._run_to(index, keep)
        if not found:
            self._refuse_order_without_damage()
            self._repeat_frame_before(index)
        return self._cache[index]

    def _earlier_starts(self, start: int) -> Iterator[int]:
        # With intra refresh one keyframe may not be enough to decode from.
        if start > 0:
            yield start - 1
        if self._table.checksums is not None or self._is_lost:
            yield -1

    def _frames_to_keep(self, going_back: bool) -> int:
        width, height = self._table.display.coded_size
        return max(_RECENT_FRAMES, _BACKWARD_BYTES // (width * height * 3 // 2)) if going_back else _RECENT_FRAMES

    def _run_to(self, index: int, keep: int) -> bool:
        """Continues the run up to `index`. Returns False where the decoder did not return that frame.

        After a gap the run continues a little further: a frame that is missing may come late.
        """
        while index not in self._cache or (self._has_gap and self._position < index + _MAX_REORDERING):
            if self._position >= index + _MAX_REORDERING:
                break
            try:
                position, frame = next(self._run)
            except StopIteration:
                break
            except av.FFmpegError as error:
                logger.warning("%s: reading stopped (%s)", self._path.name, error)
                break
            self._refuse_other_size(frame)
            if self._table.checksums is None:
                if 0 <= position <= self._position:
                    raise _OtherOrder
                self._has_gap |= 0 <= self._position < position - 1
            self._position = position
            if self._is_as_learned(position, frame):
                self._cache[position] = frame
            while len(self._cache) > (keep + _MAX_REORDERING if self._has_gap else keep):
                self._cache.popitem(last=False)
        if self._has_gap:
            self._refuse_order_without_damage()
        self._has_gap = False
        return index in self._cache

    def _refuse_order_without_damage(self) -> None:
        """Called where a frame is missing: the decoder can only lose one to damage that it reports."""
        if self._table.checksums is None and not self._undecodable and not self._is_lost:
            raise _OtherOrder

    def _is_as_learned(self, index: int, frame: VideoFrame) -> bool:
        checksums = self._table.checksums
        return checksums is None or self._from_start or checksum(frame) == checksums[index]

    def _start_ordinal(self, start: int) -> int:
        return self._table.keyframes[start].ordinal if start >= 0 else 0

    def _start_run(self, start: int) -> None:
        """Starts a run at keyframe number `start`, at an earlier one where no seek reaches it, or, for -1, at the
        start of the file."""
        wanted = self._start_ordinal(start)
        landed: int | None = None
        packets: Iterator[Packet[VideoStream]] = iter(())
        while start >= 0 and (landed is None or landed > wanted):
            landed, packets = self._seek(self._table.keyframes[start])
            start -= 1
        if landed is None or landed > wanted:
            self._container.close()
            self._open()
            landed, packets = 0, self._container.demux(self._stream)
        self._position, self._fed, self._has_gap, self._is_lost = -1, landed, False, False
        self._from_start, self._undecodable = landed == 0, []
        self._run = self._decoded(packets)

    def _seek(self, key: Keyframe) -> "tuple[int | None, Iterator[Packet[VideoStream]]]":
        """Seeks to `key`. Returns the ordinal of the keyframe reached (None: none) and the packets from it on."""
        try:
            self._container.seek(key.pts, stream=self._stream)
            packets = self._container.demux(self._stream)
            for packet in packets:
                landed = self._ordinals.get(landmark(packet)) if packet.size else None
                if landed is not None:
                    return landed, chain((packet,), packets)
        except av.FFmpegError as error:
            logger.warning("%s: a seek failed (%s)", self._path.name, error)
        return None, iter(())

    def _decoded(self, packets: "Iterator[Packet[VideoStream]]") -> Iterator[tuple[int, VideoFrame]]:
        """Decodes packets, the first of which is number `_fed`. Yields each shown frame with its index.

        Leading pictures of the keyframe at the start are left out: what they are predicted from is missing.
        """
        earliest = max(0, int(self._table.frame_of_packet[self._fed])) if self._fed else 0
        last, number = -1, 0
        for ordinal, frame in decode(self._stream, self._counted(packets), self._fed, self._undecodable):
            number = number + 1 if ordinal == last else 0
            last = ordinal
            index = self._table.frame_at(ordinal, number)
            if index >= earliest:
                yield index, frame

    def _counted(self, packets: "Iterator[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
        """Counts packets in `_fed`, and ends where one is not the packet that the table has."""
        sizes = self._table.sizes
        for packet in packets:
            if packet.size > 0:
                if self._fed >= len(sizes) or packet.size != sizes[self._fed]:
                    logger.warning("%s: packets differ after a seek", self._path.name)
                    self._is_lost, self._fed = True, len(sizes)
                    return
                self._fed += 1
            yield packet

    def _refuse_other_size(self, frame: VideoFrame) -> None:
        size = (frame.width, frame.height)
        if size != self._table.display.coded_size:
            raise unsupported(
                self._path,
                f"its frames change size from {self._table.display.coded_size} to {size}; all must have one size",
            )

    def _repeat_frame_before(self, index: int) -> None:
        before = [each for each in self._cache if each < index]
        if not before:
            raise unsupported(self._path, f"it is damaged at frame {index}")
        self.damaged_frames.add(index)
        logger.warning("%s is damaged at frame %d: frame %d shown in its place", self._path.name, index, max(before))
        self._cache[index] = self._cache[max(before)]
