"""Changes a given mask around clicks, and nowhere else."""

from collections.abc import Sequence

import numpy as np

from sam2_lit.records.masks import BoolMask

_REACH = 2
"""Chosen with `benchmarks.clicks_on_masks`: 1.5 adds less of what is missing, 3 takes from the object."""

_DISC = 0.7
"""Less than 1, so that the disc stays off the edge of the mask."""


def blended(
    mask: BoolMask, proposal: BoolMask, points: Sequence[tuple[float, float]], labels: Sequence[int]
) -> BoolMask:
    """A mask with a proposal's pixels around each click, all bool [H, W].

    Clicks are applied one after the other, each to what those before it have made. One on the object (label 1) adds
    the connected region of pixels around it that only the proposal has; one off the object removes the connected region
    around it that only the mask has. Either reaches `_REACH` times as far as the click is from the edge of the mask: a
    model's answer to a click off the object may leave nothing of it. Where the proposal does not agree with a click,
    the click changes the disc around it that reaches `_DISC` times as far as that edge.

    Args:
        mask: what was given or tracked.
        proposal: what the model makes of the mask and of all clicks.
        points: (x, y) relative to the frame, 0 to 1.
        labels: one for each point.
    """
    height, width = mask.shape
    result = mask.copy()
    for (x, y), label in zip(points, labels, strict=True):
        at = min(int(y * height), height - 1), min(int(x * width), width - 1)
        wanted = label == 1
        if result[at] == wanted:
            continue
        if proposal[at] == wanted:
            wrong = connected((result != proposal) & (result != wanted), at)
            result[wrong & around(result, at, _REACH)] = wanted
        else:
            result[around(result, at, _DISC)] = wanted
    return result


def around(mask: BoolMask, pixel: tuple[int, int], reach: float) -> BoolMask:
    """The pixels within `reach` times the distance from a (row, column) to the nearest pixel of the other kind.

    Where there is none, to the nearest pixel outside the mask.
    """
    same = mask == mask[pixel]
    if same.all():
        same = np.pad(same, 1)
        others = np.argwhere(~same) - 1
    else:
        # The nearest of the other kind has a neighbor of this kind.
        touching = np.zeros_like(same)
        touching[1:] |= same[:-1]
        touching[:-1] |= same[1:]
        touching[:, 1:] |= same[:, :-1]
        touching[:, :-1] |= same[:, 1:]
        others = np.argwhere(touching & ~same)
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    squared = (rows - pixel[0]) ** 2 + (columns - pixel[1]) ** 2
    nearest = int(((others - pixel) ** 2).sum(axis=1).min())
    within: BoolMask = squared <= reach**2 * nearest
    return within


def connected(region: BoolMask, pixel: tuple[int, int]) -> BoolMask:
    """The part of a region, bool [H, W], that is connected to a (row, column) of it by sides of pixels."""
    padded = np.pad(region, ((0, 0), (1, 1)))
    edges = np.diff(padded.astype(np.int8), axis=1)
    starts = [np.flatnonzero(row == 1) for row in edges]
    ends = [np.flatnonzero(row == -1) for row in edges]
    found = np.zeros_like(region)
    row, column = pixel
    waiting = [(row, int(np.searchsorted(starts[row], column, side="right")) - 1)]
    while waiting:
        row, run = waiting.pop()
        first, last = int(starts[row][run]), int(ends[row][run])
        if found[row, first]:
            continue
        found[row, first:last] = True
        for other in (row - 1, row + 1):
            if 0 <= other < len(starts):
                # The runs that share a column with this one.
                low = int(np.searchsorted(ends[other], first, side="right"))
                high = int(np.searchsorted(starts[other], last, side="left"))
                waiting += [(other, each) for each in range(low, high)]
    return found
