"""Frames by index from a video file."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.orientation import IDENTITY, upright
from sam2_lit.media.readers.packet_scan import Keyframe
from sam2_lit.media.readers.packet_table import read_packet_table
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.media.readers.video_stream import open_video_stream

logger = logging.getLogger(__name__)

# Decoding up to this many packets further costs less than a seek.
_SEEK_DISTANCE = 8
_RECENT_FRAMES = 4
# How far a frame may be from its time at constant rate, in frames, to be on screen halfway through its own interval.
_MAX_JITTER = 0.25
_BACKWARD_BYTES = 128 * 1024**2


class ContainerReader(VideoReader):
    """Decodes on demand, in runs: frames of rising index, from a keyframe on.

    Reading forward continues the run. Reading backward starts a run at an earlier keyframe and caches the decoded
    frames up to the requested one, at most 128 MiB of them, for the requests that follow.

    A requested frame that cannot be decoded is replaced by the frame before it, as players do, and added to
    `damaged_frames`.

    Invariants: `_position` is the index of the run's last frame. `_fed` is the number of packets before the run's next
    one, -1 before the first run.
    """

    def __init__(self, path: Path, limits: MediaLimits) -> None:
        self._path = path
        self._table = read_packet_table(path, limits)
        self._container, self._stream = open_video_stream(path, limits)
        self._ordinals = {(key.pts, key.position): key.ordinal for key in self._table.keyframes}
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, VideoFrame] = OrderedDict()
        self._run: Iterator[tuple[int, VideoFrame]] = iter(())
        self._position = -1
        self._fed = -1
        self.damaged_frames: set[int] = set()
        self.info = self._table.info

    @property
    def frame_times(self) -> NDArray[np.float64]:
        """When each frame is shown, in seconds after the first: float64 [frame_count]."""
        pts = self._table.pts
        return np.asarray((pts - pts[0]) * float(self._table.time_base), dtype=np.float64)

    def frame(self, index: int) -> NDArray[np.uint8]:
        self._check_index(index)
        with self._lock:
            frame = self._cache.get(index) or self._decode(index)
            image = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
            return upright(image, self._table.matrix)

    def browsers_can_decode(self) -> bool:
        """Whether browsers play the stream, in an MP4, with the same frame indices.

        It must be H.264 in yuv420p without rotation, each packet a frame, and frame i on screen at (i + 0.5) / fps
        seconds.
        """
        table, codec = self._table, self._stream.codec_context
        return (
            codec.name == "h264"
            and codec.pix_fmt == "yuv420p"
            and table.matrix == IDENTITY
            and table.pts[0] == 0
            and len(table.pts) == len(table.frame_of_packet)
            and bool(np.all(np.abs(self.frame_times * self.info.fps - np.arange(len(self))) < _MAX_JITTER))
        )

    def close(self) -> None:
        with self._lock:
            self._run = iter(())
            self._cache.clear()
            self._container.close()

    def _decode(self, index: int) -> VideoFrame:
        start = self._table.start_for(index)
        going_back = index <= self._position
        first_run = self._fed < 0
        if first_run or going_back or self._table.keyframes[start].ordinal > self._fed + _SEEK_DISTANCE:
            self._start_run(start)
        keep = self._frames_to_keep(going_back)
        # With intra refresh one keyframe may not be enough to decode from: then start at the one before.
        if not self._run_to(index, keep) and start > 0:
            self._start_run(start - 1)
            self._run_to(index, keep)
        if index not in self._cache:
            self._repeat_frame_before(index)
        return self._cache[index]

    def _frames_to_keep(self, going_back: bool) -> int:
        width, height = self._table.coded_size
        return max(_RECENT_FRAMES, _BACKWARD_BYTES // (width * height * 3 // 2)) if going_back else _RECENT_FRAMES

    def _run_to(self, index: int, keep: int) -> bool:
        """Continues the run up to `index`. Returns False where the decoder did not return that frame."""
        while self._position < index:
            try:
                self._position, frame = next(self._run)
            except StopIteration:
                break
            self._refuse_other_size(frame)
            self._cache[self._position] = frame
            while len(self._cache) > keep:
                self._cache.popitem(last=False)
        return index in self._cache

    def _start_run(self, start: int) -> None:
        """Starts a run at keyframe number `start`, or at an earlier one where no seek reaches it."""
        wanted = self._table.keyframes[start].ordinal
        landed, packets = self._seek(self._table.keyframes[start])
        while landed is None or landed > wanted:
            if start == 0:
                raise unsupported(self._path, "it is damaged: its first frame cannot be found again")
            start -= 1
            landed, packets = self._seek(self._table.keyframes[start])
        self._position, self._fed = -1, landed
        self._run = self._decoded(packets)

    def _seek(self, key: Keyframe) -> "tuple[int | None, Iterator[Packet[VideoStream]]]":
        """Seeks to `key`. Returns the ordinal of the keyframe reached (None: none) and the packets from it on."""
        self._container.seek(key.pts, stream=self._stream)
        packets = self._container.demux(self._stream)
        for packet in packets:
            landed = self._ordinals.get((packet.pts, packet.pos or 0)) if packet.pts is not None else None
            if landed is not None:
                return landed, chain((packet,), packets)
        return None, iter(())

    def _decoded(self, packets: "Iterator[Packet[VideoStream]]") -> Iterator[tuple[int, VideoFrame]]:
        """Decodes packets, the first of which is number `_fed`. Yields each shown frame with its index."""
        for packet in packets:
            if packet.size > 0:
                # A decoder copies a packet's timestamp to its frame: the frame index travels in its place.
                packet.pts = int(self._table.frame_of_packet[self._fed])
                self._fed += 1
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                logger.warning("%s: a packet could not be decoded (%s)", self._path.name, error)
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame) and frame.pts is not None and frame.pts >= 0:
                    yield frame.pts, frame

    def _refuse_other_size(self, frame: VideoFrame) -> None:
        size = (frame.width, frame.height)
        if size != self._table.coded_size:
            raise unsupported(
                self._path,
                f"its frames change size from {self._table.coded_size} to {size}; all must have one size",
            )

    def _repeat_frame_before(self, index: int) -> None:
        before = [each for each in self._cache if each < index]
        if not before:
            raise unsupported(self._path, f"it is damaged at frame {index}")
        self.damaged_frames.add(index)
        logger.warning("%s is damaged at frame %d: frame %d shown in its place", self._path.name, index, max(before))
        self._cache[index] = self._cache[max(before)]
