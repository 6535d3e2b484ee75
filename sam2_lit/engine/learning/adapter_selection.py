"""Decides without ground truth whether an adapter's mask is better than the tracker's."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from sam2_lit.lora.bank import AdapterCandidate
from sam2_lit.lora.decode import DecodedMask
from sam2_lit.lora.losses import mask_iou

SUGGESTED = 0.6
TRUSTED = 0.8
REACH = 4
MODEL = Path(__file__).with_name("adapter_choice.json")
"""Written by `python -m benchmarks.choice VALIDATION --fit FILE`."""

_MOST_SCORE = 10.0
_FURTHEST = 60
"""Frames of the clips that the regression was fitted to."""


@dataclass(frozen=True)
class Evidence:
    """What is known of an adapter's mask and the tracker's mask on one frame.

    - agreement: IoU of the two.
    - candidate_continuity, tracked_continuity: IoU of each with the object's mask on the frame before.
    - candidate_likeness, tracked_likeness: the same after each is moved to have the center of that mask: how similar
      the shapes are, however far the object moved.
    - candidate_score, tracked_score: object scores, logits; over 0 the object is in view.
    - candidate_predicted_iou, tracked_predicted_iou: the model's own estimates, 0 to 1.
    - distance: tracked frames from here to the nearest correction that the adapter learned, or `NEVER`.
    """

    agreement: float
    candidate_continuity: float
    tracked_continuity: float
    candidate_likeness: float
    tracked_likeness: float
    candidate_score: float
    tracked_score: float
    candidate_predicted_iou: float
    tracked_predicted_iou: float
    distance: int

    @property
    def is_in_view(self) -> bool:
        """Whether both object scores say that the object is in view, since training raises the adapter's."""
        return min(self.candidate_score, self.tracked_score) > 0

    def features(self) -> dict[str, float]:
        """What a `Regression` reads, by name."""
        return {
            **asdict(self),
            "candidate_score": _bounded(self.candidate_score),
            "tracked_score": _bounded(self.tracked_score),
            "distance": math.log1p(min(self.distance, _FURTHEST)),
        }


@dataclass(frozen=True)
class Regression:
    """A logistic regression on the evidence; `weights` are by the names of `Evidence.features`."""

    weights: dict[str, float]
    intercept: float

    def probability(self, evidence: Evidence) -> float:
        """The probability that the IoU of an adapter's mask is at least 0.02 higher than that of the tracker's.

        0 where the object is not in view.
        """
        if not evidence.is_in_view:
            return 0.0
        logit = self.intercept + sum(self.weights[name] * value for name, value in evidence.features().items())
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, eq=False)
class RatedCandidate:
    """A candidate, and the probability that its mask is better than the tracker's."""

    candidate: AdapterCandidate
    probability: float


def improvement_probability(evidence: Evidence) -> float:
    """As `Regression.probability`, by the regression that was fitted to validation clips (`MODEL`)."""
    return _regression().probability(evidence)


def weigh(
    candidate: Tensor,
    tracked: Tensor,
    before: Tensor,
    *,
    scores: tuple[float, float],
    predicted_ious: tuple[float, float],
    distance: int,
) -> Evidence:
    """The evidence of three masks, each bool [H, W]: an adapter's, the tracker's and that of the frame before.

    Object scores and predicted IoUs are the adapter's and the tracker's.
    """
    of_tracked = _continuity_and_likeness(tracked, before)
    return _evidence(candidate, tracked, before, of_tracked, scores, predicted_ious, distance)


def better(
    tracked: DecodedMask, candidates: Sequence[AdapterCandidate], before: Tensor, distances: Mapping[str, int]
) -> list[RatedCandidate]:
    """The candidates that are worth suggesting (`SUGGESTED`), the most probably better one first.

    On validation clips 5 % of them are worse than the tracker's mask, by over 0.02 (`python -m benchmarks.choice`).

    Args:
        before: the object's mask on the frame before, bool of the shape of the masks' logits.
        distances: by adapter id, the tracked frames from here to the nearest correction that it learned.
    """
    tracked_mask, last = _visible(tracked), _plane(before)
    of_tracked = _continuity_and_likeness(tracked_mask, last)
    rated = [
        RatedCandidate(
            each,
            improvement_probability(
                _evidence(
                    _visible(each.mask),
                    tracked_mask,
                    last,
                    of_tracked,
                    (each.mask.object_score.item(), tracked.object_score.item()),
                    (each.mask.predicted_iou.item(), tracked.predicted_iou.item()),
                    distances[each.adapter_id],
                )
            ),
        )
        for each in candidates
    ]
    found = [each for each in rated if each.probability > SUGGESTED]
    return sorted(found, key=lambda each: each.probability, reverse=True)


def is_near(distance: int) -> bool:
    """Whether an adapter with a correction this many tracked frames away may be used without asking (`REACH`).

    Adapters further away would be weighed on every frame, and `TRUSTED` ones of them bring nothing on validation clips
    (`python -m benchmarks.choice`).
    """
    return distance <= REACH


def first_trusted(found: Sequence[RatedCandidate], distances: Mapping[str, int]) -> AdapterCandidate | None:
    """Of candidates that are probably better, the first that may be used without asking (`is_near`), if any.

    A mask that is used without asking enters the tracker's memory, so it must be better more probably (`TRUSTED`).
    """
    trusted = (each.candidate for each in found if each.probability > TRUSTED)
    return next((each for each in trusted if is_near(distances[each.adapter_id])), None)


@cache
def _regression() -> Regression:
    return Regression(**json.loads(MODEL.read_text()))


def _bounded(score: float) -> float:
    return max(-_MOST_SCORE, min(_MOST_SCORE, score))


def _evidence(
    candidate: Tensor,
    tracked: Tensor,
    before: Tensor,
    of_tracked: tuple[float, float],
    scores: tuple[float, float],
    predicted_ious: tuple[float, float],
    distance: int,
) -> Evidence:
    continuity, likeness = _continuity_and_likeness(candidate, before)
    tracked_continuity, tracked_likeness = of_tracked
    return Evidence(
        agreement=_iou(tracked, candidate),
        candidate_continuity=continuity,
        tracked_continuity=tracked_continuity,
        candidate_likeness=likeness,
        tracked_likeness=tracked_likeness,
        candidate_score=scores[0],
        tracked_score=scores[1],
        candidate_predicted_iou=predicted_ious[0],
        tracked_predicted_iou=predicted_ious[1],
        distance=distance,
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
