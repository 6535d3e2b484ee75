"""A file of each video that browsers can play."""

import asyncio
import hashlib
import os
import threading
import uuid
from pathlib import Path
from typing import TypeGuard

from sam2_lit.media.catalog import Video
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.media_threads import MediaThreads
from sam2_lit.media.mp4_writer import copy_to_mp4, write_mp4
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.mp4_boxes import index_is_in_front
from sam2_lit.media.readers.opening import open_video
from sam2_lit.media.readers.table_cache import learn_packet_table
from sam2_lit.media.readers.video_reader import VideoReader, unsupported
from sam2_lit.media.readers.video_stream import open_video_stream

_converting = threading.Lock()


class Transcoder:
    """Makes videos playable, each once for all that ask meanwhile. Used on one event loop."""

    def __init__(self, threads: MediaThreads, cache_dir: Path, settings: MediaSettings) -> None:
        self._threads, self._settings = threads, settings
        self._cache_dir = cache_dir
        self._running: dict[str, asyncio.Task[Path]] = {}

    async def playable(self, video: Video) -> Path:
        """As the function `playable`. Cancelling one caller does not end the work for the others.

        Raises:
            LitError: CAPACITY_EXCEEDED where too many videos wait; UNSUPPORTED_MEDIA as the function.
        """
        running = self._running.get(video.id)
        if running is None:
            running = self._running[video.id] = asyncio.create_task(self._make(video))
            running.add_done_callback(lambda ended: self._forget(video.id, ended))
        return await asyncio.shield(running)

    async def _make(self, video: Video) -> Path:
        if ready := await self._threads.reading.run(find_playable, video, self._cache_dir, self._settings):
            return ready
        return await self._threads.transcodes.run(playable, video, self._cache_dir, self._settings)

    def _forget(self, video_id: str, ended: asyncio.Task[Path]) -> None:
        del self._running[video_id]
        if not ended.cancelled():
            # Retrieved here, in case every caller was cancelled.
            ended.exception()


def playable(video: Video, cache_dir: Path, settings: MediaSettings | None = None) -> Path:
    """An H.264 MP4 of a video in which frame i is on screen at (i + 0.5) / fps seconds.

    The video's own file is returned where it is one already. Others are converted once and cached: H.264 of constant
    rate, whose timestamps have the order of its pictures, is copied into a new MP4; anything else is encoded at its
    average rate, so that a player's clock and frame indices agree even where the original rate varies. Concurrent calls
    convert one video at a time.

    Args:
        video: a video of the library.
        cache_dir: where converted files are cached; created where missing.
        settings: as for `open_video`.

    Raises:
        LitError: UNSUPPORTED_MEDIA where a frame cannot be read, and as `write_mp4`.
    """
    settings = settings or MediaSettings()
    if ready := find_playable(video, cache_dir, settings):
        return ready
    place = _place_of(video, cache_dir, settings)
    with _converting:
        if place.exists():
            return place
        with open_video(video.file, settings) as reader:
            if not _looks_copyable(reader) or reader.has_picture_order():
                _convert(place, reader, video.file if _looks_copyable(reader) else None, settings)
                return place
        learn_packet_table(video.file, settings)
        with open_video(video.file, settings) as reader:
            _convert(place, reader, None, settings)
    return place


def find_playable(video: Video, cache_dir: Path, settings: MediaSettings | None = None) -> Path | None:
    """What `playable` returns, where nothing needs to be converted for it; otherwise None. Raises as `playable`."""
    settings = settings or MediaSettings()
    with open_video(video.file, settings) as reader:
        if _looks_copyable(reader) and _plays_while_it_loads(video.file, settings) and reader.has_picture_order():
            return video.file
    place = _place_of(video, cache_dir, settings)
    return place if place.exists() else None


def _looks_copyable(reader: VideoReader) -> TypeGuard[ContainerReader]:
    return isinstance(reader, ContainerReader) and reader.browsers_can_decode()


def _plays_while_it_loads(path: Path, settings: MediaSettings) -> bool:
    """Whether a file is an MP4 with its index in front and one video: of several, a player may show another."""
    if not index_is_in_front(path):
        return False
    container, _ = open_video_stream(path, settings)
    with container:
        streams = [each for each in container.streams.video if not each.disposition & each.disposition.attached_pic]
        return len(streams) == 1


def _convert(place: Path, reader: VideoReader, to_copy: Path | None, settings: MediaSettings) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{uuid.uuid4().hex}.part")
    try:
        if to_copy is None:
            frames = ((index / reader.info.fps, reader.frame(index)) for index in range(len(reader)))
            write_mp4(unfinished, frames, (reader.info.width, reader.info.height), reader.info.fps)
        else:
            container, stream = open_video_stream(to_copy, settings)
            with container:
                copy_to_mp4(container, stream, unfinished)
        os.replace(unfinished, place)
    finally:
        unfinished.unlink(missing_ok=True)


def _place_of(video: Video, cache_dir: Path, settings: MediaSettings) -> Path:
    try:
        status = video.file.stat()
    except OSError as error:
        raise unsupported(video.file, f"it cannot be read ({error.strerror})") from error
    shown = f"{video.info.width}x{video.info.height} {settings.deinterlace}"
    state = f"{video.file.absolute()} {status.st_mtime_ns} {status.st_size} {shown}"
    return cache_dir / f"{hashlib.sha256(state.encode()).hexdigest()[:24]}.mp4"
