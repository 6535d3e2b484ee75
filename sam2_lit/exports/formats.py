"""The export formats: one table, from which files, media types and the schema's description are made.

A new format is a value of `ExportFormat`, a module with its writer, and a line here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sam2_lit.exports.annotations import Annotations
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.exports import Color, ExportFormat


@dataclass(frozen=True)
class ExportSource:
    """What an export is made from.

    Attributes:
        annotations: the masks.
        colors: by object id, for what is drawn; other objects have DAVIS's colors.
        open_video: opens the video that was annotated. Raises LitError (VIDEO_NOT_FOUND or UNSUPPORTED_MEDIA).
    """

    annotations: Annotations
    colors: Mapping[int, Color]
    open_video: Callable[[], VideoReader]


@dataclass(frozen=True)
class FormatSpec:
    """One format.

    Attributes:
        description: one sentence for users.
        ending: how file names end, from the video's name on.
        media_type: of the file.
        write: writes the file to a path. Raises LitError.
    """

    description: str
    ending: str
    media_type: str
    write: Callable[[ExportSource, Path], None]


# The writers are imported when they run: the schema needs the table, but neither Pillow nor FFmpeg.


def _coco(source: ExportSource, path: Path) -> None:
    from sam2_lit.exports.coco import write_coco

    write_coco(source.annotations, path)


def _davis(source: ExportSource, path: Path) -> None:
    from sam2_lit.exports.palette import write_davis

    write_davis(source.annotations, path)


def _youtube_vos(source: ExportSource, path: Path) -> None:
    from sam2_lit.exports.palette import write_youtube_vos

    write_youtube_vos(source.annotations, path)


def _overlay(source: ExportSource, path: Path) -> None:
    from sam2_lit.exports.overlay import write_overlay

    with source.open_video() as reader:
        write_overlay(source.annotations, reader, source.colors, path)


FORMATS: dict[ExportFormat, FormatSpec] = {
    ExportFormat.COCO: FormatSpec(
        "JSON with RLE masks, one image for each frame that has masks, and CocoVID's fields for videos and tracks.",
        "coco.json",
        "application/json",
        _coco,
    ),
    ExportFormat.DAVIS: FormatSpec(
        "A zip of palette PNGs in DAVIS's layout.",
        "davis.zip",
        "application/zip",
        _davis,
    ),
    ExportFormat.YOUTUBE_VOS: FormatSpec(
        "A zip of palette PNGs and meta.json in YouTube-VOS's layout.",
        "youtube-vos.zip",
        "application/zip",
        _youtube_vos,
    ),
    ExportFormat.OVERLAY_MP4: FormatSpec(
        "The video as H.264 MP4 with the masks drawn on it.", "overlay.mp4", "video/mp4", _overlay
    ),
}

MEDIA_TYPES = {Path(spec.ending).suffix: spec.media_type for spec in FORMATS.values()}
"""The media type of an export by its file's suffix."""

FORMATS_DESCRIPTION = "\n".join(f"{name}: {spec.description}" for name, spec in FORMATS.items())
"""All formats in words, one a line."""
