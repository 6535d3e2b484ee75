"""Opens a video, from a file or a folder of frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sam2_lit.media.media_limits import MediaLimits
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.folder import FolderReader
from sam2_lit.media.readers.video_reader import VideoReader, unsupported


def open_video(path: Path, limits: MediaLimits | None = None) -> VideoReader:
    """Opens a video file or a folder of pictures. It is decoded only where its timestamps do not give the order.

    Args:
        path: the file or folder.
        limits: bounds on size and length; `MediaLimits()` where None.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is none of these, is truncated or damaged, has no frames, or exceeds the
            limits.
    """
    limits = limits or MediaLimits()
    with _refusals(path):
        return FolderReader(path, limits) if path.is_dir() else ContainerReader(path, limits)


def open_file(path: Path, limits: MediaLimits) -> ContainerReader:
    """Opens a video file, as `open_video`."""
    with _refusals(path):
        return ContainerReader(path, limits)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unsupported(path, f"it cannot be read ({error.strerror})") from error
    except (ValueError, LookupError, ArithmeticError, MemoryError) as error:
        raise unsupported(path, f"it is damaged ({error})") from error
