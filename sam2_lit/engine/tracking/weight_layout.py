"""Replaces a predictor's modules by equal ones that run faster on a CPU; results differ by rounding only."""

from collections.abc import Iterator
from typing import Any

import torch
from sam2.modeling.sam2_utils import LayerNorm2d
from torch import Tensor, nn
from torch.nn import functional as F

from sam2_lit.engine.device.kernels import LINEAR, Kernels

# PyTorch's layer norm takes about as long for a row of four numbers as for one of sixteen.
_FEW_CHANNELS = 4


class ChannelsLastNorm(nn.Module):
    """sam2.modeling.sam2_utils.LayerNorm2d by PyTorch's own layer norm, for channels-last tensors."""

    def __init__(self, norm: LayerNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        last = x.permute(0, 2, 3, 1)
        return F.layer_norm(last, last.shape[-1:], self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


class PlanesNorm(nn.Module):
    """sam2.modeling.sam2_utils.LayerNorm2d for few channels, where a plane of each is faster than a row of all."""

    def __init__(self, norm: LayerNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        planes = x.contiguous()
        centred = planes - planes.mean(1, keepdim=True)
        scale = torch.rsqrt(centred.square().mean(1, keepdim=True) + self.eps)
        return torch.addcmul(self.bias[:, None, None], centred * scale, self.weight[:, None, None])


class PointwiseConv(nn.Module):
    """A 1x1 convolution as a matrix product, which rounds the same on any number of cores."""

    def __init__(self, conv: nn.Conv2d, kernel: str) -> None:
        """`kernel` is a key of `LINEAR`."""
        super().__init__()
        self.weight, self.bias = conv.weight, conv.bias
        self._kernel = kernel

    def forward(self, x: Tensor) -> Tensor:
        product: Tensor = LINEAR[self._kernel](x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias)
        return product.permute(0, 3, 1, 2)


class KernelLinear(nn.Linear):
    """A linear layer by one of the kernels in `LINEAR`, where no gradient is needed."""

    def __init__(self, linear: nn.Linear, kernel: str) -> None:
        super().__init__(linear.in_features, linear.out_features, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        self._kernel = kernel

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() and x.requires_grad:
            return super().forward(x)
        product: Tensor = LINEAR[self._kernel](x, self.weight, self.bias)
        return product


class PerObjectLinear(nn.Module):
    """A linear layer for a few tokens of each of many objects, by one product an object.

    A single product would have far longer sums than results. Several cores would split the sums, which rounds
    differently and costs more than it saves; with one product an object, each core computes whole objects.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, in] to [B, T, out]."""
        return torch.baddbmm(self.bias, x, self.weight.t().expand(x.shape[0], -1, -1))


def lay_out(predictor: Any, kernels: Kernels) -> None:
    """Makes convolutions channels-last, and replaces the modules between them to match; on a CPU only.

    Products of a frame's pixels are computed by the kernels that `kernels` names. Those of a few tokens stay.
    """
    if predictor.device.type != "cpu":
        return
    # Half of a frame's tokens are computed at once (`memory_attention.py`).
    rows = predictor.sam_image_embedding_size**2 // 2
    # The decoder's pixels come as rows, and so do the frame's features that are added to them.
    upscaling = predictor.sam_mask_decoder.output_upscaling
    for part in (predictor.image_encoder, predictor.memory_encoder, upscaling):
        part.to(memory_format=torch.channels_last)
    for part in (predictor.image_encoder.neck, predictor.memory_encoder, upscaling):
        for module in list(part.modules()):
            for name, child in module.named_children():
                if isinstance(child, LayerNorm2d):
                    few = len(child.weight) <= _FEW_CHANNELS
                    setattr(module, name, PlanesNorm(child) if few else ChannelsLastNorm(child))
                elif isinstance(child, nn.Conv2d) and child.kernel_size == child.stride == (1, 1):
                    kernel = kernels.linear(rows, child.in_channels, child.out_channels)
                    setattr(module, name, PointwiseConv(child, kernel))
    for module, name in [*_layers_of_pixels(predictor)]:
        layer = getattr(module, name)
        kernel = kernels.linear(rows, layer.in_features, layer.out_features)
        if kernel != next(iter(LINEAR)):
            setattr(module, name, KernelLinear(layer, kernel))
    for block in predictor.sam_mask_decoder.transformer.layers:
        block.mlp.layers[-1] = PerObjectLinear(block.mlp.layers[-1])


def _layers_of_pixels(predictor: Any) -> Iterator[tuple[nn.Module, str]]:
    """The linear layers with a row for each of a frame's pixels or patches: the parent of each, and its name in it."""
    decoder = predictor.sam_mask_decoder.transformer
    for part in (predictor.image_encoder, predictor.memory_attention, predictor.memory_encoder):
        for module in part.modules():
            for name, child in module.named_children():
                if type(child) is nn.Linear:
                    yield module, name
    for attention in (*(each.cross_attn_token_to_image for each in decoder.layers), decoder.final_attn_token_to_image):
        yield from ((attention, name) for name in ("k_proj", "v_proj"))
    for layer in decoder.layers:
        yield from ((layer.cross_attn_image_to_token, name) for name in ("q_proj", "out_proj"))
