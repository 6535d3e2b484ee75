"""Masks as palette PNGs, in which a pixel's value is an object and 0 is background."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.annotations import Annotations, frame_name
from sam2_lit.records import masks
from sam2_lit.records.results import FrameMasks

VOID = 255


def davis_palette() -> NDArray[np.uint8]:
    """DAVIS's palette, uint8 [256, 3], RGB by value: Pascal VOC's, which deals the bits of a value to R, G and B."""
    values = np.arange(256)
    colors = np.zeros((256, 3), np.uint8)
    for bit in range(8):
        for channel in range(3):
            colors[:, channel] |= ((values >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return colors


def write_davis(annotations: Annotations, path: Path) -> None:
    """Writes a zip of `Annotations/Full-Resolution/<video>/<frame>.png`, one for each frame that has masks.

    Raises:
        LitError: CAPACITY_EXCEEDED where a palette has too few values for the objects.
    """
    with ZipFile(path, "w", ZIP_STORED) as file:
        _write_frames(annotations, file, f"Annotations/Full-Resolution/{annotations.name}")


def write_youtube_vos(annotations: Annotations, path: Path) -> None:
    """Writes a zip of `Annotations/<video>/<frame>.png` and YouTube-VOS's `meta.json`.

    `meta.json` lists each object's category, which is its name, and the frames that show it. Raises as `write_davis`.
    """
    with ZipFile(path, "w", ZIP_STORED) as file:
        shown = _write_frames(annotations, file, f"Annotations/{annotations.name}")
        objects = {
            str(value): {"category": annotations.objects[object_id] or "object", "frames": shown[object_id]}
            for object_id, value in values_of(annotations).items()
        }
        file.writestr("meta.json", json.dumps({"videos": {annotations.name: {"objects": objects}}}))


def values_of(annotations: Annotations) -> dict[int, int]:
    """The pixel value of each object: its id, or where some id is not between 1 and 254, its rank by id from 1."""
    objects = list(annotations.objects)
    if len(objects) >= VOID:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"a palette PNG has room for {VOID - 1} objects, the session has {len(objects)}; export COCO instead",
        )
    fits = all(0 < object_id < VOID for object_id in objects)
    return {object_id: object_id if fits else rank for rank, object_id in enumerate(objects, start=1)}


def value_map(frame: FrameMasks, values: dict[int, int]) -> NDArray[np.uint8]:
    """A frame's pixel values, uint8 [H, W]. Where masks overlap the lowest id is on top, as in SAM 2's
    tools/vos_inference.py."""
    height, width = frame.masks[0].rle.size
    labels = np.zeros((height, width), np.uint8)
    for mask in sorted(frame.masks, key=lambda each: each.object_id, reverse=True):
        labels[masks.decode(mask.rle)] = values[mask.object_id]
    return labels


def _write_frames(annotations: Annotations, file: ZipFile, folder: str) -> dict[int, list[str]]:
    """Writes the PNGs. Returns the names of the frames that show each object."""
    values = values_of(annotations)
    palette = davis_palette().tobytes()
    shown: dict[int, list[str]] = {object_id: [] for object_id in annotations.objects}
    for frame in annotations.frames:
        labels = value_map(frame, values)
        name = frame_name(frame.frame_index)
        image = Image.fromarray(labels).convert("P")
        image.putpalette(palette)
        buffer = BytesIO()
        image.save(buffer, "PNG")
        file.writestr(f"{folder}/{name}.png", buffer.getvalue())
        present = set(np.unique(labels).tolist())
        for object_id, value in values.items():
            if value in present:
                shown[object_id].append(name)
    return shown
