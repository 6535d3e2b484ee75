"""The private API of torch that sam2-lit uses. Importing it checks it: a torch without it is refused at start-up.

pyproject.toml bounds torch to the releases that this was tested with.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

_ATTENTION = "_scaled_dot_product_flash_attention_for_cpu"

if not hasattr(torch.ops.aten, _ATTENTION):
    raise ImportError(
        f"torch {torch.__version__} has no operator aten::{_ATTENTION}: install a release within the bounds that"
        " sam2-lit's pyproject.toml gives"
    )

ATTENTION_OPERATOR: Any = getattr(torch.ops.aten, _ATTENTION)
"""Fused attention on a CPU, which `attention_with_sums` calls."""


def compiler_error() -> type[Exception]:
    """What torch.compile raises where it finds no working compiler. Imports torch's compiler, which takes seconds."""
    from torch._dynamo.exc import BackendCompilerFailed

    return BackendCompilerFailed


def attention_with_sums(queries: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention on a CPU, [B, H, n, d], and the logarithm of each softmax's divisor, [B, H, n]."""
    attended: tuple[Tensor, Tensor] = ATTENTION_OPERATOR(queries, keys, values)
    return attended


def has_fused_convolutions() -> bool:
    """Whether this build of PyTorch has oneDNN's fused convolutions, which torch.compile uses as well."""
    return (
        torch._C._has_mkldnn
        and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_convolution_weight")
    )


def reordered_weight(
    weight: Tensor, padding: Sequence[int], stride: Sequence[int], groups: int, input_shape: Sequence[int]
) -> Tensor:
    """A convolution's weight in the layout that oneDNN wants for inputs of `input_shape`, for `fused_convolution`."""
    reordered: Tensor = torch.ops.mkldnn._reorder_convolution_weight(
        weight, padding, stride, [1, 1], groups, input_shape
    )
    return reordered


def fused_convolution(x: Tensor, weight: Tensor, *arguments: Any) -> Tensor:
    """A convolution and the activation after it, by oneDNN.

    `arguments` are bias, padding, stride, dilation, groups, the activation's name, its scalars and its algorithm.
    """
    out: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, *arguments)
    return out
