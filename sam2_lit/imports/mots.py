"""Reads MOTS, text or 16-bit PNGs."""

import re

import numpy as np

from sam2_lit.imports.palette import add_hidden
from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.pngs import read_values
from sam2_lit.imports.refusals import unusable
from sam2_lit.imports.segmentations import canonical
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE

_INSTANCES = 1000
_IGNORED_CLASS = 10
_KITTI = {1: "car", 2: "pedestrian"}
_PNG = re.compile(r"(?:.*/)?(?P<video>[^/]+)/(?P<frame>[^/]+)\.png", re.IGNORECASE)
_FIELDS = 6


def read_mots(reading: Reading) -> list[ParsedVideo]:
    """Text files, one a video, or else folders of PNGs. An object's key is its id, `class * 1000 + number`.

    Where there are both, a loss says on how many frames they differ.

    Classes 1 and 2 are KITTI's car and pedestrian; class 10 marks ignored regions, which are left out.
    """
    texts = [name for name in reading.files.names if "/instances_txt/" in f"/{name}" and name.lower().endswith(".txt")]
    texts = texts or reading.files.ending_with(".txt")
    pngs = [(name, found) for name in reading.files.names if (found := _PNG.fullmatch(name))]
    videos: dict[str, ParsedVideo] = {}
    for name in texts:
        stem = name.rsplit("/")[-1].rpartition(".")[0] or name
        videos[stem] = _read_text(reading, name, stem)
    of_pngs = {} if texts else videos
    for position, (name, found) in enumerate(pngs):
        reading.step(position, len(pngs))
        video = of_pngs.setdefault(found["video"], ParsedVideo(found["video"]))
        _read_png(reading, name, video, found["frame"])
    for video in videos.values() if texts else ():
        _compare(reading, video, of_pngs.get(video.name))
    for video in videos.values():
        _add_known(reading, video)
    return list(videos.values())


def _read_text(reading: Reading, name: str, stem: str) -> ParsedVideo:
    video = ParsedVideo(stem)
    frames: dict[int, ParsedFrame] = {}
    lines = reading.files.read_text(name).splitlines()
    for number, line in enumerate(lines, start=1):
        reading.step(number, len(lines))
        fields = line.split()
        if not fields:
            continue
        try:
            index, value, category, height, width = (int(each) for each in fields[:5])
            counts = fields[5]
        except (ValueError, IndexError) as error:
            raise unusable(name, f"line {number} is not `frame id class height width rle`") from error
        frame = frames.setdefault(index, ParsedFrame(None, index))
        if category == _IGNORED_CLASS:
            reading.lose("ignored regions (class 10) belong to no object")
        elif not reading.is_other_size(frame, (height, width)):
            key = _known(reading, video, value, category)
            if key in frame.masks:
                raise unusable(name, f"line {number} is a second mask of object {value} on frame {index}")
            frame.masks[key] = canonical(RLE(reading.size, counts), name)
    video.frames = [frames[index] for index in sorted(frames)]
    return video


def _read_png(reading: Reading, name: str, video: ParsedVideo, stem: str) -> None:
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    listed = known.frames.get(stem) if known else None
    frame = ParsedFrame(stem, listed.index if listed else number_in(stem))
    video.frames.append(frame)
    values = read_values(reading, name, frame)
    if values is None:
        return
    for value in np.unique(values).tolist():
        category = value // _INSTANCES
        if category == _IGNORED_CLASS:
            reading.lose("ignored regions (class 10) belong to no object")
        elif value:
            frame.masks[_known(reading, video, value, category)] = masks.encode(values == value)


def _compare(reading: Reading, video: ParsedVideo, of_pngs: ParsedVideo | None) -> None:
    """Notes where the text and the PNGs of a video have other masks on a frame that both have."""
    shown = {frame.index: frame.masks for frame in (of_pngs.frames if of_pngs else ()) if frame.other_size is None}
    count = sum(shown.get(frame.index, frame.masks) != frame.masks for frame in video.frames)
    if count:
        frames = f"{count} frame{'s' if count > 1 else ''}"
        reading.lose(f"the text and the PNGs of {video.name} differ on {frames}: the text is imported")


def _known(reading: Reading, video: ParsedVideo, value: int, category: int) -> str:
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    object_id = known.ids.get(value, value) if known else value
    name = known.names.get(object_id) if known else _KITTI.get(category)
    return video.known(str(value), name or None, object_id)


def _add_known(reading: Reading, video: ParsedVideo) -> None:
    """The names of frames, and the empty masks, that the sidecar has."""
    known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
    if known is None:
        return
    keys = {object_id: str(number) for number, object_id in known.ids.items()}
    by_index = {listed.index: (name, listed) for name, listed in known.frames.items()}
    present = {frame.index for frame in video.frames}
    video.frames += [ParsedFrame(None, index) for index in by_index if index not in present]
    for frame in video.frames:
        if frame.index in by_index and frame.other_size is None:
            frame.name, listed = by_index[frame.index]
            add_hidden(reading, video, frame, listed.objects, keys, known.names)
