"""YOLO segmentation in Ultralytics' layout."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.polygons import one_polygon
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat

_SPLIT = "train"
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_yolo(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of `data.yaml`, `labels/train/<video>_<frame>.txt` and, with pictures, `images/train/….jpg`.

    A line is an object: its class and its polygon, x and y relative to the frame, in the order of the object ids;
    classes are the objects' names, numbered from 0. An object of several parts, or with holes, is one polygon with
    bridges, as Ultralytics' own conversion joins parts (`merge_multi_segment`). The format has no object ids and no
    empty masks: the sidecar has them.

    Returns:
        What the format could not hold, in words.
    """
    source = replace(source, videos=_with_distinct_stems(source.videos))
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


def _with_distinct_stems(videos: Sequence[Annotations]) -> tuple[Annotations, ...]:
    """The videos, renamed where a frame's file would have the name of another's: b_1 of `a`, and 1 of `a_b`."""
    taken: set[str] = set()
    distinct = []
    for video in videos:
        renamed, number = video, 1
        while taken & (stems := {_stem(renamed, index).casefold() for index in renamed.selected}):
            number += 1
            renamed = replace(video, name=f"{video.name}_{number}")
        taken |= stems
        distinct.append(renamed)
    return tuple(distinct)


def _stem(video: Annotations, index: int) -> str:
    return f"{video.name}_{video.frame_names[index]}"


def _data_yaml(classes: dict[str, int]) -> str:
    """The classes. Without `path`, Ultralytics takes the folder of this file; it wants a `val`, so that is the same."""
    names = "".join(f"  {number}: {_quoted(name)}\n" for name, number in classes.items())
    return f"train: images/{_SPLIT}\nval: images/{_SPLIT}\nnames:\n{names}"


def _quoted(name: str) -> str:
    """A YAML string: a JSON string, with escapes for what YAML takes for a line break or not at all (5.1, 5.4)."""
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(name, ensure_ascii=False))
