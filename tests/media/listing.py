"""What a library lists."""

from sam2_lit.media.catalog import Video
from sam2_lit.media.library import VideoLibrary


def videos_of(library: VideoLibrary) -> list[Video]:
    """The videos of a library of up to a hundred."""
    return [video for _, video in library.page().videos]
