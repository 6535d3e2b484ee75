"""MOTS: masks of tracked objects as 16-bit PNGs and as text."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.palette import overlap_loss, value_map
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat

INSTANCES = 1000
"""A pixel's value, and an object's id, is its class times this, plus the number of the object in its class."""
IGNORED_CLASS = 10
_KITTI = {"car": 1, "pedestrian": 2}
_MAX_CLASS = 64


def write_mots(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `instances/<video>/<frame>.png` and `instances_txt/<video>.txt`, as KITTI MOTS has them.

    The names `car` and `pedestrian` are KITTI's classes 1 and 2; other names are classes from 3 on, without 10, which
    marks ignored regions. A line of text is `frame id class height width rle`, the frame by its index. Values are
    `class * 1000 + number`, the number being the object's id where it is under 1000, else its rank.

    Returns:
        What the format could not hold, in words.

    Raises:
        LitError: CAPACITY_EXCEEDED where there are too many classes or objects for 16 bits.
    """
    classes = _classes(source)
    losses: list[str] = []
    numbers: dict[tuple[str, int], int] = {}
    with ExportZip(path, source, ExportFormat.MOTS) as file:
        for video in source.videos:
            values = _values(video, classes)
            numbers |= {(video.name, object_id): value for object_id, value in values.items()}
            lines: list[str] = []
            overlaps = 0
            for frame in video.frames:
                source.step()
                labels, overlap = value_map(frame, values)
                overlaps += overlap > 0
                buffer = BytesIO()
                Image.fromarray(labels).save(buffer, "PNG")
                file.put(f"instances/{video.name}/{video.frame_names[frame.frame_index]}.png", buffer.getvalue())
                height, width = labels.shape
                for value in sorted(values.values()):
                    if (labels == value).any():
                        rle = masks.encode(labels == value)
                        entry = (frame.frame_index, value, value // INSTANCES, height, width, rle.counts)
                        lines.append(" ".join(map(str, entry)) + "\n")
            file.put_text(f"instances_txt/{video.name}.txt", "".join(lines))
            losses += overlap_loss(video, overlaps)
        file.put_sidecar(numbers, losses)
        file.put_pictures(lambda video, index: f"images/{video.name}/{video.frame_names[index]}.jpg")
    return losses


def _classes(source: ExportSource) -> dict[str, int]:
    others = iter(number for number in range(3, _MAX_CLASS + 1) if number != IGNORED_CLASS)
    classes = {name: _KITTI.get(name) or next(others, 0) for name in source.categories}
    if not all(classes.values()):
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"MOTS has room for {_MAX_CLASS - 3} names other than car and pedestrian; export COCO instead",
        )
    return classes


def _values(video: Annotations, classes: dict[str, int]) -> dict[int, int]:
    if len(video.objects) >= INSTANCES:
        raise LitError(
            ErrorCode.CAPACITY_EXCEEDED,
            f"MOTS has room for {INSTANCES - 1} objects, the session has {len(video.objects)}; export COCO instead",
        )
    fits = all(0 < object_id < INSTANCES for object_id in video.objects)
    return {
        object_id: classes[video.category(object_id)] * INSTANCES + (object_id if fits else rank)
        for rank, object_id in enumerate(video.objects, start=1)
    }
