"""Where the simulated user clicks."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sam2_lit.evaluation.davis import Truth
from sam2_lit.records.masks import BoolMask


@dataclass(frozen=True)
class Click:
    """`x` and `y` relative to the frame, 0 to 1; `label` is 1 on the object and 0 on background."""

    x: float
    y: float
    label: int


def next_click(mask: BoolMask, truth: Truth) -> Click | None:
    """A click at the center of the largest region where `mask`, bool [H, W], is wrong; None where it is right.

    A region is a connected set of false negatives or of false positives. Its center is the pixel farthest from the
    region's edge, where the frame's border counts as an edge. SAM 2 samples its correction clicks in this way
    (`sample_one_point_from_error_center` in sam2/modeling/sam2_utils.py).
    """
    false_negatives, false_positives = truth.mask & ~mask & truth.valid, mask & ~truth.mask & truth.valid
    missed_size, missed_region = _largest_region(false_negatives)
    extra_size, extra_region = _largest_region(false_positives)
    size, label = max((missed_size, 1), (extra_size, 0))
    if size == 0:
        return None
    inside = np.pad(missed_region if label else extra_region, 1)
    depth = ndimage.distance_transform_edt(inside)[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    height, width = mask.shape
    return Click((float(x) + 0.5) / width, (float(y) + 0.5) / height, label)


def _largest_region(mask: BoolMask) -> tuple[int, BoolMask]:
    regions, count = ndimage.label(mask)
    if count == 0:
        return 0, mask
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    largest = int(sizes.argmax())
    return int(sizes[largest]), regions == largest
