"""YOLO segmentation in Ultralytics' layout."""

import json
from pathlib import Path

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.polygons import one_polygon
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat

_SPLIT = "train"


def write_yolo(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `data.yaml`, `labels/train/<video>_<frame>.txt` and, with pictures, `images/train/….jpg`.

    A line is an object: its class and its polygon, x and y relative to the frame, in the order of the object ids;
    classes are the objects' names, numbered from 0. An object of several parts, or with holes, is one polygon with
    bridges, as Ultralytics' own conversion joins parts (`merge_multi_segment`). The format has no object ids and no
    empty masks: the sidecar has them.

    Returns:
        What the format could not hold, in words.
    """
    classes = {name: number - 1 for name, number in source.categories.items()}
    bridged: dict[str, int] = {}
    with ExportZip(path, source, ExportFormat.YOLO_SEGMENTATION) as file:
        for video in source.videos:
            info = video.video.info
            for frame in video.frames:
                source.step()
                lines = []
                for mask in sorted(frame.masks, key=lambda each: each.object_id):
                    decoded = masks.decode(mask.rle)
                    if not decoded.any():
                        continue
                    polygon = one_polygon(decoded)
                    bridged[video.name] = bridged.get(video.name, 0) + (len(set(polygon)) < len(polygon))
                    points = " ".join(f"{x / info.width!r} {y / info.height!r}" for x, y in polygon)
                    lines.append(f"{classes[video.category(mask.object_id)]} {points}\n")
                file.put_text(f"labels/{_SPLIT}/{_stem(video, frame.frame_index)}.txt", "".join(lines))
        file.put_text("data.yaml", _data_yaml(classes))
        losses = [
            f"{name}: {count} mask{'s have' if count > 1 else ' has'} holes or several parts, which are joined by "
            "lines without area"
            for name, count in bridged.items()
            if count
        ]
        file.put_sidecar(source.numbered(), losses)
        file.put_pictures(lambda video, index: f"images/{_SPLIT}/{_stem(video, index)}.jpg")
    return losses


def _stem(video: Annotations, index: int) -> str:
    return f"{video.name}_{video.frame_names[index]}"


def _data_yaml(classes: dict[str, int]) -> str:
    """The classes. Without `path`, Ultralytics takes the folder of this file; it wants a `val`, so that is the same."""
    names = "".join(f"  {number}: {json.dumps(name, ensure_ascii=False)}\n" for name, number in classes.items())
    # A JSON string is a YAML string too.
    return f"train: images/{_SPLIT}\nval: images/{_SPLIT}\nnames:\n{names}"
