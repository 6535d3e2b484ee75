"""Binary masks, their COCO run-length encoding, and their IoU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from sam2_lit.errors import ErrorCode, LitError

_MAX_PLACE = 6
"""A number has at most 7 groups of 5 bits, as many as an unsigned 32-bit integer needs."""

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


def no_mask(width: int, height: int) -> RLE:
    """The empty mask of a frame of `width` x `height` pixels."""
    return encode(np.zeros((height, width), np.bool_))


def is_empty(rle: RLE) -> bool:
    """Whether a valid mask has no pixel."""
    return int(coco.area({"size": list(rle.size), "counts": rle.counts.encode("ascii")})) == 0


def decode_for(rle: RLE, width: int, height: int) -> BoolMask:
    """As `decode`; also refuses a mask whose size is not that of a frame of `width` x `height` pixels."""
    if rle.size != (height, width):
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's size is {list(rle.size)}; this video's masks are [height, width] = [{height}, {width}]",
        )
    return decode(rle)


def bounding_box(mask: BoolMask) -> tuple[float, float, float, float]:
    """The bounding box of a mask, bool [H, W], that is not empty: x0, y0, x1, y1 relative to the frame, 0 to 1."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        float(columns[0]) / width,
        float(rows[0]) / height,
        float(columns[-1] + 1) / width,
        float(rows[-1] + 1) / height,
    )


def iou(a: BoolMask, b: BoolMask) -> float:
    """Intersection over union of two masks of one shape, 0 to 1; 1.0 where both are empty."""
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0


def _check(rle: RLE) -> None:
    # pycocotools does not check: counts that overrun the mask make it read and write out of bounds.
    height, width = rle.size
    if height < 1 or width < 1:
        raise LitError(ErrorCode.INVALID_MASK, f"the mask's size is {list(rle.size)}; both must be at least 1")
    pixels = height * width
    longest = _longest(pixels)
    if len(rle.counts) > longest:
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's counts have {len(rle.counts)} characters; a mask of size {list(rle.size)} needs at most "
            f"{longest}",
        )
    total = _total(_runs(rle.counts))
    if total != pixels:
        raise LitError(
            ErrorCode.INVALID_MASK,
            f"the mask's counts cover {total} pixels; its size {list(rle.size)} has {pixels}",
        )


def _longest(pixels: int) -> int:
    """How many characters a mask may have: each run has a pixel and a character, and one more for 16 pixels or more.

    A difference d has a character for |d| up to 15, and no more than |d| / 16 further ones. The differences add up to
    twice the pixels at most.
    """
    return pixels + pixels // 8 + 8


def _runs(counts: str) -> NDArray[np.int64]:
    """The lengths of the runs of a compressed string, background first. Raises INVALID_MASK for the first mistake."""
    # rleFrString in cocoapi's maskApi.c: each character minus '0' holds 5 bits of a number, least significant first,
    # and a sixth bit that says whether more follow; the top bit of the last 5 is the sign. From the fourth run on,
    # numbers are differences to the run two before.
    # Bytes of UTF-8 that are not ASCII are not groups either.
    groups = np.frombuffer(counts.encode("utf-8", "surrogatepass"), np.uint8).astype(np.int16) - np.int16(48)
    more = (groups & 32) != 0
    starts = np.flatnonzero(np.concatenate([[True], ~more])[: groups.size]).astype(np.int32)
    place = np.arange(groups.size, dtype=np.int32) - np.repeat(starts, np.diff(starts, append=np.int32(groups.size)))
    wrong = (groups < 0) | (groups >= 64) | (place > _MAX_PLACE)
    readable = int(np.argmax(wrong)) if wrong.any() else groups.size
    runs = _decoded(groups[:readable], more[:readable], place[:readable])
    # Before what is wrong behind it, as the client's mistake that is reported is the first.
    if (runs < 0).any():
        raise LitError(ErrorCode.INVALID_MASK, "the mask's counts hold a negative run")
    if readable < groups.size:
        raise LitError(ErrorCode.INVALID_MASK, "the mask's counts are not a COCO compressed RLE string")
    if groups.size and more[-1]:
        raise LitError(ErrorCode.INVALID_MASK, "the mask's counts end in the middle of a run")
    return runs


def _decoded(groups: NDArray[np.int16], more: NDArray[np.bool_], place: NDArray[np.int32]) -> NDArray[np.int64]:
    """The runs that are complete; `place` is each group's within its number."""
    ends = np.flatnonzero(~more)
    complete = int(ends[-1]) + 1 if ends.size else 0
    if not complete:
        return np.empty(0, np.int64)
    starts = np.flatnonzero(place[:complete] == 0)
    bits = (groups[:complete] & 31).astype(np.int64)
    bits <<= 5 * place[:complete]
    runs: NDArray[np.int64] = np.add.reduceat(bits, starts)
    is_negative = (groups[ends] & 16) != 0
    runs[is_negative] -= np.int64(1) << (5 * (place[ends][is_negative].astype(np.int64) + 1))
    runs[1::2] = np.cumsum(runs[1::2])
    runs[2::2] = np.cumsum(runs[2::2])
    return runs


def _total(runs: NDArray[np.int64]) -> int:
    # A sum of 64-bit integers could wrap around to the right one.
    if runs.size and int(runs.max()) > np.iinfo(np.int64).max // runs.size:
        return sum(runs.tolist())
    return int(runs.sum())
