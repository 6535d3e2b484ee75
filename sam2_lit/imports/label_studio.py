"""Reads Label Studio's tasks with brush masks."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sam2_lit.imports.coco import nth_of
from sam2_lit.imports.palette import add_hidden
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.refusals import unusable
from sam2_lit.imports.sidecars import Sidecar, parse_sidecar
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE

_CHANNELS = 4
_HEADER_BYTES = 16
_REGION = re.compile(r"object-([0-9]{1,10})-frame-[0-9]+")


def read_label_studio(reading: Reading) -> list[ParsedVideo]:
    """A task is a frame, a region of brush labels an object: by its id in an export, else the n-th of its label.

    Of a task with several annotations the first is read.
    """
    videos: dict[str, ParsedVideo] = {}
    for name in reading.files.ending_with(".json"):
        tasks = reading.files.read_json(name)
        if not isinstance(tasks, list):
            continue
        for position, task in enumerate(tasks):
            reading.step(position, len(tasks))
            try:
                _read(reading, task, name, videos)
            except (TypeError, KeyError, ValueError, AttributeError, IndexError, OverflowError) as error:
                raise unusable(name, f"task {position} does not have Label Studio's fields ({error!r})") from error
    return list(videos.values())


def _read(reading: Reading, task: dict[str, Any], name: str, videos: dict[str, ParsedVideo]) -> None:
    data = task["data"]
    folder, _, file = str(data["image"]).rpartition("/")
    stem = file.rpartition(".")[0] or file
    known = _known(data, name)
    video_name = next(iter(known.videos)) if known else folder.rsplit("/")[-1]
    video = videos.setdefault(video_name, ParsedVideo(video_name))
    described = known.videos[video_name] if known else None
    listed = described.frames.get(stem) if described else None
    frame = ParsedFrame(stem, listed.index if listed else number_in(stem))
    video.frames.append(frame)
    for region in (task.get("annotations") or [{"result": []}])[0]["result"]:
        if region.get("type") != "brushlabels":
            reading.lose(f"regions of the kind {region.get('type')} are no masks")
            continue
        if reading.is_other_size(frame, (int(region["original_height"]), int(region["original_width"]))):
            continue
        labels = region["value"].get("brushlabels") or [None]
        found = _REGION.fullmatch(str(region.get("id")))
        if found and described and int(found[1]) in described.names:
            object_id = int(found[1])
            key = video.known(found[1], described.names[object_id] or None, object_id)
            video.describe(key, described.labels[object_id], described.attributes[object_id])
        else:
            key = nth_of(reading, video, frame, labels[0])
        if key in frame.masks:
            raise unusable(name, f"frame {frame.label} has two masks of object {key}")
        frame.masks[key] = _rle(region["value"], reading.size, name)
    if described and listed and frame.other_size is None:
        keys = {object_id: str(object_id) for object_id in described.names}
        add_hidden(reading, video, frame, listed.objects, keys, described.names)
        for object_id in set(listed.objects) & set(described.names):
            video.describe(keys[object_id], described.labels[object_id], described.attributes[object_id])


def _known(data: dict[str, Any], name: str) -> Sidecar | None:
    """The part of an export's sidecar that a task has."""
    if (content := data.get("sam2_lit")) is None:
        return None
    video = {key: content.get(key) for key in ("name", "frame_count", "objects")}
    frames = [content.get("frame")]
    return parse_sidecar({"format": content.get("format"), "videos": [{**video, "frames": frames}]}, name)


def _rle(value: dict[str, Any], size: tuple[int, int], name: str) -> RLE:
    if value.get("format") != "rle":
        raise unusable(name, f"the format of a brush mask is {value.get('format')!r}, not 'rle'")
    height, width = size
    packed, count = value["rle"], height * width * _CHANNELS
    # A run of one value takes 15 bits: more is padding, and a number would be as many zeros.
    if not isinstance(packed, list) or len(packed) > 2 * count + _HEADER_BYTES:
        raise unusable(name, "a brush mask is not a list of the bytes of its picture")
    values = _unpacked(bytes(packed), count, name)
    return masks.encode(values.reshape(height, width, _CHANNELS)[..., 3] > 0)


def _unpacked(content: bytes, count: int, name: str) -> NDArray[np.uint8]:
    """The `count` values of thi.ng/rle-pack, as `decode_rle` in label_studio_sdk/converter/brush.py reads them."""
    bits = f"{int.from_bytes(content, 'big'):0{len(content) * 8}b}" if content else ""
    at = 0

    def read(size: int) -> int:
        nonlocal at
        if at + size > len(bits):
            raise unusable(name, "a brush mask ends early")
        at += size
        return int(bits[at - size : at], 2)

    found, size = read(32), read(5) + 1
    lengths = [read(4) + 1 for _ in range(4)]
    if found != count:
        raise unusable(name, f"a brush mask has {found} values, its picture has {count}")
    out = np.zeros(count, np.uint8)
    position = 0
    while position < count:
        is_run = read(1)
        end = min(position + 1 + read(lengths[read(2)]), count)
        if is_run:
            out[position:end] = min(read(size), 255)
        else:
            out[position:end] = [min(read(size), 255) for _ in range(end - position)]
        position = end
    return out
