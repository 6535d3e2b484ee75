"""The formats of exports, and the colors that overlays are drawn in."""

from enum import StrEnum

Color = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


class ExportFormat(StrEnum):
    """The format of an export; `sam2_lit.exports.formats` describes each."""

    COCO = "COCO"
    DAVIS = "DAVIS"
    YOUTUBE_VOS = "YOUTUBE_VOS"
    OVERLAY_MP4 = "OVERLAY_MP4"
