"""Masks are kept within the boxes that people draw."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sam2_lit.engine.sessions.box_masks import Box, fit, within
from sam2_lit.records.masks import BoolMask, bounding_box

masks = arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12)))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    (x0, x1), (y0, y1) = (sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True))) for _ in "xy")
    return x0, y0, x1, y1


@given(masks, boxes())
def test_nothing_is_added_and_all_that_is_inside_of_the_box_stays(mask: BoolMask, box: Box) -> None:
    kept = within(mask, box)
    assert not (kept & ~mask).any()
    height, width = mask.shape
    y, x = np.nonzero(mask & ~kept)
    x0, y0, x1, y1 = box
    inside = (x + 1 > x0 * width) & (x < x1 * width) & (y + 1 > y0 * height) & (y < y1 * height)
    assert not inside.any()


@given(masks, boxes())
def test_what_is_more_than_a_tenth_of_the_box_outside_of_it_goes(mask: BoolMask, box: Box) -> None:
    height, width = mask.shape
    y, x = np.nonzero(within(mask, box))
    x0, y0, x1, y1 = box
    wide, high = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
    assert ((x + 1 >= (x0 - wide) * width) & (x <= (x1 + wide) * width)).all()
    assert ((y + 1 >= (y0 - high) * height) & (y <= (y1 + high) * height)).all()


@given(masks.filter(lambda mask: bool(mask.any())))
def test_a_mask_fits_its_own_bounding_box(mask: BoolMask) -> None:
    x0, y0, x1, y1 = bounding_box(mask)
    assert fit(mask, (x0, y0, x1, y1)) > 1 - 1e-9
    assert np.array_equal(within(mask, (x0, y0, x1, y1)), mask)


def test_a_mask_elsewhere_and_an_empty_one_do_not_fit() -> None:
    mask = np.zeros((10, 10), bool)
    assert fit(mask, (0, 0, 1, 1)) == 0
    mask[:3, :3] = True
    assert fit(mask, (0.5, 0.5, 1, 1)) == 0
    assert abs(fit(mask, (0, 0, 0.6, 0.3)) - 0.5) < 1e-9
