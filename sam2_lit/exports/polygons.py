"""Masks as polygons along the edges of pixels, so that rasterizing them gives the masks back."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sam2_lit.records.masks import BoolMask

Point = tuple[int, int]
"""(x, y) of a pixel's corner: pixel (x, y) has the corners (x, y) and (x + 1, y + 1)."""


@dataclass
class _Ring:
    """A closed line: its corners from the uppermost, of these the leftmost, on; and the holes that hang from its edges.

    `bridges`: by the index of the corner before a horizontal edge, where on it a bridge begins (x), and the hole.
    """

    corners: list[Point]
    bridges: dict[int, list[tuple[int, list[Point]]]] = field(default_factory=lambda: defaultdict(list))

    def joined(self) -> list[Point]:
        """The ring with its holes: to each hole and back along the same bridge."""
        points: list[Point] = []
        for index, (x, y) in enumerate(self.corners):
            points.append((x, y))
            following = self.corners[(index + 1) % len(self.corners)]
            for at, hole in sorted(self.bridges.get(index, ()), reverse=following[0] < x):
                points += [(at, y), *hole, hole[0], (at, y)]
        return points


def polygons(mask: BoolMask) -> list[list[Point]]:
    """The parts of a mask, each a polygon of pixel corners; parts that touch at a corner only are parts of their own.

    A hole is joined to its part's outline by a bridge, a line that is followed to the hole and back, so the polygon
    touches itself there. By the even-odd rule the polygons enclose exactly the pixels of the mask; pycocotools
    (`rleFrPoly` in maskApi.c) rasterizes them to exactly the mask.

    Args:
        mask: bool [H, W].
    """
    rings, edge_of = _rings(mask)
    # A hole hangs from an edge above it, so from the lowest hole up each is complete when it is joined.
    for ring in reversed(rings):
        x, y = ring.corners[0]
        if mask[y, x]:
            continue
        above = np.flatnonzero(~mask[:y, x])
        top = int(above[-1]) + 1 if above.size else 0
        parent, index = edge_of(x, top)
        rings[parent].bridges[index].append((x, ring.joined()))
    return [ring.joined() for ring in rings if mask[ring.corners[0][1], ring.corners[0][0]]]


def one_polygon(mask: BoolMask) -> list[Point]:
    """As `polygons`, with the parts joined to one polygon by bridges from the first part's first corner."""
    first, *others = polygons(mask)
    start = first[0]
    points = list(first)
    for part in others:
        points += [start, *part, part[0]]
    return [*points, start] if others else points


def _rings(mask: BoolMask) -> tuple[list[_Ring], "_EdgeFinder"]:
    """All outlines, by their uppermost and leftmost corner, and where each horizontal edge is."""
    ys, xs, in_column = _corners(mask)
    count = len(xs)
    # Along a row and along a column, the corners are the ends of edges in turn.
    partner_in_row = np.arange(count) ^ 1
    order = np.lexsort((in_column, ys, xs))
    partner_in_column = np.empty(count, np.int64)
    partner_in_column[order] = order[np.arange(count) ^ 1]
    across, along = partner_in_row.tolist(), partner_in_column.tolist()
    points = list(zip(xs.tolist(), ys.tolist(), strict=True))
    rings: list[_Ring] = []
    place: list[tuple[int, int]] = [(-1, -1)] * count
    for start in range(count):
        if place[start][0] >= 0:
            continue
        corners: list[Point] = []
        at = start
        while True:
            for step in (across, along):
                place[at] = (len(rings), len(corners))
                corners.append(points[at])
                at = step[at]
            if at == start:
                break
        rings.append(_Ring(corners))
    return rings, _EdgeFinder(ys, xs, place)


class _EdgeFinder:
    """Finds the horizontal edge that spans x to x + 1 on row y: its ring, and the corner before it."""

    def __init__(self, ys: NDArray[np.int64], xs: NDArray[np.int64], place: list[tuple[int, int]]) -> None:
        self._keys = ys * (int(xs.max(initial=0)) + 1) + xs
        self._width = int(xs.max(initial=0)) + 1
        self._place = place

    def __call__(self, x: int, y: int) -> tuple[int, int]:
        after = int(np.searchsorted(self._keys, y * self._width + x, side="right"))
        ring, index = self._place[after - 1]
        _, other = self._place[after]
        # The ring follows the edge from the corner of even index.
        return ring, index if index % 2 == 0 else other


def _corners(mask: BoolMask) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The corners of all outlines by row, then column: y, x, and the order of those on one point in its column.

    Where two pixels touch at a corner only, each has that corner: the left one first.
    """
    padded = np.pad(mask, 1)
    above_left, above, left, here = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    diagonal = (above_left == here) & (above == left) & (above != here)
    corner = (above_left ^ above ^ left ^ here) | diagonal
    ys, xs = np.nonzero(corner)
    repeats = np.where(diagonal[ys, xs], 2, 1)
    is_second = np.concatenate([np.arange(each) for each in repeats]) if len(repeats) else np.empty(0, np.int64)
    falls = np.repeat(here[ys, xs], repeats)
    ys, xs = np.repeat(ys, repeats), np.repeat(xs, repeats)
    # The edge to the left belongs to the pixel above where the pixels run down to the right, else to the one below.
    return ys, xs, np.where(falls, is_second, 1 - is_second)
