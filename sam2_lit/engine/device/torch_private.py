"""The private API of torch that sam2-lit uses. Importing it checks it: a torch without it is refused at start-up.

pyproject.toml bounds torch to the releases that this was tested with.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

_ATTENTION = "_scaled_dot_product_flash_attention_for_cpu"

if not hasattr(torch.ops.aten, _ATTENTION):
    raise ImportError(
        f"torch {torch.__version__} has no operator aten::{_ATTENTION}: install a release within the bounds that"
        " sam2-lit's pyproject.toml gives"
    )

if not (hasattr(torch.cpu, "_is_avx512_bf16_supported") and hasattr(torch.cpu, "_is_amx_tile_supported")):
    raise ImportError(
        f"torch {torch.__version__} cannot say whether a CPU has bfloat16 instructions: install a release within the"
        " bounds that sam2-lit's pyproject.toml gives"
    )

ATTENTION_OPERATOR: Any = getattr(torch.ops.aten, _ATTENTION)
"""Fused attention on a CPU, which `attention_with_sums` calls."""


def compiler_error() -> type[Exception]:
    """What torch.compile raises where it finds no working compiler. Imports torch's compiler, which takes seconds."""
    from torch._dynamo.exc import BackendCompilerFailed

    return BackendCompilerFailed


def has_bfloat16_instructions() -> bool:
    """Whether this CPU multiplies matrices of bfloat16 by instructions of its own, AVX512-BF16 or AMX."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


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


def has_onednn_linear() -> bool:
    """Whether this build of PyTorch has oneDNN's matrix products, which torch.compile uses as well."""
    return (
        torch._C._has_mkldnn
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
    )


def onednn_linear() -> Callable[[Tensor, Tensor, Tensor | None], Tensor]:
    """`torch.nn.functional.linear` by oneDNN, for float32 on a CPU and without autograd."""
    linear: Callable[[Tensor, Tensor, Tensor | None], Tensor] = _scripted(_linear)
    return linear


def onednn_attention() -> Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]:
    """`attention_with_sums` by oneDNN's products."""
    attention: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]] = _scripted(_attention)
    return attention


def _scripted(function: Callable[..., Any]) -> Any:
    # torch.jit.trace cannot pass a list of scalars to an operator, a scripted function that it calls can.
    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.script` is deprecated", DeprecationWarning)
        return jit.script(function)


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    product: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return product


def _attention(queries: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    attended = torch.empty_like(queries, memory_format=torch.contiguous_format)
    sums = torch.empty(queries.shape[:-1], dtype=queries.dtype, device=queries.device)
    # The scores of these rows, 4 MiB, fit a cache.
    rows = max(32, 1048576 // keys.size(2))
    for batch in range(queries.size(0)):
        for head in range(queries.size(1)):
            scaled = queries[batch, head] * queries.size(3) ** -0.5
            for start in range(0, queries.size(2), rows):
                end = min(start + rows, queries.size(2))
                scores = _linear(scaled[start:end], keys[batch, head], None)
                weights = scores.softmax(-1)
                attended[batch, head, start:end] = _linear(weights, values[batch, head].t(), None)
                sums[batch, head, start:end] = scores.amax(-1) - weights.amax(-1).log()
    return attended, sums


def packed_weight(weight: Tensor) -> Tensor:
    """A matrix [out, in] in the layout that oneDNN wants, for `fused_linear`."""
    packed: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, None)
    return packed


def fused_linear(x: Tensor, weight: Tensor, *arguments: Any) -> Tensor:
    """A linear layer and the activation after it, by oneDNN.

    `arguments` are bias, the activation's name, its scalars and its algorithm.
    """
    out: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, *arguments)
    return out


def fused_convolution(x: Tensor, weight: Tensor, *arguments: Any) -> Tensor:
    """A convolution and the activation after it, by oneDNN.

    `arguments` are bias, padding, stride, dilation, groups, the activation's name, its scalars and its algorithm.
    """
    out: Tensor = torch.ops.mkldnn._convolution_pointwise(x, weight, *arguments)
    return out
