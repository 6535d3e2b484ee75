"""Applies rotation metadata to decoded frames."""

import numpy as np
from numpy.typing import NDArray

Matrix = tuple[int, ...]
IDENTITY: Matrix = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def swaps_sides(matrix: Matrix) -> bool:
    """Whether the display matrix turns columns into rows (a quarter turn in either direction)."""
    a, b, _, c, d = matrix[:5]
    return abs(a) + abs(d) < abs(b) + abs(c)


def upright(image: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """Applies the quarter turns and mirrorings of a display matrix.

    Args:
        image: (height, width, channels) as coded.
        matrix: nine fixed-point numbers (a, b, u, c, d, v, tx, ty, w) (ISO/IEC 14496-12, 6.2.2): the pixel (x, y) is
            shown at (a x + c y, b x + d y).

    Returns:
        The image as displayed, (width, height, channels) where `swaps_sides`.
    """
    a, b, _, c, d = matrix[:5]
    if swaps_sides(matrix):
        image, across, down = image.swapaxes(0, 1), c, b
    else:
        across, down = a, d
    if across < 0:
        image = image[:, ::-1]
    if down < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)
