"""Replaces a predictor's modules by equal ones that run faster on a CPU; results differ by rounding only."""

from typing import Any

import torch
from sam2.modeling.sam2_utils import LayerNorm2d
from torch import Tensor, nn
from torch.nn import functional as F

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

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.weight, self.bias = conv.weight, conv.bias

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)


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


def lay_out(predictor: Any) -> None:
    """Makes convolutions channels-last, and replaces the modules between them to match; on a CPU only."""
    if predictor.device.type != "cpu":
        return
    for part in (predictor.image_encoder, predictor.memory_encoder):
        part.to(memory_format=torch.channels_last)
    for part in (predictor.image_encoder.neck, predictor.memory_encoder):
        for module in list(part.modules()):
            for name, child in module.named_children():
                if isinstance(child, LayerNorm2d):
                    few = len(child.weight) <= _FEW_CHANNELS
                    setattr(module, name, PlanesNorm(child) if few else ChannelsLastNorm(child))
                elif isinstance(child, nn.Conv2d) and child.kernel_size == child.stride == (1, 1):
                    setattr(module, name, PointwiseConv(child))
    for block in predictor.sam_mask_decoder.transformer.layers:
        block.mlp.layers[-1] = PerObjectLinear(block.mlp.layers[-1])
