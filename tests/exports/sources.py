"""Sources of exports without a server: masks of videos that need not exist."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from sam2_lit.exports.annotations import Annotations, ExportSource
from sam2_lit.exports.formats import FORMATS
from sam2_lit.exports.names import FrameNames
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records.exports import ExportFormat
from sam2_lit.records.masks import encode
from sam2_lit.records.results import FrameMasks, Mask, MaskSource
from sam2_lit.records.videos import FrameRange, VideoEntry, VideoInfo

MasksByFrame = Mapping[int, Mapping[int, NDArray[np.bool_]]]
"""By frame index, then by object id."""


class Pictures(VideoReader):
    """Gray frames: frame i has the value i."""

    def __init__(self, info: VideoInfo) -> None:
        self.info = info

    def frame(self, index: int) -> NDArray[np.uint8]:
        return np.full((self.info.height, self.info.width, 3), index, np.uint8)

    def frame_digests(self) -> NDArray[np.uint32]:
        return np.arange(len(self), dtype=np.uint32)

    def damage(self) -> list[FrameRange]:
        return []

    def close(self) -> None: ...


def annotations(
    masks: MasksByFrame,
    *,
    names: Mapping[int, str] | None = None,
    frame_count: int = 20,
    name: str = "clip",
    stems: tuple[str, ...] | None = None,
    labels: Mapping[int, str] | None = None,
    attributes: Mapping[int, Mapping[str, str]] | None = None,
) -> Annotations:
    height, width = next(mask.shape for frame in masks.values() for mask in frame.values())
    video = VideoEntry(name, f"videos/{name}.mp4", VideoInfo(width, height, frame_count, 24, frame_count / 24))
    objects = {
        object_id: (names or {}).get(object_id, "") for object_id in sorted({i for f in masks.values() for i in f})
    }
    frames = tuple(
        FrameMasks(
            index,
            tuple(Mask(object_id, encode(mask), 0.5, 1.0, MaskSource.TRACKED) for object_id, mask in found.items()),
        )
        for index, found in sorted(masks.items())
    )
    return Annotations(
        video, name, objects, frames, range(frame_count), FrameNames.of(stems), labels or {}, attributes or {}
    )


def source(*videos: Annotations, pictures: bool = False) -> ExportSource:
    return ExportSource(videos, lambda video: Pictures(video.video.info), {}, pictures, lambda: None)


def write(made: ExportSource, format: ExportFormat, folder: Path) -> tuple[Path, list[str]]:
    """The file of an export, and what it lost."""
    path = folder / f"export-{FORMATS[format].file_ending(made.pictures)}"
    return path, FORMATS[format].write(made, path)


def unzipped(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def sidecar_of(files: Mapping[str, bytes]) -> Any:
    return json.load(io.BytesIO(files["sam2-lit.json"]))


def disc(x: float, y: float, radius: float, height: int = 24, width: int = 32) -> NDArray[np.bool_]:
    ys, xs = np.mgrid[:height, :width]
    return (xs - x) ** 2 + (ys - y) ** 2 < radius**2


RING = disc(12, 12, 9) & ~disc(12, 12, 4)
PARTS = disc(5, 5, 4) | disc(25, 17, 5)
MASKS: MasksByFrame = {3: {2: RING, 300: PARTS}, 4: {2: disc(13, 12, 8), 300: np.zeros_like(RING)}, 8: {300: PARTS}}
NAMES = {2: "Ötzi's bag", 300: "car"}
"""Of a ring, an object in two parts, one that is out of view, and overlaps; with their names."""


def extract(path: Path, folder: Path) -> Path:
    for name, content in unzipped(path).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder
