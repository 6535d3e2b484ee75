"""The export formats: one table, from which files, media types and the schema's description are made.

A new format is a value of `ExportFormat`, a module with its writer, and a line here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sam2_lit.records.exports import ExportFormat

if TYPE_CHECKING:
    from sam2_lit.exports.annotations import Annotations, ExportSource


@dataclass(frozen=True)
class FormatSpec:
    """One format.

    Attributes:
        description: one sentence for users.
        ending: how file names end, from the video's name on.
        media_type: of the file.
        write: writes the file to a path and returns what the format could not hold, in words. Raises LitError.
        ending_with_pictures: as `ending`, where pictures are included and make it another file.
        frames: what is written once: each frame that has masks, each selected frame, or each frame for every object.
        has_pictures: whether pictures can be included.
    """

    description: str
    ending: str
    media_type: str
    write: Callable[["ExportSource", Path], list[str]]
    ending_with_pictures: str | None = None
    frames: Literal["annotated", "selected", "of objects"] = "annotated"
    has_pictures: bool = True

    def step_count(self, videos: Sequence["Annotations"], pictures: bool) -> int:
        """How often the writer calls `ExportSource.step`."""
        count = 0
        for video in videos:
            annotated, selected = len(video.frames), len(video.selected)
            by_kind = {"annotated": annotated, "selected": selected, "of objects": annotated * len(video.objects)}
            count += by_kind[self.frames]
            if pictures and self.has_pictures:
                count += selected if self.frames == "selected" else annotated
        return count

    def file_ending(self, pictures: bool) -> str:
        return self.ending_with_pictures if pictures and self.ending_with_pictures else self.ending


def _late(module: str, function: str) -> Callable[["ExportSource", Path], list[str]]:
    """A writer that is imported when it runs: the schema needs the table, but neither Pillow nor FFmpeg."""

    def write(source: "ExportSource", path: Path) -> list[str]:
        found: Callable[[ExportSource, Path], list[str]] = getattr(
            import_module(f"sam2_lit.exports.{module}"), function
        )
        return found(source, path)

    return write


_ZIP, _JSON = "application/zip", "application/json"

FORMATS: dict[ExportFormat, FormatSpec] = {
    ExportFormat.COCO: FormatSpec(
        "JSON with RLE masks, one image for each frame that has masks, and CocoVID's fields for videos and tracks.",
        "coco.json",
        _JSON,
        _late("coco", "write_coco"),
        "coco.zip",
    ),
    ExportFormat.COCO_POLYGONS: FormatSpec(
        "As COCO, with polygons along the edges of pixels instead of RLE.",
        "coco-polygons.json",
        _JSON,
        _late("coco", "write_coco_polygons"),
        "coco-polygons.zip",
    ),
    ExportFormat.DAVIS: FormatSpec(
        "A zip of palette PNGs in DAVIS's layout, one for each selected frame; void where there is no mask.",
        "davis.zip",
        _ZIP,
        _late("palette", "write_davis"),
        frames="selected",
    ),
    ExportFormat.YOUTUBE_VOS: FormatSpec(
        "A zip of palette PNGs and meta.json in YouTube-VOS's layout.",
        "youtube-vos.zip",
        _ZIP,
        _late("palette", "write_youtube_vos"),
    ),
    ExportFormat.YOLO_SEGMENTATION: FormatSpec(
        "A zip of polygons, classes and data.yaml in Ultralytics' layout.",
        "yolo.zip",
        _ZIP,
        _late("yolo", "write_yolo"),
    ),
    ExportFormat.CVAT_IMAGES: FormatSpec(
        "A zip of CVAT for images 1.1, with masks.", "cvat-images.zip", _ZIP, _late("cvat", "write_cvat_images")
    ),
    ExportFormat.CVAT_VIDEO: FormatSpec(
        "A zip of CVAT for video 1.1, each mask a track of one frame, as CVAT has no tracks of masks.",
        "cvat-video.zip",
        _ZIP,
        _late("cvat", "write_cvat_video"),
    ),
    ExportFormat.LABEL_STUDIO: FormatSpec(
        "JSON of Label Studio's tasks, with brush masks.",
        "label-studio.json",
        _JSON,
        _late("label_studio", "write_label_studio"),
        "label-studio.zip",
    ),
    ExportFormat.MOTS: FormatSpec(
        "A zip of 16-bit PNGs and of text, as in KITTI MOTS.", "mots.zip", _ZIP, _late("mots", "write_mots")
    ),
    ExportFormat.PNG: FormatSpec(
        "A zip of black and white PNGs, one for each mask.", "png.zip", _ZIP, _late("png_stack", "write_png_stack")
    ),
    ExportFormat.NUMPY: FormatSpec(
        "Boolean NumPy arrays, one for each object, for numpy.load.",
        "numpy.npz",
        "application/octet-stream",
        _late("arrays", "write_npz"),
        frames="of objects",
    ),
    ExportFormat.OVERLAY_MP4: FormatSpec(
        "The video, or the selected frames, as H.264 MP4 with its sound and the masks drawn on it.",
        "overlay.mp4",
        "video/mp4",
        _late("overlay", "write_overlay"),
        frames="selected",
        has_pictures=False,
    ),
}

MEDIA_TYPES = {Path(spec.ending).suffix: spec.media_type for spec in FORMATS.values()}
"""The media type of an export by its file's suffix."""

FORMATS_DESCRIPTION = "\n".join(f"{name}: {spec.description}" for name, spec in FORMATS.items())
"""All formats in words, one a line."""
