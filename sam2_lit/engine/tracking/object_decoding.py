"""Decodes the masks of a batch of objects on a frame, and adds them to the objects' memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.device.device_memory import HostCopy
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.tracking.captured_features import FeatureCapture
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.frame_output import FrameOutput
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.mask_decoder import DecodedObjects
from sam2_lit.engine.tracking.object_batches import ObjectBatches
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import Sam2State
from sam2_lit.engine.video_tracker import ChooseAdapter, ObjectEstimate, ObjectMask
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.records.masks import BoolMask

_MASKS_AT_ONCE = 8
"""Masks that a GPU interpolates to the size of the video at once."""


@dataclass(frozen=True, eq=False)
class DecodedObject:
    """One object on a frame that was decoded, before it is in the object's memory.

    `mask_at_video_size` returns its mask, bool [H, W], on any thread.
    """

    output: FrameOutput
    estimate: ObjectEstimate
    mask_at_video_size: Callable[[], BoolMask]


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
    ) -> list[DecodedObject]:
        """Decodes the frame for these objects, by an adapter where `choose` says so; their memory stays as it is."""
        predictor = self._predictor
        with self._core_plan.decoding(len(object_ids)):
            decoded = predictor.decode(embedding, conditioned)
        features = [
            self._capture.capture(object_id, frame_index, reverse, embedding, conditioned[place : place + 1]).features
            for place, object_id in enumerate(object_ids)
        ]
        numbers = _numbers(decoded)
        estimates: list[ObjectEstimate] = []
        if choose is not None:
            estimates = self._estimates(object_ids, numbers, features, by_adapter=False)
            for place, object_id in enumerate(object_ids):
                predictor.preemption_point()
                adapter = choose(object_id, estimates[place])
                if adapter is not None:
                    better = predictor.decode(embedding, conditioned[place : place + 1], adapter)
                    decoded = decoded.replaced(place, better)
                    [estimates[place]] = self._estimates(
                        [object_id], _numbers(better), [features[place]], by_adapter=True
                    )
        outputs = predictor.encode_memory(embedding, decoded)
        masks = masks_at_size(self._state.video_size, [output["pred_masks"] for output in outputs])
        # A GPU has all of the frame's work by now: only here is it waited for.
        estimates = estimates or self._estimates(object_ids, numbers, features, by_adapter=False)
        return [DecodedObject(*each) for each in zip(outputs, estimates, masks, strict=True)]

    def decode_all(
        self,
        batches: ObjectBatches,
        object_ids: Sequence[int],
        frame_index: int,
        reverse: bool,
        embedding: FrameEmbedding,
        choose: ChooseAdapter | None,
    ) -> list[DecodedObject]:
        """Decodes a frame for these objects in batches, all of them before any of their memory changes.

        So an error in a later batch loses nothing of an earlier one.
        """
        with self._predictor.helper.using_cores(self._core_plan.cores):
            return [
                each
                for batch, conditioned in batches.condition(object_ids, frame_index, reverse, embedding)
                for each in self.decode(batch, frame_index, reverse, embedding, conditioned, choose)
            ]

    def add_tracked(self, frame_index: int, reverse: bool, decoded: Sequence[DecodedObject]) -> dict[int, ObjectMask]:
        """Adds a frame to the memory of the objects that were decoded on it. Returns their masks by object."""
        return {each.estimate.object_id: self._add_tracked(frame_index, reverse, each) for each in decoded}

    def add_recovered(self, frame_index: int, reverse: bool, decoded: Sequence[DecodedObject]) -> None:
        """As `add_tracked`, for a frame that the objects' memory had: its versions stay."""
        for each in decoded:
            memory = self._memories[each.estimate.object_id]
            known = memory.tracked.get(frame_index) or memory.replaced[frame_index]
            self._state.tracked_outputs(each.estimate.object_id).put(frame_index, each.output, known.version, reverse)

    def mark_passed(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Notes that tracking passed a frame, prompted or not."""
        self._state.mark_tracked(object_id, frame_index, reverse)
        self._memories[object_id].passed[frame_index] = reverse

    def _add_tracked(self, frame_index: int, reverse: bool, decoded: DecodedObject) -> ObjectMask:
        estimate = decoded.estimate
        object_id = estimate.object_id
        self.mark_passed(object_id, frame_index, reverse)
        version = self._memories.tick()
        self._state.tracked_outputs(object_id).put(frame_index, decoded.output, version, reverse)
        self._memories[object_id].track(frame_index, reverse, version)
        return ObjectMask(
            object_id,
            decoded.mask_at_video_size,
            estimate.predicted_iou,
            estimate.object_score,
            estimate.by_adapter,
            version,
        )

    def _estimates(
        self,
        object_ids: Sequence[int],
        numbers: HostCopy,
        features: Sequence[DecoderFeatures],
        *,
        by_adapter: bool,
    ) -> list[ObjectEstimate]:
        ious_and_scores = numbers.result().tolist()
        return [
            ObjectEstimate(object_id, of_object, predicted_iou, object_score, by_adapter, self._memories.clock)
            for object_id, of_object, predicted_iou, object_score in zip(
                object_ids, features, *ious_and_scores, strict=True
            )
        ]


def _numbers(decoded: DecodedObjects) -> HostCopy:
    """Predicted IoUs and object scores, [2, B], on their way to the CPU."""
    return HostCopy(torch.stack([decoded.predicted_ious, decoded.object_scores[:, 0].float()]))


def masks_at_size(size: tuple[int, int], logits: Sequence[Tensor]) -> list[Callable[[], BoolMask]]:
    """For each of an object's logits [1, 1, h, w], what returns its mask, bool [H, W], on any thread.

    On a CPU the mask is made when it is asked for. A GPU interpolates all of them now, and copies them to the CPU while
    it goes on with the next frame: asked for later, each mask would wait for the frames that were started since.
    """
    if logits[0].device.type == "cpu":
        return [partial(mask_at_size, size, each) for each in logits]
    masks: list[Callable[[], BoolMask]] = []
    for start in range(0, len(logits), _MASKS_AT_ONCE):
        several = torch.cat([*logits[start : start + _MASKS_AT_ONCE]])
        enlarged = F.interpolate(several, size=size, mode="bilinear", align_corners=False)
        # By columns, as RLE reads a mask.
        copied = HostCopy((enlarged[:, 0] > 0).mT.contiguous())
        masks += [partial(_row, copied, row) for row in range(len(several))]
    return masks


def _row(copied: HostCopy, row: int) -> BoolMask:
    mask: BoolMask = copied.result()[row].numpy().T
    return mask


@torch.inference_mode()
def mask_at_size(size: tuple[int, int], logits: Tensor) -> BoolMask:
    """The mask, bool [H, W], of logits [1, 1, h, w], interpolated to `size` (H, W) as by SAM2VideoPredictor.

    On one core, since it may run on any thread while a frame is tracked.
    """
    with use_threads(1):
        if logits.shape[-2:] != size:
            logits = F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=False)
        mask: BoolMask = (logits[0, 0] > 0).cpu().numpy()
    return mask
