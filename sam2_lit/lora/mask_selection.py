"""Selects one of the masks that SAM 2's mask decoder makes, as `MaskDecoder.forward` does in evaluation mode."""

from typing import Any

import torch
from torch import Tensor


def candidate_masks(decoder: Any, multimask: bool) -> slice:
    """Which of the decoder's mask tokens may become the mask: token 0 is the single mask, the others the multimask."""
    if multimask:
        return slice(1, None)
    return slice(0, None if decoder.dynamic_multimask_via_stability else 1)


def select_masks(decoder: Any, masks: Tensor, ious: Tensor, multimask: bool) -> tuple[Tensor, Tensor]:
    """The mask of each of K sets of candidates.

    Args:
        decoder: SAM 2's mask decoder, for its settings.
        masks: logits of the masks that `candidate_masks` names, [K, masks, P].
        ious: their predicted IoUs, [K, masks].
        multimask: whether the mask is the best of the multimask tokens.

    Returns:
        Logits [K, P] and predicted IoU [K].
    """
    if not multimask and masks.shape[1] > 1:
        return _stable_or_best(decoder, masks, ious)
    return _best(masks, ious)


def _best(masks: Tensor, ious: Tensor) -> tuple[Tensor, Tensor]:
    rows, best = torch.arange(len(ious), device=ious.device), ious.argmax(-1)
    return masks[rows, best], ious[rows, best]


def _stable_or_best(decoder: Any, masks: Tensor, ious: Tensor) -> tuple[Tensor, Tensor]:
    """The single mask, or the best of the others where it is unstable (`_dynamic_multimask_via_stability`).

    A mask's stability is the IoU of the regions over `delta` and over `-delta`.
    """
    single, delta = masks[:, 0], decoder.dynamic_multimask_stability_delta
    inner = torch.sum(single > delta, dim=-1).float()
    outer = torch.sum(single > -delta, dim=-1).float()
    stability = torch.where(outer > 0, inner / outer, 1.0)
    is_stable = stability >= decoder.dynamic_multimask_stability_thresh
    best, best_iou = _best(masks[:, 1:], ious[:, 1:])
    return torch.where(is_stable[:, None], single, best), torch.where(is_stable, ious[:, 0], best_iou)
