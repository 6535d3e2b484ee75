"""Masks of files as RLE: COCO's segmentations, and polygons."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from sam2_lit.errors import LitError
from sam2_lit.imports.parsed import Reading
from sam2_lit.imports.refusals import unusable
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE

# pycocotools walks along a polygon in fifths of a pixel.
_MAX_LENGTH = 4_000_000
_MIN_COORDINATES = 6
_NEARLY = 1e-4


def rle_of(reading: Reading, segmentation: Any, name: str) -> RLE | None:
    """A mask of the video's size by COCO's `segmentation`: RLE, compressed or not, or polygons; None where it is empty.

    Raises:
        LitError: UNSUPPORTED_MEDIA where it is none, or does not have this size.
    """
    size = reading.size
    if segmentation is None or segmentation == []:
        reading.lose("annotations without a segmentation are boxes, and no masks")
        return None
    if isinstance(segmentation, list):
        return raster(reading, segmentation, name)
    if not isinstance(segmentation, dict) or list(segmentation.get("size") or ()) != list(size):
        raise unusable(name, f"a segmentation is neither polygons nor RLE of size {list(size)}")
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        return canonical(RLE(size, counts), name)
    return _uncompressed(counts, size, name)


def canonical(rle: RLE, name: str) -> RLE:
    """The same mask as `masks.encode` writes it. Raises LitError (UNSUPPORTED_MEDIA) where it is no mask."""
    try:
        return masks.encode(masks.decode(rle))
    except LitError as error:
        raise unusable(name, error.message) from error


def raster(reading: Reading, polygons: Sequence[Any], name: str) -> RLE | None:
    """The union of polygons, each [x, y, x, y, …] in pixels, as pycocotools rasterizes them; None where none has area.

    Coordinates that are nearly whole numbers are taken as such. Raises LitError (UNSUPPORTED_MEDIA).
    """
    height, width = reading.size
    parts = [part for each in polygons if len(part := _coordinates(each, reading.size, name)) >= _MIN_COORDINATES]
    if len(parts) < len(polygons):
        reading.lose("polygons of one or two points enclose nothing")
    if not parts:
        return None
    encoded = coco.merge(coco.frPyObjects([part.tolist() for part in parts], height, width))
    return masks.encode(coco.decode(encoded).astype(np.bool_))


def _coordinates(polygon: Any, size: tuple[int, int], name: str) -> NDArray[np.float64]:
    try:
        flat = np.asarray(polygon, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise unusable(name, "a polygon is not a list of numbers") from error
    if flat.ndim != 1 or flat.size % 2:
        raise unusable(name, "a polygon is not a list of x, y, x, y, …")
    height, width = size
    limits = np.tile([width, height], flat.size // 2)
    if not np.all(np.isfinite(flat)) or np.any(flat < -limits) or np.any(flat > 2 * limits):
        raise unusable(name, f"a polygon is far outside of its picture of {width}x{height} pixels")
    points = flat.reshape(-1, 2)
    steps = np.abs(np.diff(points, axis=0, append=points[:1])).max(axis=1)
    if steps.sum() > _MAX_LENGTH:
        raise unusable(name, f"a polygon is longer than {_MAX_LENGTH} pixels")
    whole = np.round(flat)
    return np.where(np.abs(flat - whole) < _NEARLY, whole, flat)


def _uncompressed(counts: Any, size: tuple[int, int], name: str) -> RLE:
    try:
        runs = np.asarray(counts)
    except (TypeError, ValueError, OverflowError) as error:
        raise unusable(name, "the counts of an RLE are not a list of numbers") from error
    height, width = size
    if runs.ndim != 1 or runs.dtype.kind not in "iu" or np.any(runs < 0) or np.any(runs > height * width):
        raise unusable(name, "the counts of an RLE are not whole numbers of pixels")
    if int(runs.sum()) != height * width:
        raise unusable(name, f"the counts of an RLE cover {int(runs.sum())} pixels of {height * width}")
    flat = np.repeat(np.arange(runs.size) % 2 == 1, runs)
    return masks.encode(flat.reshape((height, width), order="F"))
