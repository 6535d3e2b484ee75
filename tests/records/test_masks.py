import numpy as np
import pytest
from pycocotools import mask as coco

from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask

CORNER = np.zeros((7, 5), dtype=bool)
CORNER[0, 0] = True
MASKS = {
    "empty": np.zeros((7, 5), dtype=bool),
    "full": np.ones((7, 5), dtype=bool),
    "one corner": CORNER,
    "all but one corner": ~CORNER,
    "one pixel": np.ones((1, 1), dtype=bool),
    "noise": np.random.default_rng(0).random((45, 80)) < 0.5,
    "specks": np.random.default_rng(1).random((360, 640)) < 0.001,
    "column by column in memory": np.asfortranarray(np.random.default_rng(2).random((45, 80)) < 0.5),
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_encoding_equals_pycocotools_and_decodes_to_the_same_mask(mask: BoolMask) -> None:
    encoded = masks.encode(mask)

    assert encoded.counts == coco.encode(np.asfortranarray(mask, dtype=np.uint8))["counts"].decode()
    assert np.array_equal(masks.decode(encoded), mask)
