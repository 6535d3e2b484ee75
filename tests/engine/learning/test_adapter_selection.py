from dataclasses import replace

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.learning.adapter_selection import (
    AGREEMENT,
    CONTINUITY_GAIN,
    LIKENESS_GAIN,
    REACH,
    Evidence,
    better,
    first_trusted,
    looks_better,
    weigh,
)
from sam2_lit.lora.bank import AdapterCandidate
from sam2_lit.lora.decode import DecodedMask

SCORES = {"candidate_score": 5.0, "tracked_score": 3.0}
CONVINCING = Evidence(
    agreement=0.7,
    candidate_continuity=0.8,
    tracked_continuity=0.6,
    candidate_likeness=0.9,
    tracked_likeness=0.7,
    candidate_score=5.0,
    tracked_score=3.0,
)


def strip(columns: int, score: float = 5.0, iou: float = 0.5) -> DecodedMask:
    """A mask of the first `columns` of 10 columns."""
    logits = torch.full((1, 1, 10, 10), -3.0)
    logits[..., :columns] = 3.0
    return DecodedMask(logits, torch.tensor([iou]), torch.tensor([score]))


def square(top: int, left: int, side: int) -> Tensor:
    """A mask of 10 x 10."""
    mask = torch.zeros((10, 10), dtype=torch.bool)
    mask[top : top + side, left : left + side] = True
    return mask


def before(columns: int) -> Tensor:
    return strip(columns).logits > 0


def test_a_mask_that_agrees_and_continues_the_last_more_smoothly_looks_better() -> None:
    assert looks_better(CONVINCING)


def test_a_mask_that_continues_hardly_more_smoothly_does_not_look_better() -> None:
    assert not looks_better(replace(CONVINCING, candidate_continuity=CONVINCING.tracked_continuity + CONTINUITY_GAIN))


def test_a_mask_that_contradicts_the_tracker_does_not_look_better() -> None:
    assert not looks_better(replace(CONVINCING, agreement=AGREEMENT))


def test_a_mask_whose_shape_is_no_more_similar_does_not_look_better() -> None:
    assert not looks_better(replace(CONVINCING, candidate_likeness=CONVINCING.tracked_likeness + LIKENESS_GAIN))


def test_no_mask_looks_better_unless_both_scores_say_that_the_object_is_in_view() -> None:
    assert not looks_better(replace(CONVINCING, tracked_score=-1.0))
    assert not looks_better(replace(CONVINCING, candidate_score=-1.0))


def test_likeness_does_not_depend_on_where_the_object_moved() -> None:
    weighed = weigh(candidate=square(4, 4, 3), tracked=square(3, 4, 3), before=square(0, 0, 3), **SCORES)

    assert weighed.candidate_likeness == weighed.tracked_likeness == 1.0
    assert weighed.candidate_continuity == weighed.tracked_continuity == 0.0
    assert weighed.agreement == pytest.approx(6 / 12)


def test_a_larger_mask_overlaps_the_frame_before_more_but_is_less_similar() -> None:
    weighed = weigh(candidate=square(1, 1, 5), tracked=square(3, 3, 3), before=square(1, 1, 3), **SCORES)

    assert weighed.candidate_continuity > weighed.tracked_continuity + CONTINUITY_GAIN
    assert weighed.candidate_likeness == pytest.approx(9 / 25)
    assert not looks_better(weighed)


def test_an_empty_mask_is_similar_to_none() -> None:
    weighed = weigh(candidate=square(1, 1, 3), tracked=square(0, 0, 0), before=square(1, 1, 3), **SCORES)

    assert (weighed.tracked_continuity, weighed.tracked_likeness) == (0.0, 0.0)


def test_better_masks_are_sorted_by_agreement_highest_first() -> None:
    tracked, last = strip(5), before(9)
    candidates = [
        AdapterCandidate("far", strip(9)),
        AdapterCandidate("shorter", strip(4)),
        AdapterCandidate("near", strip(6)),
        AdapterCandidate("middle", strip(7)),
    ]

    assert [each.adapter_id for each in better(tracked, candidates, last)] == ["near", "middle", "far"]


def test_a_higher_predicted_iou_does_not_make_a_mask_look_better() -> None:
    assert better(strip(5, iou=0.1), [AdapterCandidate("sure", strip(3, iou=0.99))], before(5)) == []
    assert better(strip(5, score=-1.0), [AdapterCandidate("sure", strip(5))], before(5)) == []


def test_the_first_candidate_with_a_near_correction_is_trusted() -> None:
    found = [
        AdapterCandidate("far", strip(6)),
        AdapterCandidate("near", strip(7)),
        AdapterCandidate("nearest", strip(9)),
    ]

    trusted = first_trusted(found, {"far": REACH + 1, "near": REACH, "nearest": 1})

    assert trusted is found[1]


def test_no_candidate_far_from_its_corrections_is_trusted() -> None:
    assert first_trusted([AdapterCandidate("far", strip(6))], {"far": REACH + 1}) is None
    assert first_trusted([], {}) is None
