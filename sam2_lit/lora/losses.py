"""The losses that SAM 2 was trained with, for soft targets."""

import torch
from torch import Tensor
from torch.nn import functional as F


def focal_loss(logits: Tensor, target: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    """Focal loss of each mask (Lin et al., arXiv 1708.02002, equation 5), averaged over its pixels.

    `logits` and `target` (0 to 1) are [..., P]; the result is [...]. `alpha` and `gamma` are SAM 2's
    (arXiv 2408.00714, appendix D.2, and `sigmoid_focal_loss` of its training code).
    """
    probability = logits.sigmoid()
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    miss = probability + target - 2 * probability * target
    weight = alpha * target + (1 - alpha) * (1 - target)
    return (weight * miss**gamma * cross_entropy).mean(-1)


def dice_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Dice loss of each mask (Milletari et al., arXiv 1606.04797), smoothed by one pixel as in SAM 2's training.

    `logits` and `target` (0 to 1) are [..., P]; the result is [...].
    """
    probability = logits.sigmoid()
    overlap = 2 * (probability * target).sum(-1)
    return 1 - (overlap + 1) / (probability.sum(-1) + target.sum(-1) + 1)


def mask_iou(predicted: Tensor, wanted: Tensor) -> Tensor:
    """IoU of boolean masks [..., P]: [...]; 1 where both are empty."""
    intersection = (predicted & wanted).sum(-1)
    union = (predicted | wanted).sum(-1)
    return torch.where(union > 0, intersection / union.clamp(min=1), 1.0)
