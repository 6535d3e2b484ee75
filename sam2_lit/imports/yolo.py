"""Reads YOLO segmentation in Ultralytics' layout."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import yaml

from sam2_lit.imports.coco import nth_of
from sam2_lit.imports.palette import add_hidden
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.refusals import unusable
from sam2_lit.imports.segmentations import raster
from sam2_lit.imports.sidecars import SidecarFrame, SidecarVideo
from sam2_lit.records.masks import RLE

_LABELS = re.compile(r"(?:.*/)?labels/(?:[^/]+/)*(?P<frame>[^/]+)\.txt", re.IGNORECASE)
_ANY_TEXT = re.compile(r"(?:.*/)?(?!(?:classes|train|val|test|readme[^/]*)\.txt)(?P<frame>[^/]+)\.txt", re.IGNORECASE)
_CLASS_LISTS = ("obj.names", "classes.txt")
_MAX_YAML = 256 * 1024
_BOX_NUMBERS = 4


def read_yolo(reading: Reading) -> list[ParsedVideo]:
    """The files of `labels/` are frames of one video; those of an export are of the videos that its sidecar names.

    Without `labels/` all text files are frames, but for lists of classes and pictures.

    A line is an object: a class and a polygon relative to the frame. Lines of boxes are no masks and are left out. The
    format has no object ids: see `nth_of`; the lines of an export are in the order of the ids in its sidecar.
    """
    classes = _classes(reading)
    labels = _labels(reading, _LABELS) or _labels(reading, _ANY_TEXT)
    videos: dict[str, ParsedVideo] = {}
    for position, (name, stem) in enumerate(labels):
        reading.step(position, len(labels))
        known, listed, frame = _frame(reading, stem)
        video = videos.setdefault(known.name if known else "", ParsedVideo(known.name if known else ""))
        video.frames.append(frame)
        lines = list(_lines(reading, name, classes))
        shown = [each for each in listed.objects if each not in listed.empty] if listed else []
        if known and listed and len(lines) == len(shown):
            for object_id, (_, rle) in zip(shown, lines, strict=True):
                frame.masks[video.known(str(object_id), known.names.get(object_id) or None, object_id)] = rle
            keys = {object_id: str(object_id) for object_id in listed.empty}
            add_hidden(reading, video, frame, listed.empty, keys, known.names)
            continue
        if known:
            reading.lose(f"{name} was changed since its export, so its objects are found by their names")
        for category, rle in lines:
            frame.masks[nth_of(reading, video, frame, category)] = rle
    return list(videos.values())


def _labels(reading: Reading, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """The text files, each with the name of its frame."""
    return [(name, found["frame"]) for name in reading.files.names if (found := pattern.fullmatch(name))]


def _frame(reading: Reading, stem: str) -> tuple[SidecarVideo | None, SidecarFrame | None, ParsedFrame]:
    for known in reading.sidecar.videos.values() if reading.sidecar else ():
        name = stem.removeprefix(f"{known.name}_")
        if name != stem and (listed := known.frames.get(name)):
            return known, listed, ParsedFrame(name, listed.index)
    return None, None, ParsedFrame(stem, number_in(stem))


def _lines(reading: Reading, name: str, classes: dict[int, str]) -> Iterator[tuple[str | None, RLE]]:
    height, width = reading.size
    for number, line in enumerate(reading.files.read_text(name).splitlines(), start=1):
        fields = line.split()
        if not fields:
            continue
        try:
            category = int(float(fields[0]))
            points = np.array(fields[1:], np.float64)
        except (ValueError, OverflowError) as error:
            raise unusable(name, f"line {number} is not a class and numbers") from error
        if points.size == _BOX_NUMBERS:
            reading.lose("the file has boxes, which are no masks")
            continue
        if points.size % 2:
            raise unusable(name, f"line {number} has an odd number of coordinates")
        rle = raster(reading, [points * np.tile([width, height], points.size // 2)], name)
        if rle is not None:
            yield classes.get(category), rle


def _classes(reading: Reading) -> dict[int, str]:
    files = [name for name in reading.files.names if name.lower().endswith((".yaml", ".yml"))]
    if not files:
        lists = [name for name in reading.files.names if name.rsplit("/")[-1].lower() in _CLASS_LISTS]
        return dict(enumerate(reading.files.read_text(lists[0]).splitlines())) if lists else {}
    text = reading.files.read_text(files[0])
    if len(text) > _MAX_YAML:
        raise unusable(files[0], f"it has more than {_MAX_YAML // 1024} KiB")
    try:
        content: Any = yaml.safe_load(text)
        names = content["names"]
        pairs = names.items() if isinstance(names, dict) else enumerate(names)
        # Lists whose entries are each other would be text without end.
        return {int(number): str(name) for number, name in pairs if not isinstance(name, (dict, list, set, tuple))}
    except (yaml.YAMLError, TypeError, KeyError, ValueError, RecursionError) as error:
        raise unusable(files[0], "it has no names of classes") from error
