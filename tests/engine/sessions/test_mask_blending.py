"""A proposal's pixels around clicks, and nothing else."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage

from sam2_lit.engine.sessions.mask_blending import blended, connected
from sam2_lit.records.masks import BoolMask

IntArray = NDArray[np.int64]

masks = arrays(bool, (7, 9))
pixels = st.tuples(st.integers(0, 6), st.integers(0, 8))


def component(region: BoolMask, pixel: tuple[int, int]) -> BoolMask:
    labels, _ = ndimage.label(region)
    found: BoolMask = labels == labels[pixel]
    return found


@given(masks, pixels)
def test_what_is_connected_to_a_pixel_is_its_component(region: BoolMask, pixel: tuple[int, int]) -> None:
    assume(region[pixel])

    assert np.array_equal(connected(region, pixel), component(region, pixel))


@given(masks, masks, pixels, st.booleans())
def test_a_click_changes_the_region_around_it_where_the_proposal_agrees_and_nothing_else(
    mask: BoolMask, proposal: BoolMask, pixel: tuple[int, int], on_object: bool
) -> None:
    row, column = pixel

    result = blended(mask, proposal, [((column + 0.5) / 9, (row + 0.5) / 7)], [int(on_object)])

    if mask[pixel] == on_object:
        assert np.array_equal(result, mask)
        return
    squared = ((np.mgrid[-1:8, -1:10] - np.array(pixel)[:, None, None]) ** 2).sum(axis=0)
    inside = squared[1:-1, 1:-1]
    nearest = inside[mask == on_object].min() if (mask == on_object).any() else border_of(squared).min()
    if proposal[pixel] == on_object:
        only_there = proposal & ~mask if on_object else mask & ~proposal
        assert np.array_equal(result != mask, component(only_there, pixel) & (inside <= 4 * nearest))
    else:
        assert np.array_equal(result != mask, (mask != on_object) & (inside <= 0.49 * nearest))


def border_of(squared: IntArray) -> IntArray:
    return np.concatenate([squared[0], squared[-1], squared[:, 0], squared[:, -1]])


@given(masks, masks, st.lists(st.tuples(pixels, st.booleans()), min_size=1, max_size=5))
def test_the_last_click_on_a_pixel_decides_about_it(
    mask: BoolMask, proposal: BoolMask, clicks: list[tuple[tuple[int, int], bool]]
) -> None:
    points = [((column + 0.5) / 9, (row + 0.5) / 7) for (row, column), _ in clicks]

    result = blended(mask, proposal, points, [int(on_object) for _, on_object in clicks])

    pixel, on_object = clicks[-1]
    assert result[pixel] == on_object


def test_a_click_on_the_border_of_the_frame_is_on_its_last_pixel() -> None:
    mask, proposal = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    proposal[3, 2:] = True

    result = blended(mask, proposal, [(1.0, 1.0)], [1])

    assert np.array_equal(result, proposal)
