"""Prompts on an object, and their validation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records.masks import RLE, BoolMask, decode_for


@dataclass(frozen=True)
class PointPrompt:
    """Clicks.

    Attributes:
        points: (x, y) relative to the frame, 0 to 1 from its top left corner.
        labels: one per point, 1 for the object, 0 for background.
        clear_old_points: whether they replace the frame's earlier points or are added to them.
    """

    points: tuple[tuple[float, float], ...]
    labels: tuple[int, ...]
    clear_old_points: bool


@dataclass(frozen=True)
class BoxPrompt:
    """A box around the object: (x0, y0, x1, y1) relative to the frame, 0 to 1 from its top left corner."""

    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class MaskPrompt:
    """A mask of the object, drawn by hand: bool [H, W] at the video's resolution. Empty: the object is not there."""

    mask: BoolMask

    @property
    def is_empty(self) -> bool:
        return not self.mask.any()


Prompt = PointPrompt | BoxPrompt | MaskPrompt


def point_prompt(
    points: Sequence[Sequence[float]], labels: Sequence[int], clear_old_points: bool, max_points: int
) -> PointPrompt:
    """Validates clicks. Raises LitError (INVALID_PROMPT) that names the point that is wrong."""
    if not points:
        raise _invalid("there are no points; send at least one, or use clearPointsInFrame to remove them")
    if len(points) > max_points:
        raise _invalid(f"there are {len(points)} points; at most {max_points} are taken at once")
    if len(points) != len(labels):
        raise _invalid(f"there are {len(points)} points and {len(labels)} labels; each point needs one label")
    for index, point in enumerate(points):
        if len(point) != 2 or not all(_is_relative(value) for value in point):
            raise _invalid(f"point {index} is {list(point)}; a point is [x, y], each from 0 to 1 relative to the frame")
    for index, label in enumerate(labels):
        if label not in (0, 1):
            raise _invalid(f"label {index} is {label}; labels are 1 for the object and 0 for background")
    return PointPrompt(tuple((x, y) for x, y in points), tuple(labels), clear_old_points)


def box_prompt(box: Sequence[float]) -> BoxPrompt:
    """Validates a box. Raises LitError (INVALID_PROMPT)."""
    if len(box) != 4 or not all(_is_relative(value) for value in box):
        raise _invalid(f"the box is {list(box)}; a box is [x0, y0, x1, y1], each from 0 to 1 relative to the frame")
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        raise _invalid(f"the box is {list(box)}; x0 must be less than x1, and y0 less than y1")
    return BoxPrompt((x0, y0, x1, y1))


def mask_prompt(rle: RLE, width: int, height: int) -> MaskPrompt:
    """Validates a drawn mask for a video of `width` x `height` pixels. Raises LitError (INVALID_MASK)."""
    return MaskPrompt(decode_for(rle, width, height))


def correction_prompt(
    *,
    points: Sequence[Sequence[float]] | None,
    labels: Sequence[int] | None,
    box: Sequence[float] | None,
    rle: RLE | None,
    width: int,
    height: int,
    max_points: int,
) -> Prompt:
    """The one prompt of a correction. Raises LitError (INVALID_PROMPT or INVALID_MASK)."""
    given = [name for name, value in (("points", points), ("box", box), ("rleMask", rle)) if value is not None]
    if len(given) != 1:
        raise _invalid(
            f"a correction is exactly one of points (with labels), box and rleMask; given: {', '.join(given) or 'none'}"
        )
    if labels is not None and points is None:
        raise _invalid(f"labels belong to points; given with {given[0]}")
    if points is not None:
        return point_prompt(points, labels or [], clear_old_points=False, max_points=max_points)
    if box is not None:
        return box_prompt(box)
    assert rle is not None
    return mask_prompt(rle, width, height)


def _is_relative(value: float) -> bool:
    return math.isfinite(value) and 0 <= value <= 1


def _invalid(message: str) -> LitError:
    return LitError(ErrorCode.INVALID_PROMPT, message)
