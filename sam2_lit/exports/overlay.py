"""The video with its masks drawn on it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sam2_lit.exports.annotations import Annotations
from sam2_lit.exports.palette import davis_palette
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records import masks
from sam2_lit.records.exports import Color
from sam2_lit.records.masks import BoolMask

_OPACITY = 0.45


def write_overlay(annotations: Annotations, reader: VideoReader, colors: Mapping[int, Color], place: Path) -> None:
    """Writes an H.264 MP4 of every frame of the video, frame i at i / fps seconds, objects tinted and outlined.

    Args:
        annotations: the masks.
        reader: the video's frames.
        colours: RGB by object id; DAVIS's colour of the object's id where it has none.
        place: the file to write.
    """
    palette = davis_palette()
    chosen = {
        object_id: np.array(colors.get(object_id, palette[1 + (object_id - 1) % 255]), np.float32)
        for object_id in annotations.objects
    }
    drawn = {frame.frame_index: frame for frame in annotations.frames}
    width, height, fps = reader.info.width, reader.info.height, reader.info.fps
    thickness = max(1, round(min(width, height) / 360))

    def frames() -> Iterator[tuple[float, NDArray[np.uint8]]]:
        for index in range(len(reader)):
            picture = reader.frame(index).copy()
            if index in drawn:
                for mask in sorted(drawn[index].masks, key=lambda each: each.object_id, reverse=True):
                    _draw(picture, masks.decode(mask.rle), chosen[mask.object_id], thickness)
            yield index / fps, picture

    write_mp4(place, frames(), (width, height), fps)


def _draw(picture: NDArray[np.uint8], mask: BoolMask, color: NDArray[np.float32], thickness: int) -> None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    within, pixels = mask[part], picture[part]
    pixels[within] = (pixels[within] * (1 - _OPACITY) + color * _OPACITY).astype(np.uint8)
    pixels[within & ~_eroded(within, thickness)] = color.astype(np.uint8)


def _eroded(mask: BoolMask, by: int) -> BoolMask:
    """What is left of a mask when `by` pixels are taken off along its border."""
    for _ in range(by):
        padded = np.pad(mask, 1)
        mask = mask & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask
