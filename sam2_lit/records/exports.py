"""What an export is made of."""

from enum import StrEnum

Color = tuple[int, int, int]


class ExportFormat(StrEnum):
    """What an export is: see the modules of this package."""

    COCO = "COCO"
    DAVIS = "DAVIS"
    YOUTUBE_VOS = "YOUTUBE_VOS"
    OVERLAY_MP4 = "OVERLAY_MP4"
