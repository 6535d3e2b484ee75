"""Training targets: corrected masks at the decoder's resolution."""

from torch import Tensor
from torch.nn import functional as F

from sam2_lit.errors import ErrorCode, LitError


def target_from_mask(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """A correction as a training target: the fraction of each logit's pixel that the object covers.

    `mask` is [H, W] bool at video size; `size` is (4h, 4w) of the decoder's logits
    (`DecoderFeatures.mask_size`). Returns [1, 1, 4h, 4w] float32, 0 to 1. SAM 2 stretches a frame to a
    square, so each axis has a scale of its own. Raises LitError (LORA_NOT_TRAINED) where the mask is empty.
    """
    if not bool(mask.any()):
        raise LitError(
            ErrorCode.LORA_NOT_TRAINED,
            "The correction is an empty mask, which leaves nothing to learn; train on a frame that shows the object.",
        )
    return covered_fractions(mask, size)


def covered_fractions(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """As `target_from_mask`, also of an empty mask: nothing waits for a GPU."""
    return F.interpolate(mask[None, None].float(), size=size, mode="bilinear", antialias=True)


def target_region(target: Tensor) -> Tensor:
    """The pixels of a soft target that are the object, as bool of the same shape.

    Those at least half covered; where the object covers half of none, those that it covers most.
    """
    return target >= target.max().clamp(max=0.5)
