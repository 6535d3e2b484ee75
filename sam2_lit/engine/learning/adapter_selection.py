"""Which mask to believe without ground truth: the tracker's or an adapter's."""

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
    """What is known of an adapter's mask on a frame, beside the tracker's own.

    - agreement: IoU of the two.
    - candidate_continuity, tracked_continuity: IoU of each with the object's mask on the frame before.
    - candidate_likeness, tracked_likeness: the same once each is moved so that its centre is where that mask's is: how
      alike the shapes are, however far the object went.
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
    """Whether an adapter's mask is to be believed rather than the tracker's.

    It is where it corrects the tracker's mask rather than contradicting it (`AGREEMENT`), and goes on from the frame
    before more smoothly than the tracker's does (`CONTINUITY_GAIN`), with a shape that is more like what it was
    (`LIKENESS_GAIN`): where an object moves fast, a mask that is too large overlaps the one before better than the
    right one does. Whether the object is in view is for the tracker to say: training raises an adapter's score. The
    predicted IoUs have no say either: an adapter changes what they are made of, and candidates with a higher one are
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
    """The evidence on three masks, bool [H, W] alike: an adapter's, the tracker's and that of the frame before.

    The scores are object scores, logits.
    """
    return _evidence(candidate, tracked, before, _goes_on(tracked, before), candidate_score, tracked_score)


def better(tracked: DecodedMask, candidates: Sequence[AdapterCandidate], before: Tensor) -> list[AdapterCandidate]:
    """The candidates that look better than the tracker's mask, those that agree with it most first.

    `before` is the object's mask on the frame before, bool of the shape of the masks' logits.
    """
    own, last, score = _shown(tracked), _plane(before), tracked.object_score.item()
    own_goes_on = _goes_on(own, last)
    weighed = [
        (_evidence(_shown(each.mask), own, last, own_goes_on, each.mask.object_score.item(), score), each)
        for each in candidates
    ]
    found = [(evidence, each) for evidence, each in weighed if looks_better(evidence)]
    return [each for _, each in sorted(found, key=lambda pair: pair[0].agreement, reverse=True)]


def is_near(distance: int) -> bool:
    """Whether an adapter that learned a correction this many frames away may be believed without asking (`REACH`).

    What is taken unasked goes on in memory. On validation clips candidates that look better put 50 frames right and
    spoil one where what they learned is up to four frames away, 6 and 3 further away (`python -m benchmarks.choice`);
    with two in place of four AUTO saves less (docs/corrections.md).
    """
    return distance <= REACH


def first_trusted(found: Sequence[AdapterCandidate], distances: Mapping[str, int]) -> AdapterCandidate | None:
    """Of candidates that look better, the first that is near (`is_near`): the one to take without asking, if any.

    `distances` has the frames from here to the nearest correction that each adapter learned.
    """
    return next((each for each in found if is_near(distances[each.adapter_id])), None)


def _evidence(
    candidate: Tensor,
    tracked: Tensor,
    before: Tensor,
    tracked_goes_on: tuple[float, float],
    candidate_score: float,
    tracked_score: float,
) -> Evidence:
    continuity, likeness = _goes_on(candidate, before)
    tracked_continuity, tracked_likeness = tracked_goes_on
    return Evidence(
        agreement=_iou(tracked, candidate),
        candidate_continuity=continuity,
        tracked_continuity=tracked_continuity,
        candidate_likeness=likeness,
        tracked_likeness=tracked_likeness,
        candidate_score=candidate_score,
        tracked_score=tracked_score,
    )


def _goes_on(mask: Tensor, before: Tensor) -> tuple[float, float]:
    """Continuity and likeness, as `Evidence` has them."""
    return _iou(mask, before), _iou(_centred_on(before, mask), before)


def _shown(mask: DecodedMask) -> Tensor:
    return _plane(mask.visible_logits > 0)


def _plane(mask: Tensor) -> Tensor:
    """[1, 1, H, W] as [H, W]."""
    return mask.flatten(0, -3)[0]


def _iou(one: Tensor, other: Tensor) -> float:
    return mask_iou(one.flatten(), other.flatten()).item()


def _centred_on(wanted: Tensor, mask: Tensor) -> Tensor:
    """The mask moved by whole pixels, its centre to where that of `wanted` is; what leaves the picture is gone."""
    moved = torch.zeros_like(mask)
    places = mask.nonzero()
    if len(places) and wanted.any():
        places = places + (_centre(wanted) - _centre(mask)).round().long()
        size = torch.tensor(mask.shape, device=mask.device)
        moved[places[((places >= 0) & (places < size)).all(1)].unbind(1)] = True
    return moved


def _centre(mask: Tensor) -> Tensor:
    return mask.nonzero().float().mean(0)
