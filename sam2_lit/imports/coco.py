"""Reads COCO's JSON, with CocoVID's fields where it has them."""

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
    annotation of a category on a frame is the category's n-th object, and a loss says so.
    """
    videos: dict[str, ParsedVideo] = {}
    for name in (each for each in reading.files.names if each.lower().endswith(".json")):
        content = reading.files.read_json(name)
        if isinstance(content, dict) and "annotations" in content and "images" in content:
            try:
                _read(reading, content, name, videos)
            except (TypeError, KeyError, ValueError, AttributeError, OverflowError) as error:
                raise unusable(name, f"it does not have COCO's fields ({error!r})") from error
    return list(videos.values())


def _read(reading: Reading, content: dict[str, Any], name: str, videos: dict[str, ParsedVideo]) -> None:
    categories = {each["id"]: str(each["name"]) for each in content.get("categories", ())}
    listed = {each["id"]: str(each["name"]) for each in content.get("videos", ())}
    frames: dict[Any, tuple[ParsedVideo, ParsedFrame]] = {}
    for image in content["images"]:
        folder, _, file = str(image["file_name"]).rpartition("/")
        video_name = listed.get(image.get("video_id"), folder.rsplit("/")[-1])
        stem = file.rpartition(".")[0] or file
        frame = ParsedFrame(stem, int(image["frame_id"]) if "frame_id" in image else number_in(stem))
        video = videos.setdefault(video_name, ParsedVideo(video_name))
        video.frames.append(frame)
        frames[image["id"]] = video, frame
        reading.is_other_size(frame, (int(image["height"]), int(image["width"])))
    annotations = content["annotations"]
    for position, annotation in enumerate(annotations):
        reading.step(position, len(annotations))
        video, frame = frames[annotation["image_id"]]
        if frame.other_size is None:
            category = categories.get(annotation.get("category_id"))
            key = _object(reading, video, frame, annotation, category)
            video.describe(key, None, _attributes(annotation))
            rle = rle_of(annotation["segmentation"], reading.size, name)
            if key in frame.masks:
                raise unusable(name, f"frame {frame.label} has two masks of object {key}")
            frame.masks[key] = rle
    _add_hidden(reading, videos)


def _attributes(annotation: dict[str, Any]) -> dict[str, str]:
    """The attributes of an annotation as text, without those that CVAT adds to every one."""
    found = annotation.get("attributes") or {}
    return {str(key): str(value) for key, value in found.items() if key not in (*_TRACK_FIELDS, *_CVAT_FIELDS)}


def _object(
    reading: Reading, video: ParsedVideo, frame: ParsedFrame, annotation: dict[str, Any], category: str | None
) -> str:
    """The key of an annotation's object."""
    attributes = annotation.get("attributes") or {}
    tracks = [each[field] for each in (annotation, attributes) for field in _TRACK_FIELDS if field in each]
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    if tracks:
        number = int(tracks[0])
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
