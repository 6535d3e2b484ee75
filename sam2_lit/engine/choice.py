"""Which mask to believe without ground truth: the tracker's or an adapter's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from sam2_lit.lora.bank import Candidate
from sam2_lit.lora.decode import DecodedMask
from sam2_lit.lora.losses import mask_iou

AGREEMENT = 0.4
CONTINUITY_GAIN = 0.03
REACH = 4


@dataclass(frozen=True)
class Evidence:
    """What is known of an adapter's mask on a frame, beside the tracker's own.

    - agreement: IoU of the two.
    - candidate_continuity, tracked_continuity: IoU of each with the object's mask on the frame before.
    - candidate_score, tracked_score: object scores, logits; over 0 the object is in view.
    """

    agreement: float
    candidate_continuity: float
    tracked_continuity: float
    candidate_score: float
    tracked_score: float


def looks_better(evidence: Evidence) -> bool:
    """Whether an adapter's mask is to be believed rather than the tracker's.

    It is where it corrects the tracker's mask rather than contradicting it (`AGREEMENT`), and goes on from the frame
    before more smoothly than the tracker's does (`CONTINUITY_GAIN`). Whether the object is in view is for the tracker
    to say: training raises an adapter's score. The predicted IoUs have no say either: an adapter changes what they are
    made of, and candidates with a higher one are worse on average than the masks that they would replace.

    The thresholds were chosen on the validation split of the hard clips (`python -m benchmarks.choice`).
    """
    return (
        min(evidence.candidate_score, evidence.tracked_score) > 0
        and evidence.agreement > AGREEMENT
        and evidence.candidate_continuity > evidence.tracked_continuity + CONTINUITY_GAIN
    )


def better(tracked: DecodedMask, candidates: Sequence[Candidate], before: Tensor) -> list[Candidate]:
    """The candidates that look better than the tracker's mask, those that agree with it most first.

    `before` is the object's mask on the frame before, bool of the shape of the masks' logits.
    """
    weighed = [(_evidence(tracked, each.mask, before), each) for each in candidates]
    found = [(evidence, each) for evidence, each in weighed if looks_better(evidence)]
    return [each for _, each in sorted(found, key=lambda pair: pair[0].agreement, reverse=True)]


def is_near(distance: int) -> bool:
    """Whether an adapter that learned a correction this many frames away may be believed without asking (`REACH`).

    What is taken unasked goes on in memory. On validation clips, of candidates that look better, one in thirty is worse
    up to four frames away, and one in five further away.
    """
    return distance <= REACH


def first_trusted(found: Sequence[Candidate], distances: Mapping[str, int]) -> Candidate | None:
    """Of candidates that look better, the first that is near (`is_near`): the one to take without asking, if any.

    `distances` has the frames from here to the nearest correction that each adapter learned.
    """
    return next((each for each in found if is_near(distances[each.adapter_id])), None)


def _evidence(tracked: DecodedMask, candidate: DecodedMask, before: Tensor) -> Evidence:
    own, other = ((mask.visible_logits > 0).flatten() for mask in (tracked, candidate))
    return Evidence(
        agreement=mask_iou(own, other).item(),
        candidate_continuity=mask_iou(other, before.flatten()).item(),
        tracked_continuity=mask_iou(own, before.flatten()).item(),
        candidate_score=candidate.object_score.item(),
        tracked_score=tracked.object_score.item(),
    )
