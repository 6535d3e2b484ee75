"""A video with its masks drawn on it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from sam2_lit.exports.annotations import Annotations
from sam2_lit.exports.palette import davis_palette
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.media.readers.video_reader import VideoReader
from sam2_lit.records import masks
from sam2_lit.records.exports import Color
from sam2_lit.records.masks import BoolMask

_OPACITY = 0.45
# Of pixels that are 0 or 255: 255 where a pixel and its four neighbors are, otherwise 0.
_EROSION = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, 1, 1, 0, 1, 0), scale=1, offset=-4 * 255)


def write_overlay(annotations: Annotations, reader: VideoReader, colors: Mapping[int, Color], path: Path) -> None:
    """Writes an H.264 MP4 of every frame of the video, frame i at i / fps seconds, objects tinted and outlined.

    Args:
        annotations: the masks.
        reader: of the video.
        colors: RGB by object id; the other objects have DAVIS's color for their id.
        path: the file to write.
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

    write_mp4(path, frames(), (width, height), fps)


def _draw(picture: NDArray[np.uint8], mask: BoolMask, color: NDArray[np.float32], thickness: int) -> None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    within, pixels = mask[box], picture[box]
    pixels[within] = (pixels[within] * (1 - _OPACITY) + color * _OPACITY).astype(np.uint8)
    pixels[within & ~eroded(within, thickness)] = color.astype(np.uint8)


def eroded(mask: BoolMask, by: int) -> BoolMask:
    """A mask without the pixels that are within `by` steps, up, down, left or right, of a pixel outside of it."""
    # The margin is outside, and Pillow leaves it as it is.
    image = ImageOps.expand(Image.fromarray(mask).convert("L"), border=1)
    for _ in range(by):
        image = image.filter(_EROSION)
    return np.asarray(image)[1:-1, 1:-1] > 0
