"""A proposal's pixels around clicks, and nothing else."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from sam2_lit.engine.sessions.mask_blending import blended, connected
from sam2_lit.records.masks import BoolMask

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

    if mask[pixel] == on_object or proposal[pixel] != on_object:
        assert np.array_equal(result, mask)
    else:
        only_there = proposal & ~mask if on_object else mask & ~proposal
        squared = ((np.mgrid[:7, :9] - np.array(pixel)[:, None, None]) ** 2).sum(axis=0)
        nearest = squared[mask == on_object].min(initial=1000)
        assert np.array_equal(result != mask, component(only_there, pixel) & (squared <= 4 * nearest))


def test_a_click_on_the_border_of_the_frame_is_on_its_last_pixel() -> None:
    mask, proposal = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    proposal[3, 2:] = True

    result = blended(mask, proposal, [(1.0, 1.0)], [1])

    assert np.array_equal(result, proposal)
