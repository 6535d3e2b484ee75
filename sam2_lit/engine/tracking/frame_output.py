"""What SAM 2 stores of one object on one frame."""

from typing import NotRequired, TypedDict

from torch import Tensor

KeysAndValues = tuple[Tensor, Tensor]
"""Keys and values of an attention: [N, D] each of one object's memory of a frame, [B, K, D] each of a batch."""


class FrameOutput(TypedDict):
    """The dict that `SAM2VideoPredictor._run_single_frame_inference` makes. M is the width of memory features.

    - maskmem_features: [1, M, h, w] bfloat16, spatial memory; None until the memory of a prompt is encoded.
    - maskmem_pos_enc: [[1, M, h, w]], its position encoding, one tensor for all frames; None as long.
    - pred_masks: [1, 1, 4h, 4w], mask logits.
    - obj_ptr: [1, C], the object pointer.
    - object_score_logits: [1, 1].
    - prior: ours, of a prompt on a frame that was tracked before: the tracked mask's logits, [1, 1, 4h, 4w]. Clicks
      that forget earlier ones refine it.
    - projections: ours, while they are worth the memory: by layer of the memory attention, the keys (without temporal
      encoding) and values of `maskmem_features`.
    """

    maskmem_features: Tensor
    maskmem_pos_enc: list[Tensor]
    pred_masks: Tensor
    obj_ptr: Tensor
    object_score_logits: Tensor
    prior: NotRequired[Tensor]
    projections: NotRequired[dict[int, KeysAndValues]]


def own_tensors(output: FrameOutput) -> list[Tensor]:
    """The tensors that are this frame's alone, in the order that `from_own_tensors` takes."""
    return [output["maskmem_features"], output["pred_masks"], output["obj_ptr"], output["object_score_logits"]]


def from_own_tensors(tensors: list[Tensor], maskmem_pos_enc: list[Tensor]) -> FrameOutput:
    features, masks, pointer, scores = tensors
    return {
        "maskmem_features": features,
        "maskmem_pos_enc": maskmem_pos_enc,
        "pred_masks": masks,
        "obj_ptr": pointer,
        "object_score_logits": scores,
    }
