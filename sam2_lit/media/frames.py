"""Pictures and a playable file of a video, for browsers."""

import hashlib
import os
import threading
import uuid
from io import BytesIO
from pathlib import Path

from PIL import Image

from sam2_lit.media.container import ContainerReader
from sam2_lit.media.encode import write_mp4
from sam2_lit.media.library import Video
from sam2_lit.media.reader import VideoReader, open_video

_POSTER_SIDE = 1280
_encoding = threading.Lock()


def jpeg_frame(reader: VideoReader, index: int, quality: int = 90) -> bytes:
    """The frame at `index` as JPEG of full size; `quality` is Pillow's, 1 to 95.

    Raises:
        LitError: as `VideoReader.frame`.
    """
    return _as_jpeg(Image.fromarray(reader.frame(index)), quality)


def poster(reader: VideoReader) -> bytes:
    """The first frame as JPEG, at most 1280 pixels wide and high."""
    image = Image.fromarray(reader.frame(0))
    image.thumbnail((_POSTER_SIDE, _POSTER_SIDE))
    return _as_jpeg(image, quality=85)


def playable(video: Video, cache_dir: Path) -> Path:
    """An H.264 MP4 in which frame i is on screen at (i + 0.5) / fps seconds, whatever the video is stored as.

    A file that already is one is given back itself. Others are encoded once, at their average rate, so that a
    player's clock and frame indices agree also where the original rate varies. Two threads that ask for the
    same video encode it once.

    Args:
        video: a video of the library.
        cache_dir: where encoded files are kept; made where it does not exist.

    Raises:
        LitError: UNSUPPORTED_MEDIA where a frame cannot be read.
    """
    with open_video(video.file) as reader:
        if isinstance(reader, ContainerReader) and reader.plays_in_browsers_as_it_is():
            return video.file
        place = cache_dir / f"{_state_of(video)}.mp4"
        if not place.exists():
            with _encoding:
                if not place.exists():
                    _encode(reader, place)
        return place


def _encode(reader: VideoReader, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{uuid.uuid4().hex}.part")
    try:
        frames = ((index / reader.info.fps, reader.frame(index)) for index in range(len(reader)))
        write_mp4(unfinished, frames, (reader.info.width, reader.info.height), reader.info.fps)
        os.replace(unfinished, place)
    finally:
        unfinished.unlink(missing_ok=True)


def _state_of(video: Video) -> str:
    status = video.file.stat()
    state = f"{video.file.absolute()} {status.st_mtime_ns} {status.st_size}"
    return hashlib.sha256(state.encode()).hexdigest()[:24]


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
