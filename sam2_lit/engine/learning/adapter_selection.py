"""Decides without ground truth whether an adapter's mask is better than the tracker's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sam2_lit.lora.bank import AdapterCandidate
from sam2_lit.lora.decode import DecodedMask
from sam2_lit.lora.losses import mask_iou

AGREEMENT = 0.4
CONTINUITY_GAIN = 0.03
LIKENESS_GAIN = 0.0
REACH = 4


@dataclass(frozen=True)
class Evidence:
    """What is known of an adapter's mask and the tracker's mask on one frame.

    - agreement: IoU of the two.
    - candidate_continuity, tracked_continuity: IoU of each with the object's mask on the frame before.
    - candidate_likeness, tracked_likeness: the same after each is moved to have the center of that mask: how similar
      the shapes are, however far the object moved.
    - candidate_score, tracked_score: object scores, logits; over 0 the object is in view.
    """

    agreement: float
    candidate_continuity: float
    tracked_continuity: float
    candidate_likeness: float
    tracked_likeness: float
    candidate_score: float
    tracked_score: float


def looks_better(evidence: Evidence) -> bool:
    """Whether an adapter's mask looks better than the tracker's.

    It must agree with the tracker's mask well enough to correct it rather than contradict it (`AGREEMENT`), continue
    the mask of the frame before more smoothly (`CONTINUITY_GAIN`), and have a shape more similar to it
    (`LIKENESS_GAIN`): where an object moves fast, a mask that is too large overlaps the one before better than the
    right mask does. Both object scores must say that the object is in view, since training raises the adapter's. The
    predicted IoUs are not used: an adapter changes what they are computed from, and candidates with a higher one are
    worse on average than the masks that they would replace.

    The thresholds were chosen on the validation split of the hard clips (`python -m benchmarks.choice`).
    """
    return (
        min(evidence.candidate_score, evidence.tracked_score) > 0
        and evidence.agreement > AGREEMENT
        and evidence.candidate_continuity > evidence.tracked_continuity + CONTINUITY_GAIN
        and evidence.candidate_likeness > evidence.tracked_likeness + LIKENESS_GAIN
    )


def weigh(candidate: Tensor, tracked: Tensor, before: Tensor, candidate_score: float, tracked_score: float) -> Evidence:
    """The evidence of three masks, each bool [H, W]: an adapter's, the tracker's and that of the frame before.

    The scores are object scores, logits.
    """
    return _evidence(
        candidate, tracked, before, _continuity_and_likeness(tracked, before), candidate_score, tracked_score
    )


def better(tracked: DecodedMask, candidates: Sequence[AdapterCandidate], before: Tensor) -> list[AdapterCandidate]:
    """The candidates that look better than the tracker's mask, sorted by agreement with it, highest first.

    `before` is the object's mask on the frame before, bool of the shape of the masks' logits.
    """
    tracked_mask, last, score = _visible(tracked), _plane(before), tracked.object_score.item()
    of_tracked = _continuity_and_likeness(tracked_mask, last)
    weighed = [
        (_evidence(_visible(each.mask), tracked_mask, last, of_tracked, each.mask.object_score.item(), score), each)
        for each in candidates
    ]
    found = [(evidence, each) for evidence, each in weighed if looks_better(evidence)]
    return [each for _, each in sorted(found, key=lambda pair: pair[0].agreement, reverse=True)]


def is_near(distance: int) -> bool:
    """Whether an adapter with a correction this many frames away may be used without asking (`REACH`).

    A mask that is used without asking enters the tracker's memory. On validation clips, candidates that look better
    correct 50 frames and break one where their correction is up to four frames away, 6 and 3 where it is further
    (`python -m benchmarks.choice`); with two frames in place of four, AUTO saves less (docs/corrections.md).
    """
    return distance <= REACH


def first_trusted(found: Sequence[AdapterCandidate], distances: Mapping[str, int]) -> AdapterCandidate | None:
    """Of candidates that look better, the first that may be used without asking (`is_near`), if any.

    `distances` has, by adapter id, the frames from here to the nearest correction that it learned.
    """
    return next((each for each in found if is_near(distances[each.adapter_id])), None)


def _evidence(
    candidate: Tensor,
    tracked: Tensor,
    before: Tensor,
    of_tracked: tuple[float, float],
    candidate_score: float,
    tracked_score: float,
) -> Evidence:
    continuity, likeness = _continuity_and_likeness(candidate, before)
    tracked_continuity, tracked_likeness = of_tracked
    return Evidence(
        agreement=_iou(tracked, candidate),
        candidate_continuity=continuity,
        tracked_continuity=tracked_continuity,
        candidate_likeness=likeness,
        tracked_likeness=tracked_likeness,
        candidate_score=candidate_score,
        tracked_score=tracked_score,
    )


def _continuity_and_likeness(mask: Tensor, before: Tensor) -> tuple[float, float]:
    """Continuity and likeness, as `Evidence` has them."""
    return _iou(mask, before), _iou(_centered_on(before, mask), before)


def _visible(mask: DecodedMask) -> Tensor:
    return _plane(mask.visible_logits > 0)


def _plane(mask: Tensor) -> Tensor:
    """[1, 1, H, W] as [H, W]."""
    return mask.flatten(0, -3)[0]


def _iou(one: Tensor, other: Tensor) -> float:
    return mask_iou(one.flatten(), other.flatten()).item()


def _centered_on(wanted: Tensor, mask: Tensor) -> Tensor:
    """The mask moved by whole pixels to the center of `wanted`; pixels that leave the image are dropped."""
    moved = torch.zeros_like(mask)
    pixels = mask.nonzero()
    if len(pixels) and wanted.any():
        pixels = pixels + (_center(wanted) - _center(mask)).round().long()
        size = torch.tensor(mask.shape, device=mask.device)
        moved[pixels[((pixels >= 0) & (pixels < size)).all(1)].unbind(1)] = True
    return moved


def _center(mask: Tensor) -> Tensor:
    return mask.nonzero().float().mean(0)
