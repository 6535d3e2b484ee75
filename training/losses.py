"""SAM 2's losses (arXiv 2408.00714, appendix on training) with weights of our own.

5 focal + 2 dice + 4 binary cross-entropy, where SAM 2 takes 20 focal + 1 dice: focal alone is too faint to
start a small model, and dice counts a small object as much as a large one.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

FOCAL, DICE, ENTROPY, QUALITY, PRESENCE = 5.0, 2.0, 4.0, 1.0, 1.0
FINE = 320
"""Pixels: targets of this side and larger are compared at half of it, as shares of 2 x 2 pixels. The decoder's masks
have a quarter of it, and on a CPU the loss at the full side costs as much as the decoder."""


@dataclass(frozen=True)
class Output:
    """What the mask decoder said of R objects: `masks` (R, M, h, w) and `presence` (R, 1) as logits,
    `quality` (R, M) as the IoU that it expects."""

    masks: Tensor
    quality: Tensor
    presence: Tensor


def soft_iou(masks: Tensor, target: Tensor) -> Tensor:
    """(R, M): IoU of logits (R, M, H, W) over 0 with the target (R, 1, H, W) in {0, 1}; 1 where both are
    empty."""
    found = (masks > 0).float()
    both = (found * target).sum((2, 3))
    either = (found + target).clamp(max=1).sum((2, 3))
    return torch.where(either > 0, both / either.clamp(min=1), torch.ones_like(both))


def mask_loss(masks: Tensor, target: Tensor) -> Tensor:
    """(R, M): focal, dice and cross-entropy of logits (R, M, H, W) against the target (R, 1, H, W)."""
    target = target.expand_as(masks)
    entropy = functional.binary_cross_entropy_with_logits(masks, target, reduction="none")
    chance = masks.sigmoid()
    right = chance * target + (1 - chance) * (1 - target)
    balance = 0.25 * target + 0.75 * (1 - target)
    focal = (balance * (1 - right) ** 2 * entropy).mean((2, 3))
    dice = 1 - (2 * (chance * target).sum((2, 3)) + 1) / (chance.sum((2, 3)) + target.sum((2, 3)) + 1)
    return FOCAL * focal + DICE * dice + ENTROPY * entropy.mean((2, 3))


def output_loss(output: Output, target: Tensor, ambiguous: bool = True) -> Tensor:
    """The mean loss of one output against masks (R, 1, H, W) in {0, 1}.

    Of several masks the best is taught (all of them where the prompt was not `ambiguous`), and all of them to know how
    good they are. An absent object has no
    mask to learn: only that it is absent.
    """
    present = target.flatten(1).amax(1)
    if target.shape[2] >= FINE:
        target = functional.avg_pool2d(target, 2)
    masks = functional.interpolate(output.masks.float(), size=target.shape[2:], mode="bilinear")
    each = mask_loss(masks, target)
    shape = each.amin(1) if ambiguous else each.mean(1)
    quality = (output.quality.float() - soft_iou(masks.detach(), (target >= 0.5).float())).abs().mean(1)
    taught = (present * (shape + QUALITY * quality)).sum() / present.sum().clamp(min=1)
    # Clamped, since a score that is sure and wrong would outweigh every mask.
    scores = output.presence.float()[:, 0].clamp(-12, 12)
    return taught + PRESENCE * functional.binary_cross_entropy_with_logits(scores, present)
