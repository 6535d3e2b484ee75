"""Masks as palette PNGs, in which a pixel's value is an object and 0 is background."""

import json
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.annotations import Annotations, ExportSource, lowest_last
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.results import FrameMasks

VOID = 255
_RESOLUTION = "Full-Resolution"


def davis_palette() -> NDArray[np.uint8]:
    """DAVIS's palette, uint8 [256, 3], RGB by value: Pascal VOC's, which deals the bits of a value to R, G and B."""
    values = np.arange(256)
    colors = np.zeros((256, 3), np.uint8)
    for bit in range(8):
        for channel in range(3):
            colors[:, channel] |= ((values >> (3 * bit + channel) & 1) << (7 - bit)).astype(np.uint8)
    return colors


def write_davis(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `Annotations/Full-Resolution/<video>/<frame>.png` and `ImageSets/2017/val.txt`.

    There is a PNG for every selected frame, since davis2017-evaluation (`davis2017/davis.py`) pairs the pictures and
    the annotations of a sequence by position; one without masks is void throughout.

    Returns:
        What the format could not hold, in words.

    Raises:
        LitError: CAPACITY_EXCEEDED where a palette has too few values for the objects.
    """
    with ExportZip(path, source, ExportFormat.DAVIS) as file:
        losses: list[str] = []
        numbers: dict[tuple[str, int], int] = {}
        for video in source.videos:
            values = values_of(video)
            numbers |= {(video.name, object_id): value for object_id, value in values.items()}
            folder = f"Annotations/{_RESOLUTION}/{video.name}"
            losses += _write_frames(video, values, source, file, folder, with_void=True)
            losses += _missing_first(video)
            losses += _unsorted(video)
        file.put_text("ImageSets/2017/val.txt", "".join(f"{video.name}\n" for video in source.videos))
        file.put_sidecar(numbers, losses)
        file.put_pictures(
            lambda video, index: f"JPEGImages/{_RESOLUTION}/{video.name}/{video.frame_names[index]}.jpg",
            all_selected=True,
        )
    return losses


def write_youtube_vos(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `Annotations/<video>/<frame>.png` and YouTube-VOS's `meta.json`.

    `meta.json` lists each object's category, the frames that show it, and its attributes where it has any. There
    is a PNG for each frame that has masks. Returns and raises as `write_davis`.
    """
    with ExportZip(path, source, ExportFormat.YOUTUBE_VOS) as file:
        losses: list[str] = []
        numbers: dict[tuple[str, int], int] = {}
        videos = {}
        for video in source.videos:
            values = values_of(video)
            numbers |= {(video.name, object_id): value for object_id, value in values.items()}
            shown: dict[int, list[str]] = {object_id: [] for object_id in values}
            losses += _write_frames(video, values, source, file, f"Annotations/{video.name}", shown=shown)
            videos[video.name] = {
                "objects": {
                    str(value): {
                        "category": video.category(object_id),
                        "frames": shown[object_id],
                        **({"attributes": dict(found)} if (found := video.attributes.get(object_id)) else {}),
                    }
                    for object_id, value in values.items()
                }
            }
        file.put_text("meta.json", json.dumps({"videos": videos}, ensure_ascii=False))
        file.put_sidecar(numbers, losses)
        file.put_pictures(lambda video, index: f"JPEGImages/{video.name}/{video.frame_names[index]}.jpg")
    return losses


def values_of(video: Annotations) -> dict[int, int]:
    """The pixel value of each object: its id, or where some id is not between 1 and 254, its rank by id from 1."""
    objects = list(video.objects)
    if len(objects) >= VOID:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"a palette PNG has room for {VOID - 1} objects, the session has {len(objects)}; export COCO instead",
        )
    fits = all(0 < object_id < VOID for object_id in objects)
    return {object_id: object_id if fits else rank for rank, object_id in enumerate(objects, start=1)}


def value_map(frame: FrameMasks, values: Mapping[int, int]) -> tuple[NDArray[np.uint16], int]:
    """A frame's pixel values, uint16 [H, W], and the number of pixels on which masks overlap."""
    height, width = frame.masks[0].rle.size
    labels = np.zeros((height, width), np.uint16)
    area = 0
    for mask in lowest_last(frame):
        decoded = masks.decode(mask.rle)
        area += int(np.count_nonzero(decoded))
        labels[decoded] = values[mask.object_id]
    return labels, area - int(np.count_nonzero(labels))


def overlap_loss(video: Annotations, frames: int) -> list[str]:
    """What a format without overlaps loses, in words; nothing where no masks overlap."""
    if not frames:
        return []
    return [
        f"{video.name}: masks overlap on {frames} frame{'s' if frames > 1 else ''}; the format has one object a pixel, "
        "so the object with the higher id lost those pixels"
    ]


def _write_frames(
    video: Annotations,
    values: Mapping[int, int],
    source: ExportSource,
    file: ExportZip,
    folder: str,
    *,
    with_void: bool = False,
    shown: dict[int, list[str]] | None = None,
) -> list[str]:
    """Writes the PNGs. `shown` gets the names of the frames that show each object."""
    palette = davis_palette().tobytes()
    annotated = {frame.frame_index: frame for frame in video.frames}
    overlaps = 0
    for index in video.selected if with_void else annotated:
        source.step()
        name = video.frame_names[index]
        if frame := annotated.get(index):
            labels, overlap = value_map(frame, values)
            overlaps += overlap > 0
        else:
            labels = np.full((video.video.info.height, video.video.info.width), VOID, np.uint16)
        image = Image.fromarray(labels.astype(np.uint8)).convert("P")
        image.putpalette(palette)
        buffer = BytesIO()
        image.save(buffer, "PNG")
        file.put(f"{folder}/{name}.png", buffer.getvalue())
        if shown is not None:
            present = set(np.unique(labels).tolist())
            for object_id, value in values.items():
                if value in present:
                    shown[object_id].append(name)
    return overlap_loss(video, overlaps)


def _missing_first(video: Annotations) -> list[str]:
    """DAVIS takes a sequence's objects from its first frame."""
    first = video.frames[0]
    shown = {mask.object_id for mask in first.masks} if first.frame_index == video.selected[0] else set()
    missing = [str(object_id) for object_id in video.objects if object_id not in shown]
    if not missing:
        return []
    return [
        f"{video.name}: the first frame has no mask of object {', '.join(missing)}; davis2017-evaluation takes the "
        "objects from the first frame: export a range that begins where all have one"
    ]


def _unsorted(video: Annotations) -> list[str]:
    """DAVIS takes a sequence's frames in the order of their names."""
    names = [video.frame_names[index] for index in video.selected]
    for before, after in pairwise(names):
        if before > after:
            return [
                f"{video.name}: frame {before} comes before {after}, but not by name, and davis2017-evaluation sorts "
                "frames by name: rename the files with leading zeros"
            ]
    return []
