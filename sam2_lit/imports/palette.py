"""Reads palette PNGs in the layouts of DAVIS and YouTube-VOS."""

import re

import numpy as np

from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.pngs import read_values
from sam2_lit.imports.refusals import unusable
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE

VOID = 255
_PNG = re.compile(r"(?:(?P<video>[^/]+)/)?(?P<frame>[^/]+)\.png", re.IGNORECASE)


def read_palette(reading: Reading) -> list[ParsedVideo]:
    """A folder of PNGs is a video, its name the folder's; a value other than 0 and 255 is an object.

    Where there is a folder `Annotations`, only its files are read. A frame that is void throughout is not annotated.
    """
    names = [name for name in reading.files.names if name.lower().endswith(".png")]
    within = [name for name in names if "/Annotations" in f"/{name}"]
    categories = _categories(reading)
    videos: dict[str, ParsedVideo] = {}
    for position, name in enumerate(within or names):
        reading.step(position, len(within or names))
        if (found := _PNG.fullmatch("/".join(name.split("/")[-2:]))) is None:
            continue
        video = videos.setdefault(found["video"] or "", ParsedVideo(found["video"] or ""))
        frame = ParsedFrame(found["frame"], number_in(found["frame"]))
        if _read_frame(reading, video, frame, name, categories):
            video.frames.append(frame)
    return list(videos.values())


def _read_frame(
    reading: Reading,
    video: ParsedVideo,
    frame: ParsedFrame,
    name: str,
    categories: dict[tuple[str, int], tuple[str, dict[str, str]]],
) -> bool:
    """Whether the frame is annotated."""
    values = read_values(reading, name, frame)
    if values is None:
        return True
    is_void = values == VOID
    if is_void.all():
        return False
    if is_void.any():
        reading.lose("pixels that are marked void belong to no object")
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    for value in np.unique(values).tolist():
        if value not in (0, VOID):
            object_id = known.ids.get(value, value) if known else value
            listed, attributes = categories.get((video.name, value), (None, {}))
            category = known.names.get(object_id) if known else listed
            key = video.known(str(value), category or None, object_id)
            video.describe(key, None, attributes)
            frame.masks[key] = masks.encode(values == value)
    if known and (on_frame := known.frames.get(frame.label)):
        frame.index = on_frame.index
        add_hidden(
            reading, video, frame, on_frame.objects, {known.ids[value]: str(value) for value in known.ids}, known.names
        )
    return True


def add_hidden(
    reading: Reading,
    video: ParsedVideo,
    frame: ParsedFrame,
    objects: tuple[int, ...],
    keys: dict[int, str],
    names: dict[int, str],
) -> None:
    """Adds empty masks of the objects that the sidecar lists on a frame but the frame does not show."""
    for object_id in objects:
        if object_id in keys and keys[object_id] not in frame.masks:
            key = video.known(keys[object_id], names.get(object_id) or None, object_id)
            frame.masks[key] = _empty(reading.size)


def _empty(size: tuple[int, int]) -> RLE:
    return masks.encode(np.zeros(size, np.bool_))


def _categories(reading: Reading) -> dict[tuple[str, int], tuple[str, dict[str, str]]]:
    """The category, and the attributes that exports add, of YouTube-VOS's meta.json, by video and value."""
    found = [name for name in reading.files.names if name.rsplit("/")[-1] == "meta.json"]
    if not found:
        return {}
    content = reading.files.read_json(found[0])
    try:
        return {
            (str(video), int(value)): (
                str(each["category"]),
                {str(key): str(text) for key, text in each.get("attributes", {}).items()},
            )
            for video, entry in content["videos"].items()
            for value, each in entry["objects"].items()
        }
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise unusable(found[0], f"it is not YouTube-VOS's list of videos and objects ({error!r})") from error
