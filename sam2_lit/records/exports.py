"""The formats of exports, what of a session is exported, and the colors that overlays are drawn in."""

from dataclasses import dataclass
from enum import StrEnum

Color = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


class ExportFormat(StrEnum):
    """The format of an export; `sam2_lit.exports.formats` describes each."""

    COCO = "COCO"
    COCO_POLYGONS = "COCO_POLYGONS"
    DAVIS = "DAVIS"
    YOUTUBE_VOS = "YOUTUBE_VOS"
    YOLO_SEGMENTATION = "YOLO_SEGMENTATION"
    CVAT_IMAGES = "CVAT_IMAGES"
    CVAT_VIDEO = "CVAT_VIDEO"
    LABEL_STUDIO = "LABEL_STUDIO"
    MOTS = "MOTS"
    PNG = "PNG"
    NUMPY = "NUMPY"
    OVERLAY_MP4 = "OVERLAY_MP4"


@dataclass(frozen=True)
class ExportSelection:
    """What of each session is exported.

    Attributes:
        object_ids: None for every object.
        start_frame_index, end_frame_index: both included; None is the last frame.
        pictures: whether the frames' pictures are included.
        no_overlap: whether each pixel is left to one object, that with the lowest id of those whose masks have it.
    """

    object_ids: tuple[int, ...] | None = None
    start_frame_index: int = 0
    end_frame_index: int | None = None
    pictures: bool = False
    no_overlap: bool = False
