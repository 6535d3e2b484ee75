"""Decodes the masks of a batch of objects on a frame, and adds them to the objects' memory."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.tracking.captured_features import FeatureCapture
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.frame_output import FrameOutput
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.mask_decoder import DecodedObjects
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import Sam2State
from sam2_lit.engine.video_tracker import ChooseAdapter, ObjectEstimate, ObjectMask
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.records.masks import BoolMask


class ObjectDecoding:
    """Decodes tracked frames: captures the decoder's inputs, uses adapters where they are chosen, encodes memory."""

    def __init__(
        self,
        predictor: LitPredictor,
        state: Sam2State,
        memories: ObjectMemories,
        core_plan: CorePlan,
        capture: FeatureCapture,
    ) -> None:
        self._predictor = predictor
        self._state = state
        self._memories = memories
        self._core_plan = core_plan
        self._capture = capture

    def decode(
        self,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        conditioned: Tensor,
        choose: ChooseAdapter | None,
    ) -> dict[int, ObjectMask]:
        """Decodes the frame for these objects, by an adapter where `choose` says so, and adds it to their memory."""
        decoded = self._decode(object_ids, frame_index, reverse, embedding, conditioned, choose)
        return {
            estimate.object_id: self._add_tracked(frame_index, reverse, output, estimate)
            for output, estimate in decoded
        }

    def recover(
        self,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        conditioned: Tensor,
        choose: ChooseAdapter | None,
    ) -> None:
        """As `decode`, for a frame that the objects' memory had: its versions stay."""
        for output, estimate in self._decode(object_ids, frame_index, reverse, embedding, conditioned, choose):
            memory = self._memories[estimate.object_id]
            known = memory.tracked.get(frame_index) or memory.replaced[frame_index]
            self._state.tracked_outputs(estimate.object_id).put(frame_index, output, known.version, reverse)

    def mark_passed(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Notes that tracking passed a frame, prompted or not."""
        self._state.mark_tracked(object_id, frame_index, reverse)
        self._memories[object_id].passed[frame_index] = reverse

    def _decode(
        self,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        conditioned: Tensor,
        choose: ChooseAdapter | None,
    ) -> list[tuple[FrameOutput, ObjectEstimate]]:
        predictor = self._predictor
        with self._core_plan.decoding(len(object_ids)):
            decoded = predictor.decode(embedding, conditioned)
        features = [
            self._capture.capture(object_id, frame_index, reverse, embedding, conditioned[place : place + 1]).features
            for place, object_id in enumerate(object_ids)
        ]
        estimates = self._estimates(object_ids, decoded, features, by_adapter=False)
        for place, object_id in enumerate(object_ids):
            predictor.preemption_point()
            adapter = choose(object_id, estimates[place]) if choose else None
            if adapter is not None:
                better = predictor.decode(embedding, conditioned[place : place + 1], adapter)
                decoded = decoded.replaced(place, better)
                [estimates[place]] = self._estimates([object_id], better, [features[place]], by_adapter=True)
        return list(zip(predictor.encode_memory(embedding, decoded), estimates, strict=True))

    def _add_tracked(
        self, frame_index: int, reverse: bool, output: FrameOutput, estimate: ObjectEstimate
    ) -> ObjectMask:
        object_id = estimate.object_id
        self.mark_passed(object_id, frame_index, reverse)
        version = self._memories.tick()
        self._state.tracked_outputs(object_id).put(frame_index, output, version, reverse)
        self._memories[object_id].track(frame_index, reverse, version)
        return ObjectMask(
            object_id,
            partial(mask_at_size, self._state.video_size, output["pred_masks"]),
            estimate.predicted_iou,
            estimate.object_score,
            estimate.by_adapter,
            version,
        )

    def _estimates(
        self,
        object_ids: Sequence[int],
        decoded: DecodedObjects,
        features: Sequence[DecoderFeatures],
        *,
        by_adapter: bool,
    ) -> list[ObjectEstimate]:
        numbers = torch.stack([decoded.predicted_ious, decoded.object_scores[:, 0].float()]).tolist()
        return [
            ObjectEstimate(object_id, of_object, predicted_iou, object_score, by_adapter, self._memories.clock)
            for object_id, of_object, predicted_iou, object_score in zip(object_ids, features, *numbers, strict=True)
        ]


@torch.inference_mode()
def mask_at_size(size: tuple[int, int], logits: Tensor) -> BoolMask:
    """The mask, bool [H, W], of logits [1, 1, h, w], interpolated to `size` (H, W) as by SAM2VideoPredictor.

    On one core, since it may run on any thread while a frame is tracked.
    """
    with use_threads(1):
        if logits.shape[-2:] != size:
            logits = F.interpolate(logits, size=size, mode="bilinear", align_corners=False)
        mask: BoolMask = (logits[0, 0] > 0).cpu().numpy()
    return mask
