"""Opens a video, from a file or a folder of frames."""

from pathlib import Path

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.folder import FolderReader
from sam2_lit.media.readers.video_reader import VideoReader, unsupported


def open_video(path: Path, limits: MediaLimits | None = None) -> VideoReader:
    """Opens an MP4, MOV, MKV or WebM file, or a folder of JPEG or PNG frames, without decoding it.

    Args:
        path: the file or folder.
        limits: bounds on size and length; `MediaLimits()` where None.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is none of these, is truncated or damaged, has no frames, or exceeds the
            limits.
    """
    limits = limits or MediaLimits()
    try:
        return FolderReader(path, limits) if path.is_dir() else ContainerReader(path, limits)
    except OSError as error:
        raise unsupported(path, f"it cannot be read ({error.strerror})") from error
