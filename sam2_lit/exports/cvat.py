"""CVAT's XML for images and for video, with masks."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.zip_files import ExportZip
from sam2_lit.records import masks
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.results import FrameMasks, Mask

XML = "annotations.xml"
_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def write_cvat_images(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of CVAT for images 1.1: `annotations.xml` and, with pictures, `images/<video>/<frame>.jpg`.

    The frames that have masks are the images. `group_id` is the object, so that CVAT keeps its masks together.
    Returns what the format could not hold: nothing; the sidecar has empty masks.
    """
    root = _root(source, "annotation")
    numbers = _groups(source)
    image_id = 0
    for video in source.videos:
        info = video.video.info
        for frame in video.frames:
            source.step()
            name = _file_name(video, frame.frame_index)
            size = {"width": str(info.width), "height": str(info.height)}
            image = SubElement(root, "image", {"id": str(image_id), "name": name, **size})
            image_id += 1
            for mask, box in _boxed(frame):
                label = {"label": video.category(mask.object_id), "source": "file"}
                group = {"group_id": str(numbers[video.name, mask.object_id])}
                shape = SubElement(image, "mask", {**label, "occluded": "0", **box, "z_order": "0", **group})
                _put_attributes(shape, video, mask.object_id)
    _write(source, ExportFormat.CVAT_IMAGES, root, numbers, path)
    return []


def write_cvat_video(source: ExportSource, path: Path) -> list[str]:
    """Writes a zip of CVAT for video 1.1.

    CVAT has no tracks of masks: of a track it reads the first mask (`load_anno` in dataset_manager/formats/cvat.py).
    So each mask is a track of one frame, which ends on the next, as CVAT itself writes them; `group_id` is the object.
    Frames of several videos are numbered on from one to the next. Returns as `write_cvat_images`.
    """
    root = _root(source, "interpolation")
    numbers = _groups(source)
    track_id = offset = 0
    for video in source.videos:
        for frame in video.frames:
            source.step()
            at = offset + frame.frame_index
            for mask, box in _boxed(frame):
                label = {"label": video.category(mask.object_id), "source": "file"}
                group = {"group_id": str(numbers[video.name, mask.object_id])}
                track = SubElement(root, "track", {"id": str(track_id), **label, **group})
                track_id += 1
                shape = {"keyframe": "1", "occluded": "0", **box, "z_order": "0"}
                _put_attributes(
                    SubElement(track, "mask", {"frame": str(at), "outside": "0", **shape}), video, mask.object_id
                )
                if frame.frame_index + 1 < video.video.info.frame_count:
                    SubElement(track, "mask", {"frame": str(at + 1), "outside": "1", **shape})
        offset += video.video.info.frame_count
    _write(source, ExportFormat.CVAT_VIDEO, root, numbers, path)
    return []


def _write(
    source: ExportSource, format: ExportFormat, root: Element, numbers: dict[tuple[str, int], int], path: Path
) -> None:
    indent(root)
    xml = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", tostring(root, "unicode"))
    with ExportZip(path, source, format) as file:
        file.put_text(XML, '<?xml version="1.0" encoding="utf-8"?>\n' + xml)
        file.put_sidecar(numbers, [])
        file.put_pictures(lambda video, index: f"images/{_file_name(video, index)}")


def _file_name(video: Annotations, index: int) -> str:
    return f"{video.name}/{video.frame_names[index]}.jpg"


def _groups(source: ExportSource) -> dict[tuple[str, int], int]:
    """Group 0 is none, so objects are numbered from 1 where one is 0."""
    numbers = source.numbered()
    return numbers if all(numbers.values()) else {each: number for number, each in enumerate(numbers, start=1)}


def _root(source: ExportSource, mode: str) -> Element:
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    task = SubElement(SubElement(root, "meta"), "task")
    SubElement(task, "name").text = ", ".join(video.name for video in source.videos)
    SubElement(task, "size").text = str(
        sum(len(video.frames) if mode == "annotation" else video.video.info.frame_count for video in source.videos)
    )
    SubElement(task, "mode").text = mode
    labels = SubElement(task, "labels")
    colors = {label.name: label.color for label in source.labels}
    for name in source.categories:
        label = SubElement(labels, "label")
        SubElement(label, "name").text = name
        if name in colors:
            SubElement(label, "color").text = colors[name]
        SubElement(label, "type").text = "mask"
        attributes = SubElement(label, "attributes")
        for key in _attributes_of(source, name):
            attribute = SubElement(attributes, "attribute")
            # CVAT's own fields, of text that may change within a track.
            for field, value in (
                ("name", key),
                ("mutable", "True"),
                ("input_type", "text"),
                ("default_value", ""),
                ("values", ""),
            ):
                SubElement(attribute, field).text = value
    info = source.videos[0].video.info
    size = SubElement(task, "original_size")
    SubElement(size, "width").text = str(info.width)
    SubElement(size, "height").text = str(info.height)
    return root


def _attributes_of(source: ExportSource, category: str) -> list[str]:
    """The attributes of a category: those that its label offers, and those that its objects have."""
    offered = [each.name for label in source.labels if label.name == category for each in label.attributes]
    had = [
        key
        for video in source.videos
        for object_id, attributes in video.attributes.items()
        if video.category(object_id) == category
        for key in attributes
    ]
    return list(dict.fromkeys([*offered, *had]))


def _put_attributes(shape: Element, video: Annotations, object_id: int) -> None:
    for key, value in video.attributes.get(object_id, {}).items():
        SubElement(shape, "attribute", {"name": key}).text = value


def _boxed(frame: FrameMasks) -> Iterator[tuple[Mask, dict[str, str]]]:
    """The masks of a frame that are not empty, with CVAT's fields.

    `rle`: the runs of the mask within its box, row by row, background first.
    """
    for mask in frame.masks:
        decoded = masks.decode(mask.rle)
        rows, columns = np.flatnonzero(decoded.any(1)), np.flatnonzero(decoded.any(0))
        if not rows.size:
            continue
        top, left = int(rows[0]), int(columns[0])
        height, width = int(rows[-1]) - top + 1, int(columns[-1]) - left + 1
        flat = decoded[top : top + height, left : left + width].ravel()
        ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        starts = [0, 0] if flat[0] else [0]
        runs = np.diff(np.concatenate([starts, ends, [flat.size]])).tolist()
        box = {"left": left, "top": top, "width": width, "height": height}
        yield mask, {"rle": ", ".join(map(str, runs)), **{name: str(value) for name, value in box.items()}}
