from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.learning.adapter_selection import (
    REACH,
    SUGGESTED,
    TRUSTED,
    Evidence,
    RatedCandidate,
    better,
    first_trusted,
    improvement_probability,
    weigh,
)
from sam2_lit.lora.bank import NEVER, AdapterCandidate
from sam2_lit.lora.decode import DecodedMask

KNOWN: dict[str, Any] = {"scores": (5.0, 3.0), "predicted_ious": (0.8, 0.7), "distance": 1}
CONVINCING = Evidence(
    agreement=0.7,
    candidate_continuity=0.85,
    tracked_continuity=0.5,
    candidate_likeness=0.9,
    tracked_likeness=0.7,
    candidate_score=5.0,
    tracked_score=3.0,
    candidate_predicted_iou=0.8,
    tracked_predicted_iou=0.5,
    distance=1,
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


def test_a_mask_that_continues_the_last_more_smoothly_is_probably_better() -> None:
    assert improvement_probability(CONVINCING) > TRUSTED


@pytest.mark.parametrize(
    "less",
    [
        {"candidate_continuity": 0.5},
        {"candidate_likeness": 0.2},
        {"tracked_continuity": 0.9},
        {"tracked_predicted_iou": 0.95},
        {"distance": 30},
    ],
)
def test_less_evidence_makes_a_mask_less_probably_better(less: dict[str, Any]) -> None:
    assert improvement_probability(replace(CONVINCING, **less)) < improvement_probability(CONVINCING)


def test_an_adapter_that_learned_nothing_on_the_object_may_still_be_better() -> None:
    copied = replace(CONVINCING, candidate_continuity=0.95, tracked_continuity=0.3, distance=NEVER)

    assert improvement_probability(copied) > SUGGESTED


def test_a_mask_like_the_trackers_is_probably_no_better() -> None:
    alike = replace(CONVINCING, agreement=1.0, candidate_continuity=0.5, candidate_likeness=0.7)

    assert improvement_probability(alike) < 0.5


def test_no_mask_is_better_unless_both_scores_say_that_the_object_is_in_view() -> None:
    assert improvement_probability(replace(CONVINCING, tracked_score=-1.0)) == 0.0
    assert improvement_probability(replace(CONVINCING, candidate_score=-1.0)) == 0.0


def test_likeness_does_not_depend_on_where_the_object_moved() -> None:
    weighed = weigh(candidate=square(4, 4, 3), tracked=square(3, 4, 3), before=square(0, 0, 3), **KNOWN)

    assert weighed.candidate_likeness == weighed.tracked_likeness == 1.0
    assert weighed.candidate_continuity == weighed.tracked_continuity == 0.0
    assert weighed.agreement == pytest.approx(6 / 12)


def test_a_larger_mask_overlaps_the_frame_before_more_but_is_less_similar() -> None:
    weighed = weigh(candidate=square(1, 1, 5), tracked=square(3, 3, 3), before=square(1, 1, 3), **KNOWN)

    assert weighed.candidate_continuity > weighed.tracked_continuity
    assert weighed.candidate_likeness == pytest.approx(9 / 25)
    assert weighed.tracked_likeness == 1.0


def test_an_empty_mask_is_similar_to_none() -> None:
    weighed = weigh(candidate=square(1, 1, 3), tracked=square(0, 0, 0), before=square(1, 1, 3), **KNOWN)

    assert (weighed.tracked_continuity, weighed.tracked_likeness) == (0.0, 0.0)


def test_better_masks_are_sorted_by_their_probability_highest_first() -> None:
    tracked, last = strip(5), before(9)
    columns = {"longest": 9, "shorter": 4, "longer": 8}
    candidates = [AdapterCandidate(name, strip(count)) for name, count in columns.items()]

    found = better(tracked, candidates, last, dict.fromkeys(columns, 1))

    assert [each.candidate.adapter_id for each in found] == ["longest", "longer"]
    assert found[0].probability > found[1].probability


def test_a_higher_predicted_iou_alone_does_not_make_a_mask_better() -> None:
    assert better(strip(5, iou=0.7), [AdapterCandidate("sure", strip(3, iou=0.99))], before(5), {"sure": 1}) == []


def test_the_first_candidate_with_a_near_correction_is_trusted() -> None:
    found = [RatedCandidate(AdapterCandidate(name, strip(6)), 0.9) for name in ("far", "near", "nearest")]

    trusted = first_trusted(found, {"far": REACH + 1, "near": REACH, "nearest": 1})

    assert trusted is found[1].candidate


def test_no_candidate_far_from_its_corrections_is_trusted() -> None:
    assert first_trusted([RatedCandidate(AdapterCandidate("far", strip(6)), 0.9)], {"far": REACH + 1}) is None
    assert first_trusted([], {}) is None


def test_a_candidate_that_is_only_worth_suggesting_is_not_trusted() -> None:
    assert first_trusted([RatedCandidate(AdapterCandidate("near", strip(6)), TRUSTED)], {"near": 1}) is None
