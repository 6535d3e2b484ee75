"""The formats of imports: how each is recognized and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from sam2_lit.imports.refusals import unusable
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.imports import ImportFormat

if TYPE_CHECKING:
    from sam2_lit.imports.import_files import ImportFiles
    from sam2_lit.imports.parsed import ParsedVideo, Reading


@dataclass(frozen=True)
class ImportSpec:
    """One format: a sentence for users, and what reads it. Raises LitError (UNSUPPORTED_MEDIA, UPLOAD_TOO_LARGE)."""

    description: str
    read: Callable[["Reading"], list["ParsedVideo"]]


def _late(module: str, function: str) -> Callable[["Reading"], list["ParsedVideo"]]:
    """A reader that is imported when it runs: the schema needs the table, but neither Pillow nor pycocotools."""

    def read(reading: "Reading") -> list["ParsedVideo"]:
        found: Callable[[Reading], list[ParsedVideo]] = getattr(import_module(f"sam2_lit.imports.{module}"), function)
        return found(reading)

    return read


IMPORT_FORMATS: dict[ImportFormat, ImportSpec] = {
    ImportFormat.COCO: ImportSpec(
        "COCO's JSON, or a zip with one: RLE, compressed or not, and polygons.", _late("coco", "read_coco")
    ),
    ImportFormat.DAVIS: ImportSpec("A zip of palette PNGs, one folder a video.", _late("palette", "read_palette")),
    ImportFormat.YOUTUBE_VOS: ImportSpec(
        "A zip of palette PNGs, one folder a video, and meta.json.", _late("palette", "read_palette")
    ),
    ImportFormat.YOLO_SEGMENTATION: ImportSpec(
        "A zip of labels/ with polygons and of data.yaml, in Ultralytics' layout.", _late("yolo", "read_yolo")
    ),
    ImportFormat.CVAT: ImportSpec(
        "CVAT's XML for images or for video, or a zip with one: masks and polygons.", _late("cvat", "read_cvat")
    ),
    ImportFormat.LABEL_STUDIO: ImportSpec(
        "Label Studio's JSON of tasks, or a zip with one: brush masks.", _late("label_studio", "read_label_studio")
    ),
    ImportFormat.MOTS: ImportSpec(
        "MOTS: one text file a video, or a zip of text files or of 16-bit PNGs.", _late("mots", "read_mots")
    ),
    ImportFormat.PNG: ImportSpec("The zip of an export as PNG.", _late("png_stack", "read_png_stack")),
    ImportFormat.NUMPY: ImportSpec("The file of an export as NumPy.", _late("arrays", "read_npz")),
}

IMPORT_FORMATS_DESCRIPTION = "\n".join(f"{name}: {spec.description}" for name, spec in IMPORT_FORMATS.items())
"""All formats in words, one a line."""

_OF_EXPORT = {
    ExportFormat.COCO: ImportFormat.COCO,
    ExportFormat.COCO_POLYGONS: ImportFormat.COCO,
    ExportFormat.CVAT_IMAGES: ImportFormat.CVAT,
    ExportFormat.CVAT_VIDEO: ImportFormat.CVAT,
}
_PATTERNS = (
    (ImportFormat.NUMPY, r"(?:.*/)?frame_indices\.npy"),
    (ImportFormat.CVAT, r".*\.xml"),
    (ImportFormat.YOLO_SEGMENTATION, r"(?:.*/)?labels/.*\.txt"),
    (ImportFormat.YOLO_SEGMENTATION, r"(?:.*/)?(?:data\.ya?ml|obj\.names|classes\.txt)"),
    (ImportFormat.MOTS, r".*\.txt"),
    (ImportFormat.MOTS, r"(?:.*/)?instances/.*\.png"),
    (ImportFormat.YOUTUBE_VOS, r"(?:.*/)?meta\.json"),
    (ImportFormat.DAVIS, r"(?:.*/)?Annotations[^/]*/.*\.png"),
)


def detected_format(files: "ImportFiles", exported_as: str | None) -> ImportFormat:
    """The format of an upload by the names of its files, or by what its sidecar says it was exported as.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is none that is known.
    """
    if exported_as in list(ExportFormat):
        export = ExportFormat(exported_as)
        if export is not ExportFormat.OVERLAY_MP4:
            return _OF_EXPORT.get(export) or ImportFormat(export.value)
    # An ImageSets folder has text files too.
    names = [name for name in files.names if "ImageSets/" not in name]
    if files.is_json:
        return ImportFormat.LABEL_STUDIO if _are_tasks(files.read_json(files.filename)) else ImportFormat.COCO
    if files.is_xml:
        return ImportFormat.CVAT
    for format, pattern in _PATTERNS:
        if any(re.fullmatch(pattern, name, re.IGNORECASE) for name in names):
            return format
    for name in (each for each in names if each.lower().endswith(".json")):
        return ImportFormat.LABEL_STUDIO if _are_tasks(files.read_json(name)) else ImportFormat.COCO
    if any(name.lower().endswith(".png") for name in names):
        return ImportFormat.DAVIS
    known = ", ".join(ImportFormat)
    raise unusable(files.filename, f"it is no file of masks that is known; state its format, one of {known}")


def _are_tasks(content: object) -> bool:
    """Whether JSON is a list of Label Studio's tasks, not of COCO's results."""
    return isinstance(content, list) and not any(isinstance(each, dict) and "image_id" in each for each in content[:1])
