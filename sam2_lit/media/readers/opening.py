"""Opens a video, from a file or a folder of frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.media.readers.container import ContainerReader
from sam2_lit.media.readers.folder import FolderReader
from sam2_lit.media.readers.video_reader import VideoReader, unsupported


def open_video(path: Path, settings: MediaSettings | None = None, *, learn: bool = True) -> VideoReader:
    """Opens a video file or a folder of pictures. It is decoded only where its timestamps do not give the order.

    Args:
        path: the file or folder.
        settings: how it is read, and the limits; `MediaSettings()` where None.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is none of these, is truncated or damaged, has no frames, or exceeds the
            limits.
    """
    settings = settings or MediaSettings()
    with _refusals(path):
        return FolderReader(path, settings) if path.is_dir() else ContainerReader(path, settings, learn=learn)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unsupported(path, f"it cannot be read ({error.strerror})") from error
    except (ValueError, LookupError, ArithmeticError, MemoryError) as error:
        raise unsupported(path, f"it is damaged ({error})") from error
