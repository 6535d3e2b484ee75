"""Binary masks as COCO run-length encodings, and how alike two masks are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from sam2_lit.errors import ErrorCode, LitError

BoolMask = NDArray[np.bool_]


@dataclass(frozen=True)
class RLE:
    """A COCO run-length encoding of a mask, column by column (order F).

    `size` is (height, width) in pixels; `counts` is COCO's compressed string.
    """

    size: tuple[int, int]
    counts: str


def encode(mask: BoolMask) -> RLE:
    """The COCO RLE of `mask`, a bool array [H, W], as pycocotools' `encode` makes it.

    That one keeps other threads from running Python while it looks at each pixel. Here NumPy finds the runs, which
    lets them, and pycocotools writes the few that there are.
    """
    height, width = mask.shape
    flat = mask.ravel(order="F")
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    # The first run is of background, and may be empty.
    starts = [0, 0] if flat[0] else [0]
    runs = np.diff(np.concatenate([starts, ends, [flat.size]]))
    encoded = coco.frPyObjects({"size": [height, width], "counts": runs.tolist()}, height, width)
    return RLE((height, width), encoded["counts"].decode("ascii"))


def decode(rle: RLE) -> BoolMask:
    """The bool array [H, W] that `rle` encodes.

    Raises:
        LitError: INVALID_MASK where the counts are not a COCO compressed string that covers `size` exactly.
    """
    _check(rle)
    mask: BoolMask = coco.decode({"size": list(rle.size), "counts": rle.counts.encode("ascii")}).astype(np.bool_)
    return mask


def decode_for(rle: RLE, width: int, height: int) -> BoolMask:
    """As `decode`, for a mask that has to be as large as a frame of `width` x `height` pixels."""
    if rle.size != (height, width):
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's size is {list(rle.size)}; this video's masks are [height, width] = [{height}, {width}]",
        )
    return decode(rle)


def iou(a: BoolMask, b: BoolMask) -> float:
    """Intersection over union of two bool arrays of one shape; 1.0 where both are empty."""
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0


def _check(rle: RLE) -> None:
    # pycocotools trusts the string: counts that overrun the mask would be read and written past its end.
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
    # COCO's string: 5 bits a character from '0' on, the sixth says "more follows", the last group's top bit is
    # the sign, and from the fourth run on each is a difference to the run two before (cocoapi maskApi.c).
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
