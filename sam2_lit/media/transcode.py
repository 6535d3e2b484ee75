"""A file of each video that browsers can play."""

import hashlib
import os
import threading
import uuid
from pathlib import Path

from sam2_lit.media.library import Video
from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.mp4_writer import copy_to_mp4, write_mp4
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.mp4_boxes import index_is_in_front
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.media.readers.video_stream import open_video_stream

_converting = threading.Lock()


def playable(video: Video, cache_dir: Path, limits: MediaLimits | None = None) -> Path:
    """An H.264 MP4 of a video in which frame i is on screen at (i + 0.5) / fps seconds.

    The video's own file is returned where it is one already. Others are converted once and cached: H.264 of constant
    rate is copied into a new MP4; anything else is encoded at its average rate, so that a player's clock and frame
    indices agree even where the original rate varies. Concurrent calls convert one video at a time.

    Args:
        video: a video of the library.
        cache_dir: where converted files are cached; created where missing.
        limits: as for `open_video`.

    Raises:
        LitError: UNSUPPORTED_MEDIA where a frame cannot be read.
    """
    limits = limits or MediaLimits()
    with open_video(video.file, limits) as reader:
        copyable = isinstance(reader, ContainerReader) and reader.browsers_can_decode()
        if copyable and index_is_in_front(video.file):
            return video.file
        place = cache_dir / f"{_state_of(video)}.mp4"
        if place.exists():
            return place
        with _converting:
            if not place.exists():
                _convert(place, reader, video.file if copyable else None, limits)
        return place


def _convert(place: Path, reader: VideoReader, to_copy: Path | None, limits: MediaLimits) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{uuid.uuid4().hex}.part")
    try:
        if to_copy is None:
            frames = ((index / reader.info.fps, reader.frame(index)) for index in range(len(reader)))
            write_mp4(unfinished, frames, (reader.info.width, reader.info.height), reader.info.fps)
        else:
            container, stream = open_video_stream(to_copy, limits)
            with container:
                copy_to_mp4(container, stream, unfinished)
        os.replace(unfinished, place)
    finally:
        unfinished.unlink(missing_ok=True)


def _state_of(video: Video) -> str:
    status = video.file.stat()
    state = f"{video.file.absolute()} {status.st_mtime_ns} {status.st_size}"
    return hashlib.sha256(state.encode()).hexdigest()[:24]
