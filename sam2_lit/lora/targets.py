"""The mask that a correction asks for, at the decoder's resolution."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.errors import ErrorCode, LitError


def target_from_mask(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """A correction as a training target: the share of each logit's pixel that the object covers.

    `mask` is [H, W] bool at video size; `size` is (4h, 4w) of the decoder's logits
    (`DecoderFeatures.mask_size`). Returns [1, 1, 4h, 4w] float32, 0 to 1. SAM 2 stretches a frame to a
    square, so the axes scale on their own. Raises LitError (LORA_NOT_TRAINED) where the mask is empty.
    """
    if not bool(mask.any()):
        raise LitError(
            ErrorCode.LORA_NOT_TRAINED,
            "The correction is an empty mask, which leaves nothing to learn; train on a frame that shows the object.",
        )
    return F.interpolate(mask[None, None].float(), size=size, mode="bilinear", antialias=True)


def target_region(target: Tensor) -> Tensor:
    """Where a soft target says "object", as bool of the same shape.

    Half covered and more; an object too small to cover half of any pixel keeps its most covered ones.
    """
    return target >= torch.minimum(torch.tensor(0.5, device=target.device), target.max())
