"""Reads CVAT's XML for images and for video: masks, and polygons."""

from xml.etree.ElementTree import Element, ParseError, fromstring

import numpy as np

from sam2_lit.imports.coco import nth_of
from sam2_lit.imports.palette import add_hidden
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.refusals import unusable
from sam2_lit.imports.segmentations import raster
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE

_SHAPES = ("mask", "polygon")


def read_cvat(reading: Reading) -> list[ParsedVideo]:
    """Images are frames of the video that their folder names; the frames of tracks are counted from 0.

    An object is a `group_id`, or else a track, or else the n-th shape of its label on a frame. Of tracks only keyframes
    are read: what CVAT interpolates between them is not in the file.
    """
    videos: dict[str, ParsedVideo] = {}
    for name in reading.files.ending_with(".xml"):
        content = reading.files.read(name)
        # Entities could be nested to any size; CVAT writes none.
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise unusable(name, "it declares a document type, which CVAT's files do not")
        try:
            root = fromstring(content)
            _read_images(reading, root, name, videos)
            _read_tracks(reading, root, name, videos)
        except (ParseError, KeyError, ValueError, OverflowError, RecursionError) as error:
            raise unusable(name, f"it is not CVAT's XML of masks ({error!r})") from error
    _add_hidden(reading, videos)
    return list(videos.values())


def _read_images(reading: Reading, root: Element, name: str, videos: dict[str, ParsedVideo]) -> None:
    images = root.findall("image")
    for position, image in enumerate(images):
        reading.step(position, len(images))
        folder, _, file = image.attrib["name"].rpartition("/")
        stem = file.rpartition(".")[0] or file
        video = videos.setdefault(folder.rsplit("/")[-1], ParsedVideo(folder.rsplit("/")[-1]))
        known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
        listed = known.frames.get(stem) if known else None
        frame = ParsedFrame(stem, listed.index if listed else number_in(stem))
        video.frames.append(frame)
        if reading.is_other_size(frame, (int(image.attrib["height"]), int(image.attrib["width"]))):
            continue
        for shape in image:
            if shape.tag in _SHAPES:
                _add(reading, video, frame, shape, shape.attrib, name)
            elif shape.tag in ("box", "ellipse", "polyline", "points", "cuboid", "skeleton"):
                reading.lose(f"shapes of the kind {shape.tag} are no masks")


def _read_tracks(reading: Reading, root: Element, name: str, videos: dict[str, ParsedVideo]) -> None:
    frames: dict[int, tuple[ParsedVideo, ParsedFrame]] = {}
    tracks = root.findall("track")
    for position, track in enumerate(tracks):
        reading.step(position, len(tracks))
        for shape in track:
            if shape.tag not in _SHAPES or shape.attrib.get("outside") == "1" or shape.attrib.get("keyframe") == "0":
                continue
            number = int(shape.attrib["frame"])
            if number not in frames:
                frames[number] = _frame_of_track(reading, number, videos)
            _add(reading, *frames[number], shape, track.attrib, name)


def _frame_of_track(reading: Reading, number: int, videos: dict[str, ParsedVideo]) -> tuple[ParsedVideo, ParsedFrame]:
    """Frames of several videos are numbered on from one to the next in an export."""
    video_name, index, frame_name = "", number, None
    for known in reading.sidecar.videos.values() if reading.sidecar else ():
        if index < known.frame_count:
            video_name = known.name
            frame_name = next((name for name, each in known.frames.items() if each.index == index), None)
            break
        index -= known.frame_count
    video = videos.setdefault(video_name, ParsedVideo(video_name))
    frame = ParsedFrame(frame_name, index)
    video.frames.append(frame)
    return video, frame


def _add(
    reading: Reading, video: ParsedVideo, frame: ParsedFrame, shape: Element, owner: dict[str, str], name: str
) -> None:
    if (rle := _rle(reading, shape, name)) is None:
        return
    group = int(owner.get("group_id", 0)) or None
    label = owner.get("label")
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    if group is not None:
        object_id = known.ids.get(group, group) if known else group
        given = known.names.get(object_id, label) if known else label
        key = video.known(str(group), given or None, object_id)
    elif "id" in owner:
        key = video.known(f"track {owner['id']}", label, int(owner["id"]))
    else:
        key = nth_of(reading, video, frame, label)
    if key in frame.masks:
        raise unusable(name, f"frame {frame.label} has two masks of object {key}")
    attributes = {each.attrib["name"]: each.text or "" for each in shape.findall("attribute")}
    video.describe(key, None, attributes)
    frame.masks[key] = rle


def _rle(reading: Reading, shape: Element, name: str) -> RLE | None:
    height, width = reading.size
    if shape.tag == "polygon":
        points = [float(side) for point in shape.attrib["points"].split(";") for side in point.split(",")]
        return raster(reading, [points], name)
    left, top, across, down = (int(shape.attrib[each]) for each in ("left", "top", "width", "height"))
    runs = np.array([int(run) for run in shape.attrib["rle"].split(",")], np.int64)
    is_inside = 0 <= left <= left + across <= width and 0 <= top <= top + down <= height
    if not is_inside or np.any(runs < 0) or np.any(runs > across * down) or int(runs.sum()) != across * down:
        raise unusable(name, "the runs of a mask do not fill its box, or the box is outside of the frame")
    mask = np.zeros(reading.size, np.bool_)
    flat = np.repeat(np.arange(runs.size) % 2 == 1, runs)
    mask[top : top + down, left : left + across] = flat.reshape(down, across)
    return masks.encode(mask)


def _add_hidden(reading: Reading, videos: dict[str, ParsedVideo]) -> None:
    for known in reading.sidecar.videos.values() if reading.sidecar else ():
        video = videos.setdefault(known.name, ParsedVideo(known.name))
        frames = {frame.index: frame for frame in video.frames}
        keys = {object_id: str(number) for number, object_id in known.ids.items()}
        for name, listed in known.frames.items():
            if (frame := frames.get(listed.index)) is None:
                frame = ParsedFrame(name, listed.index)
                video.frames.append(frame)
            if frame.other_size is None:
                add_hidden(reading, video, frame, listed.objects, keys, known.names)
