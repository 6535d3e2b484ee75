"""Builds the library of videos from the server's settings. Imports no torch."""

from sam2_lit.media.library import VideoLibrary
from sam2_lit.media.media_settings import MediaSettings
from sam2_lit.sample import SAMPLE
from sam2_lit.settings import MIB, Settings


def create_library(settings: Settings) -> VideoLibrary:
    """The sample, the user's videos and uploads."""
    media_settings = MediaSettings(
        upload_bytes=settings.max_upload * MIB,
        pixels=settings.max_pixels,
        frames=settings.max_frames,
        deinterlace=settings.deinterlace,
        learned_orders=settings.media / "orders",
        shared=settings.cluster is not None,
    )
    return VideoLibrary(SAMPLE, settings.videos, settings.media, media_settings)
