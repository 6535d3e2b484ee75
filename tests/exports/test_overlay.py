import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from sam2_lit.exports.overlay import eroded

NOISE = np.random.default_rng(0)


@pytest.mark.parametrize("by", [1, 2, 3, 6])
@pytest.mark.parametrize("density", [0.5, 0.95, 0.999, 1.0])
def test_erosion_equals_scipys(by: int, density: float) -> None:
    mask = NOISE.random((48, 65)) < density

    np.testing.assert_array_equal(eroded(mask, by), binary_erosion(mask, iterations=by))


def test_erosion_of_one_row_leaves_nothing() -> None:
    assert not eroded(np.ones((1, 9), bool), 1).any()
