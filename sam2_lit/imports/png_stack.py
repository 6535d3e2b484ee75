"""Reads a stack of black and white PNGs, one folder for each object."""

import re

from sam2_lit.imports.parsed import ParsedFrame, ParsedVideo, Reading, number_in
from sam2_lit.imports.pngs import read_values
from sam2_lit.records import masks

_PNG = re.compile(r"(?:.*/)?masks/(?P<video>[^/]+)/(?P<object>[0-9]{1,10})/(?P<frame>[^/]+)\.png", re.IGNORECASE)


def read_png_stack(reading: Reading) -> list[ParsedVideo]:
    """Files `masks/<video>/<object id>/<frame>.png`; what is not 0 is the object."""
    videos: dict[str, ParsedVideo] = {}
    frames: dict[tuple[str, str], ParsedFrame] = {}
    files = [(name, found) for name in reading.files.names if (found := _PNG.fullmatch(name))]
    for position, (name, found) in enumerate(files):
        reading.step(position, len(files))
        video = videos.setdefault(found["video"], ParsedVideo(found["video"]))
        known = reading.sidecar.videos.get(video.name) if reading.sidecar else None
        listed = known.frames.get(found["frame"]) if known else None
        place = (video.name, found["frame"])
        if place not in frames:
            frames[place] = ParsedFrame(found["frame"], listed.index if listed else number_in(found["frame"]))
            video.frames.append(frames[place])
        values = read_values(reading, name, frames[place])
        if values is not None:
            object_id = int(found["object"])
            given = known.names.get(object_id) if known else None
            frames[place].masks[video.known(str(object_id), given or None, object_id)] = masks.encode(values != 0)
    return list(videos.values())
