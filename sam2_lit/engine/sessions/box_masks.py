"""Keeps masks within the boxes that people draw around objects."""

import numpy as np

from sam2_lit.records.masks import BoolMask, bounding_box

Box = tuple[float, float, float, float]

FITS = 0.6
"""A tracked mask whose bounding box overlaps the drawn one by this IoU is of that object.

Of 0.5, 0.6, 0.7 and 0.8 the best on validation clips, by a script that is not in the repository;
`benchmarks.boxes_on_tracked` measures the result.
"""

_MARGIN = 0.1
"""People draw a little inside of outlines: of the box's sides, on each side."""


def within(mask: BoolMask, box: Box) -> BoolMask:
    """The part of a mask, bool [H, W], in a box (x0, y0, x1, y1), 0 to 1 of the frame, with a small margin."""
    height, width = mask.shape
    x0, y0, x1, y1 = box
    wide, high = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    rows = slice(max(0, int((y0 - high) * height)), int((y1 + high) * height) + 1)
    columns = slice(max(0, int((x0 - wide) * width)), int((x1 + wide) * width) + 1)
    kept = np.zeros_like(mask)
    kept[rows, columns] = mask[rows, columns]
    return kept


def fit(mask: BoolMask, box: Box) -> float:
    """The IoU of a mask's bounding box with a box (x0, y0, x1, y1), 0 to 1 of the frame; 0 for an empty mask."""
    if not mask.any():
        return 0.0
    own = bounding_box(mask)
    overlap = max(0.0, min(own[2], box[2]) - max(own[0], box[0])) * max(0.0, min(own[3], box[3]) - max(own[1], box[1]))
    return overlap / (_area(own) + _area(box) - overlap)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
