from collections.abc import Iterator

import numpy as np
import pytest
from pycocotools import mask as coco

from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.records import masks
from sam2_lit.records.masks import RLE, BoolMask

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


def numbers(counts: str) -> Iterator[int]:
    """cocoapi's rleFrString, character by character; the reference of the properties below."""
    value = shift = 0
    for character in counts:
        group = ord(character) - 48
        if not 0 <= group < 64 or shift > 30:
            raise ValueError("are not a COCO compressed RLE string")
        value |= (group & 31) << shift
        shift += 5
        if not group & 32:
            yield value - (1 << shift) * bool(group & 16)
            value = shift = 0
    if shift:
        raise ValueError("end in the middle of a run")


def covered(counts: str) -> int:
    """The pixels that counts cover. Raises ValueError with the words for the first mistake."""
    runs: list[int] = []
    for number in numbers(counts):
        runs.append(number + (runs[-2] if len(runs) > 2 else 0))
        if runs[-1] < 0:
            raise ValueError("hold a negative run")
    return sum(runs)


def test_any_mask_decodes_to_what_pycocotools_decodes() -> None:
    random = np.random.default_rng(3)
    for _ in range(300):
        height, width = random.integers(1, 60, 2)
        mask = random.random((height, width)) < random.random() ** 3
        mask = np.repeat(mask, random.integers(1, 20), axis=int(random.integers(2)))
        encoded = coco.encode(np.asfortranarray(mask, dtype=np.uint8))

        assert np.array_equal(masks.decode(RLE(mask.shape, encoded["counts"].decode())), mask)


def test_any_string_is_accepted_where_it_covers_the_mask_and_refused_for_its_first_mistake() -> None:
    random = np.random.default_rng(4)
    accepted = 0
    for number in range(3000):
        alphabet = range(48, 64) if number % 2 else (*range(44, 114), 252, 0x1F600)
        counts = "".join(map(chr, random.choice(alphabet, random.integers(0, 9))))
        try:
            pixels, mistake = covered(counts), ""
        except ValueError as error:
            pixels, mistake = 1000, str(error)
        size = (1, max(pixels, 1)) if pixels < 10**6 else (1000, 1000)
        if not mistake and size[1] == pixels:
            accepted += 1
            decoded = masks.decode(RLE(size, counts))
            assert np.array_equal(decoded, coco.decode({"size": list(size), "counts": counts.encode()}))
            continue
        with pytest.raises(LitError) as refused:
            masks.decode(RLE(size, counts))
        assert refused.value.code is ErrorCode.INVALID_MASK
        assert (mistake or f"cover {pixels} pixels") in refused.value.message
    assert accepted > 100


def test_counts_that_are_longer_than_any_mask_of_their_size_are_refused_before_they_are_read() -> None:
    with pytest.raises(LitError, match="have 100 characters; a mask of size") as refused:
        masks.decode(RLE((4, 5), "!" * 100))

    assert refused.value.code is ErrorCode.INVALID_MASK


@pytest.mark.parametrize("period", [1, 2, 3, 15, 16, 17, 32, 33])
def test_the_masks_with_the_longest_counts_are_accepted(period: int) -> None:
    runs = np.arange(2000) // 2 % 2 * (period - 1) + 1
    mask = np.repeat(np.arange(2000) % 2 == 1, runs)[None]

    assert np.array_equal(masks.decode(masks.encode(mask)), mask)


def test_counts_whose_sum_does_not_fit_64_bits_are_refused_with_their_sum() -> None:
    # The largest number again and again; each is a difference to the run two before.
    counts = ("o" * 6 + "?") * 150_000

    with pytest.raises(LitError, match=f"cover {covered(counts)} pixels"):
        masks.decode(RLE((1000, 1000), counts))
