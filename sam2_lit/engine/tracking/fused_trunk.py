"""The trunk of the `pocket` model by oneDNN's fused convolutions, for inference on a CPU."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.kernels import Kernel, Kernels
from sam2_lit.engine.device.torch_private import (
    fused_convolution,
    fused_linear,
    has_onednn_linear,
    packed_weight,
    reordered_weight,
)
from sam2_lit.pocket.trunk import OUTPUT_BLOCKS, EfficientNetLite0, InvertedResidual, SameConv2d


class FusedTrunk:
    """`EfficientNetLite0.forward` with the same weights, equal up to rounding.

    It computes in float32 whatever the model computes in: in bfloat16 its many layers would add most of the difference
    between the masks.

    Each ReLU6 is fused into the convolution before it, and weights have oneDNN's layout. Image and kernels are rotated
    by 180 degrees: TensorFlow's "SAME" adds the odd padded pixel at the end, while oneDNN pads both ends alike. Once
    rotated, the odd pixel is at the start, and for even sizes the one that oneDNN adds at the end is never read.
    """

    def __init__(
        self, trunk: EfficientNetLite0, image_size: int, kernels: Kernels, preemption_point: Callable[[], None]
    ) -> None:
        """`kernels` names how 1x1 convolutions are computed. `preemption_point` is called before each block."""
        self._preemption_point = preemption_point
        self._scale = (trunk.image_std / 128.0).contiguous()
        self._shift = ((trunk.image_mean - 127.0) / 128.0).contiguous()
        self._mean = [trunk.output_mean[index] for index in range(len(OUTPUT_BLOCKS))]
        self._std = [trunk.output_std[index] for index in range(len(OUTPUT_BLOCKS))]
        side = image_size // 2
        self._stem = _FusedConv(trunk.stem, image_size, relu6=True)
        self._blocks: list[_FusedBlock] = []
        for block in trunk.blocks:
            assert isinstance(block, InvertedResidual)
            self._blocks.append(_FusedBlock(block, side, kernels))
            side //= block.depthwise.stride[0]

    def __call__(self, images: Tensor) -> list[Tensor]:
        """As `EfficientNetLite0.forward`, for one image."""
        x = torch.addcmul(self._shift, images, self._scale).flip(2, 3)
        x = self._stem(x.contiguous(memory_format=torch.channels_last))
        maps = []
        for index, block in enumerate(self._blocks):
            self._preemption_point()
            x = block(x)
            if index in OUTPUT_BLOCKS:
                maps.append(x)
        return [(x.flip(2, 3) - mean) / std for x, mean, std in zip(maps, self._mean, self._std, strict=True)]


class _FusedBlock:
    def __init__(self, block: InvertedResidual, side: int, kernels: Kernels) -> None:
        self._expand = None if block.expand is None else _pointwise(block.expand, side, kernels, relu6=True)
        self._depthwise = _FusedConv(block.depthwise, side, relu6=True)
        self._project = _pointwise(block.project, side // block.depthwise.stride[0], kernels, relu6=False)
        self._residual = block.residual

    def __call__(self, x: Tensor) -> Tensor:
        wide = x if self._expand is None else self._expand(x)
        out: Tensor = self._project(self._depthwise(wide))
        return out.add_(x) if self._residual else out


class _FusedConv:
    def __init__(self, conv: SameConv2d, side: int, *, relu6: bool) -> None:
        padding = [conv.kernel_size[0] // 2] * 2
        rotated = conv.weight.detach().flip(2, 3).contiguous(memory_format=torch.channels_last)
        shape = [1, conv.in_channels, side, side]
        self._weight = reordered_weight(rotated, padding, list(conv.stride), conv.groups, shape)
        self._arguments = (_own(conv.bias), padding, list(conv.stride), [1, 1], conv.groups, *_activation(relu6))

    def __call__(self, x: Tensor) -> Tensor:
        return fused_convolution(x, self._weight, *self._arguments)


class _FusedProduct:
    """A 1x1 convolution as a matrix product of its pixels, one row each."""

    def __init__(self, conv: SameConv2d, *, relu6: bool) -> None:
        self._weight = packed_weight(conv.weight.detach().flatten(1).contiguous())
        self._arguments = (_own(conv.bias), *_activation(relu6))

    def __call__(self, x: Tensor) -> Tensor:
        return fused_linear(x.permute(0, 2, 3, 1), self._weight, *self._arguments).permute(0, 3, 1, 2)


def _pointwise(conv: SameConv2d, side: int, kernels: Kernels, *, relu6: bool) -> Kernel:
    """A 1x1 convolution of images of `side` x `side`, by the kernel that `kernels` names."""
    implementations: dict[str, Kernel] = {"convolution": _FusedConv(conv, side, relu6=relu6)}
    if has_onednn_linear():
        implementations["product"] = _FusedProduct(conv, relu6=relu6)
    image = torch.rand(1, conv.in_channels, side, side).contiguous(memory_format=torch.channels_last)
    shape = f"convolution {side} {conv.in_channels} {conv.out_channels}{' relu6' if relu6 else ''}"
    return implementations[kernels.fastest(shape, implementations, image, rows=None)]


def _own(bias: Tensor | None) -> Tensor | None:
    """A copy, which stays float32 where the model's own is cast."""
    return None if bias is None else bias.detach().clone()


def _activation(relu6: bool) -> tuple[Any, ...]:
    return ("hardtanh", [0.0, 6.0], "") if relu6 else ("none", [], "")
