"""A video with its masks drawn on it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.exports.annotations import ExportSource, lowest_last
from sam2_lit.exports.palette import davis_palette
from sam2_lit.media.mp4_writer import write_mp4
from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask

_OPACITY = 0.45
# Of pixels that are 0 or 255: 255 where a pixel and its four neighbors are, otherwise 0.
_EROSION = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, 1, 1, 0, 1, 0), scale=1, offset=-4 * 255)


def write_overlay(source: ExportSource, path: Path) -> list[str]:
    """Writes an H.264 MP4 of the selected frames of one video, objects tinted and outlined, with the video's sound.

    Objects without a color have that of their label, or else DAVIS's color for their id. Returns what the format could
    not hold: nothing.

    Raises:
        LitError: BAD_REQUEST where there are several videos.
    """
    if len(source.videos) > 1:
        raise LitError(ErrorCode.BAD_REQUEST, "an overlay shows one video; export each session on its own")
    video = source.videos[0]
    palette = davis_palette()
    colors = {
        object_id: np.array(source.color(video, object_id) or palette[1 + (object_id - 1) % 255], np.float32)
        for object_id in video.objects
    }
    drawn = {frame.frame_index: frame for frame in video.frames}
    with source.open_video(video) as reader:
        width, height, fps = reader.info.width, reader.info.height, reader.info.fps
        thickness = max(1, round(min(width, height) / 360))
        times = reader.frame_times

        def frames() -> Iterator[tuple[float, NDArray[np.uint8]]]:
            for index in video.selected:
                source.step()
                picture = reader.frame(index).copy()
                if index in drawn:
                    for mask in lowest_last(drawn[index]):
                        _draw(picture, masks.decode(mask.rle), colors[mask.object_id], thickness)
                yield float(times[index] - times[video.selected[0]]), picture

        with reader.sound(video.selected) as sound:
            write_mp4(path, frames(), (width, height), fps, sound)
    return []


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
