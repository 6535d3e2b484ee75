"""SAM 2's mask for captured features, exactly as its tracker decodes it."""

from dataclasses import dataclass

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

from sam2_lit.lora.features import DecoderFeatures


@dataclass(frozen=True, eq=False)
class DecodedMask:
    """What the mask decoder makes of one object on one frame.

    - logits: [1, 1, 4h, 4w] float32, mask logits; the object is where they are over 0. They are not blanked
      where the object score says that the object is absent: `visible_logits` are.
    - predicted_iou: [1], the model's estimate of the mask's IoU with the truth, 0 to 1.
    - object_score: [1], a logit; over 0 the object is in the frame.
    """

    logits: Tensor
    predicted_iou: Tensor
    object_score: Tensor

    @property
    def visible_logits(self) -> Tensor:
        """`logits`, or -1024 everywhere where the object is absent, as SAM 2's tracker puts them out."""
        return torch.where(self.object_score[:, None, None, None] > 0, self.logits, NO_OBJECT_LOGIT)


NO_OBJECT_LOGIT = -1024.0
"""`NO_OBJ_SCORE` of sam2.modeling.sam2_base: the mask logit of an absent object."""


def unprompted_embeddings(model: SAM2Base) -> tuple[Tensor, Tensor]:
    """Prompt embeddings of a frame without prompts: sparse [1, 2, C], dense [1, C, h, w].

    SAM 2 pads "no points" to one point of label -1 (`SAM2Base._forward_sam_heads`).
    """
    coordinates = torch.zeros(1, 1, 2, device=model.device)
    labels = -torch.ones(1, 1, dtype=torch.int32, device=model.device)
    sparse, dense = model.sam_prompt_encoder(points=(coordinates, labels), boxes=None, masks=None)
    return sparse, dense


@torch.no_grad()
def decode(model: SAM2Base, features: DecoderFeatures) -> DecodedMask:
    """The mask of a tracked frame without prompts, by the model's own prompt encoder and mask decoder.

    Same operations in the same order as `SAM2Base._forward_sam_heads` without points and masks, so the logits
    are the tracker's bit for bit while no adapter is attached, and the adapter's while one is.
    """
    sparse, dense = unprompted_embeddings(model)
    masks, predicted_ious, _, object_score = model.sam_mask_decoder(
        image_embeddings=features.image_embedding,
        image_pe=model.sam_prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=features.multimask,
        repeat_image=False,
        high_res_features=list(features.high_resolution) or None,
    )
    best = torch.argmax(predicted_ious, dim=-1)
    return DecodedMask(masks[:, best].float(), predicted_ious[0, best].float(), object_score[0].float())
