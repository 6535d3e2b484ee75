"""Binary masks, their COCO run-length encoding, and their IoU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from sam2_lit.errors import ErrorCode, LitError

BoolMask = NDArray[np.bool_]
"""bool [H, W] at the video's resolution, True where the object is."""


@dataclass(frozen=True)
class RLE:
    """A mask as COCO's compressed run-length encoding, in column-major order.

    Attributes:
        size: (height, width) in pixels.
        counts: COCO's compressed string.
    """

    size: tuple[int, int]
    counts: str


def encode(mask: BoolMask) -> RLE:
    """The RLE of `mask`, bool [H, W]; equal to pycocotools' `encode`.

    pycocotools holds the GIL while it reads every pixel. Here NumPy finds the runs without the GIL, and pycocotools
    encodes only those.
    """
    height, width = mask.shape
    flat = mask.ravel(order="F")
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    # COCO's first run is background, and may be empty.
    starts = [0, 0] if flat[0] else [0]
    runs = np.diff(np.concatenate([starts, ends, [flat.size]]))
    encoded = coco.frPyObjects({"size": [height, width], "counts": runs.tolist()}, height, width)
    return RLE((height, width), encoded["counts"].decode("ascii"))


def decode(rle: RLE) -> BoolMask:
    """The mask that `rle` encodes, bool [H, W].

    Raises:
        LitError: INVALID_MASK where the counts are not a COCO compressed string that covers `size` exactly.
    """
    _check(rle)
    mask: BoolMask = coco.decode({"size": list(rle.size), "counts": rle.counts.encode("ascii")}).astype(np.bool_)
    return mask


def decode_for(rle: RLE, width: int, height: int) -> BoolMask:
    """As `decode`; also refuses a mask whose size is not that of a frame of `width` x `height` pixels."""
    if rle.size != (height, width):
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's size is {list(rle.size)}; this video's masks are [height, width] = [{height}, {width}]",
        )
    return decode(rle)


def iou(a: BoolMask, b: BoolMask) -> float:
    """Intersection over union of two masks of one shape, 0 to 1; 1.0 where both are empty."""
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0


def _check(rle: RLE) -> None:
    # pycocotools does not check: counts that overrun the mask make it read and write out of bounds.
    height, width = rle.size
    if height < 1 or width < 1:
        raise LitError(ErrorCode.INVALID_MASK, f"the mask's size is {list(rle.size)}; both must be at least 1")
    total = sum(_runs(rle.counts))
    if total != height * width:
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's counts cover {total} pixels; its size {list(rle.size)} has {height * width}",
        )


def _runs(counts: str) -> list[int]:
    # rleFrString in cocoapi's maskApi.c: each character minus '0' holds 5 bits of a number, least significant first,
    # and a sixth bit that says whether more follow; the top bit of the last 5 is the sign. From the fourth run on,
    # numbers are differences to the run two before.
    runs: list[int] = []
    value = shift = 0
    for character in counts:
        group = ord(character) - 48
        if not 0 <= group < 64 or shift > 30:
            raise LitError(ErrorCode.INVALID_MASK, "the mask's counts are not a COCO compressed RLE string")
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        run = value + (runs[-2] if len(runs) > 2 else 0)
        if run < 0:
            raise LitError(ErrorCode.INVALID_MASK, "the mask's counts hold a negative run")
        runs.append(run)
        value = shift = 0
    if shift:
        raise LitError(ErrorCode.INVALID_MASK, "the mask's counts end in the middle of a run")
    return runs
