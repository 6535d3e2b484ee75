"""The masks that an object's adapters propose for a frame: in which order, and which of them look better."""

from dataclasses import dataclass

import torch
from sam2.modeling.sam2_base import SAM2Base

from sam2_lit.engine.device.device_memory import upload
from sam2_lit.engine.learning.adapter_selection import RatedCandidate, better, first_trusted, is_near
from sam2_lit.engine.video_tracker import VideoTracker
from sam2_lit.lora.bank import AdapterBank, AdapterCandidate
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.targets import covered_fractions, target_region
from sam2_lit.records import masks
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.results import Candidate, Mask


@dataclass(frozen=True)
class Proposal:
    """An adapter's mask before it is encoded: bool [H, W] at the size of the video."""

    adapter_id: str
    object_id: int
    mask: BoolMask
    predicted_iou: float
    object_score: float

    def candidate(self, frame_index: int, stored: Mask | None) -> Candidate:
        """The candidate as clients get it; `stored` is the object's mask in the session, to compare with."""
        return Candidate(
            adapter_id=self.adapter_id,
            object_id=self.object_id,
            frame_index=frame_index,
            rle=masks.encode(self.mask),
            predicted_iou=self.predicted_iou,
            object_score=self.object_score,
            agreement=masks.iou(self.mask, masks.decode(stored.rle)) if stored else 0.0,
        )


def propose(tracker: VideoTracker, object_id: int, candidate: AdapterCandidate) -> Proposal:
    return Proposal(
        adapter_id=candidate.adapter_id,
        object_id=object_id,
        mask=tracker.at_video_size(candidate.mask.visible_logits),
        predicted_iou=float(candidate.mask.predicted_iou),
        object_score=float(candidate.mask.object_score),
    )


def ranked_candidates(
    model: SAM2Base, bank: AdapterBank, features: DecoderFeatures, frame_index: int
) -> list[AdapterCandidate]:
    """The adapters' masks, the adapter with the nearest correction first: an object looks as it did a moment ago.

    Of the candidates on wrong frames of validation clips, the first is right about twice as often in this order as by
    predicted IoU (`python -m benchmarks.choice`).
    """
    distances = bank.distances(frame_index)
    return sorted(bank.candidates(model, features), key=lambda each: distances[each.adapter_id])


def better_candidates(
    model: SAM2Base,
    bank: AdapterBank,
    features: DecoderFeatures,
    frame_index: int,
    before: BoolMask | None,
    frame_step: int,
) -> list[RatedCandidate]:
    """The adapters' masks that are probably better than the tracker's (`adapter_selection.better`).

    `before` is the object's mask, bool [H, W], on the frame before; where it has none or is empty, no mask is better.
    """
    if before is None or not before.any():
        return []
    last = upload(torch.from_numpy(before), features.image_embedding.device)
    region = target_region(covered_fractions(last, features.mask_size))
    tracked, candidates = bank.compare(model, features)
    return better(tracked, candidates, region.cpu(), _tracked_distances(bank, frame_index, frame_step))


def has_near_adapter(bank: AdapterBank, frame_index: int, frame_step: int) -> bool:
    """Whether an adapter has learned a correction near enough for its mask to be used without asking.

    Every `frame_step`-th frame is tracked; how near is counted in those.
    """
    return any(map(is_near, _tracked_distances(bank, frame_index, frame_step).values()))


def trusted_adapter(
    model: SAM2Base,
    bank: AdapterBank,
    features: DecoderFeatures,
    frame_index: int,
    before: BoolMask | None,
    frame_step: int,
) -> Adapter | None:
    """The adapter whose mask replaces the tracked one in mode AUTO, None to leave it; arguments as above."""
    found = better_candidates(model, bank, features, frame_index, before, frame_step)
    trusted = first_trusted(found, _tracked_distances(bank, frame_index, frame_step))
    return bank.decoding_adapter(trusted.adapter_id) if trusted else None


def _tracked_distances(bank: AdapterBank, frame_index: int, frame_step: int) -> dict[str, int]:
    return {adapter_id: distance // frame_step for adapter_id, distance in bank.distances(frame_index).items()}
