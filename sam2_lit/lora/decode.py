"""Decodes captured features to a mask exactly as SAM 2's tracker does."""

from dataclasses import dataclass

import torch
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor

from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, adapted_decoder

NO_OBJECT_LOGIT = -1024.0
"""`NO_OBJ_SCORE` of sam2.modeling.sam2_base: the mask logit of an absent object."""


@dataclass(frozen=True, eq=False)
class DecodedMask:
    """The mask decoder's output for one object on one frame.

    - logits: [1, 1, 4h, 4w] float32, mask logits; over 0 is the object. `visible_logits` are blank where the object
      is absent, these are not.
    - predicted_iou: [1], the model's estimate of the mask's IoU with the truth, 0 to 1.
    - object_score: [1], a logit; over 0 the object is in the frame.
    """

    logits: Tensor
    predicted_iou: Tensor
    object_score: Tensor

    @property
    def visible_logits(self) -> Tensor:
        """`logits`, or -1024 everywhere where the object is absent, as SAM 2's tracker returns them."""
        return torch.where(self.object_score[:, None, None, None] > 0, self.logits, NO_OBJECT_LOGIT)


def unprompted_embeddings(model: SAM2Base, count: int = 1) -> tuple[Tensor, Tensor]:
    """Prompt embeddings of a frame without prompts, for B objects: sparse [B, 2, C], dense [B, C, h, w].

    SAM 2 pads "no points" to one point of label -1 (`SAM2Base._forward_sam_heads`).
    """
    coordinates = torch.zeros(count, 1, 2, device=model.device)
    labels = -torch.ones(count, 1, dtype=torch.int32, device=model.device)
    sparse, dense = model.sam_prompt_encoder(points=(coordinates, labels), boxes=None, masks=None)
    return sparse, dense


@torch.no_grad()
def decode(model: SAM2Base, features: DecoderFeatures, adapter: Adapter | None = None) -> DecodedMask:
    """The mask of a tracked frame without prompts, by the model's own prompt encoder and mask decoder.

    Without an adapter the logits equal the tracker's bit for bit: the operations and their order are those of
    `SAM2Base._forward_sam_heads` without points and masks.
    """
    decoder = model.sam_mask_decoder if adapter is None else adapted_decoder(model.sam_mask_decoder, adapter)
    sparse, dense = unprompted_embeddings(model)
    masks, predicted_ious, _, object_score = decoder(
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
