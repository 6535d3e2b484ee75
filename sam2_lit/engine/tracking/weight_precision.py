"""Stores weights, and what was stored before, in the precision that a model computes with."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from sam2_lit.engine.tracking.weight_layout import PerObjectLinear, PointwiseConv

_CAST = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d, PointwiseConv, PerObjectLinear)
"""The modules whose weights autocast casts. In inference mode it does so at every call, and results are the same."""


def cast_weights(predictor: Any, dtype: torch.dtype) -> None:
    """Casts the weights of matrix products and convolutions, once.

    Those of the mask decoder and of the prompt encoder stay float32: adapters are trained and compared in float32.
    """
    kept = {predictor.sam_mask_decoder, predictor.sam_prompt_encoder}
    for part in predictor.children():
        if part not in kept:
            for module in part.modules():
                if isinstance(module, _CAST):
                    module.to(dtype)


def with_cast_weights(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """A copy of a module whose weights of matrix products and convolutions are cast; it shares all others."""
    # deepcopy takes what the memo has in place of a copy.
    memo: dict[int, Any] = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    for part in module.modules():
        if isinstance(part, _CAST):
            for tensor in part.parameters(recurse=False):
                memo[id(tensor)] = nn.Parameter(_cast(tensor, dtype), requires_grad=False)
    return copy.deepcopy(module, memo)


def as_computed(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """A tensor that a model stored, maybe in another precision, for one that computes in `dtype`.

    Under bfloat16 autocast every operator takes float32 too; without it, none takes bfloat16 next to float32.
    """
    return tensor.to(dtype) if dtype is torch.float32 and tensor.is_floating_point() else tensor


def _cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.detach().to(dtype)
