"""Reads COCO's JSON, with CocoVID's fields where it has them."""

import re
from collections.abc import Iterable
from typing import Any

from sam2_lit.imports.palette import add_hidden
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.refusals import unusable
from sam2_lit.imports.segmentations import rle_of

_TRACK_FIELDS = ("instance_id", "track_id")
_CVAT_FIELDS = ("occluded", "rotation", "keyframe")


def read_coco(reading: Reading) -> list[ParsedVideo]:
    """The images are frames, of the video that `video_id` or else the folder of `file_name` names.

    An object is an `instance_id`, a `track_id`, also in `attributes` as CVAT writes it; without one, the n-th
    annotation of a category on a frame is the category's n-th object, and a loss says so. An annotation without a
    segmentation is a box, and left out.
    """
    videos: dict[str, ParsedVideo] = {}
    names = reading.files.ending_with(".json")
    for name in names:
        content = reading.files.read_json(name)
        if isinstance(content, dict) and "annotations" in content and "images" in content:
            try:
                _read(reading, content, name, videos)
            except (TypeError, KeyError, ValueError, AttributeError, OverflowError) as error:
                raise unusable(name, f"it does not have COCO's fields ({error!r})") from error
        elif len(names) == 1:
            raise unusable(name, "it does not have COCO's `images` and `annotations`")
    return list(videos.values())


def _read(reading: Reading, content: dict[str, Any], name: str, videos: dict[str, ParsedVideo]) -> None:
    categories = _by_id(content.get("categories") or (), "categories", name)
    listed = {key: str(each["name"]) for key, each in _by_id(content.get("videos") or (), "videos", name).items()}
    frames: dict[str, tuple[ParsedVideo, ParsedFrame]] = {}
    for image_id, image in _by_id(content["images"], "images", name).items():
        folder, _, file = str(image["file_name"]).replace("\\", "/").rpartition("/")
        video_name = listed.get(_key(image.get("video_id")), folder.rsplit("/")[-1])
        stem = file.rpartition(".")[0] or file
        number = image.get("frame_id")
        frame = ParsedFrame(stem, number_in(stem) if number is None else int(number))
        video = videos.setdefault(video_name, ParsedVideo(video_name))
        video.frames.append(frame)
        frames[image_id] = video, frame
        reading.is_other_size(frame, (int(image["height"]), int(image["width"])))
    annotations = content["annotations"]
    for position, annotation in enumerate(annotations):
        reading.step(position, len(annotations))
        image_id = _key(annotation["image_id"])
        if image_id not in frames:
            raise unusable(name, f"annotation {position} is of image {image_id}, which `images` does not have")
        video, frame = frames[image_id]
        rle = None
        if frame.other_size is None:
            rle = rle_of(reading, annotation.get("segmentation"), name)
        if rle is not None:
            found = categories.get(_key(annotation.get("category_id")), {})
            category = None if found.get("name") is None else str(found["name"])
            key = _object(reading, video, frame, annotation, category)
            video.describe(key, None, _attributes(annotation))
            if key in frame.masks:
                raise unusable(name, f"frame {frame.label} has two masks of object {key}")
            frame.masks[key] = rle
    _add_hidden(reading, videos)


def _by_id(entries: Iterable[dict[str, Any]], kind: str, name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in entries:
        if found.setdefault(_key(each["id"]), each) != each:
            raise unusable(name, f"two of its {kind} have the id {each['id']}")
    return found


def _key(number: Any) -> str:
    """An id as text: some programs write numbers as text, or as floats."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


def _attributes(annotation: dict[str, Any]) -> dict[str, str]:
    """The attributes of an annotation as text, without those that CVAT adds to every one."""
    found = annotation.get("attributes") or {}
    return {str(key): str(value) for key, value in found.items() if key not in (*_TRACK_FIELDS, *_CVAT_FIELDS)}


def _object(
    reading: Reading, video: ParsedVideo, frame: ParsedFrame, annotation: dict[str, Any], category: str | None
) -> str:
    """The key of an annotation's object."""
    attributes = annotation.get("attributes") or {}
    tracks = [
        each[field] for each in (annotation, attributes) for field in _TRACK_FIELDS if each.get(field) not in (None, "")
    ]
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    if tracks:
        key = _key(tracks[0])
        if re.fullmatch(r"-?[0-9]{1,30}", key) is None:
            return video.known(key, category or None, None)
        number = int(key)
        object_id = known.ids.get(number, number) if known else number
        name = known.names.get(object_id, category) if known else category
        return video.known(str(number), name or None, object_id)
    return nth_of(reading, video, frame, category)


def nth_of(reading: Reading, video: ParsedVideo, frame: ParsedFrame, category: str | None) -> str:
    """The key of the frame's next object of a category, in a file without object ids."""
    base = category or "object"
    count = 1
    while (key := f"{base} {count}" if count > 1 else base) in frame.masks:
        count += 1
    if count > 1:
        reading.lose(f"the file has no object ids: the n-th {base} of a frame became the n-th object of that name")
    return video.known(key, category, None)


def _add_hidden(reading: Reading, videos: dict[str, ParsedVideo]) -> None:
    for video in videos.values():
        known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
        for frame in video.frames if known else ():
            assert known is not None
            if frame.other_size is None and (listed := known.frames.get(frame.label)):
                keys = {object_id: str(number) for number, object_id in known.ids.items()}
                add_hidden(reading, video, frame, listed.objects, keys, known.names)
