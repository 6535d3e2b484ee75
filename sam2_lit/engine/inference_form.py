"""The layout that a predictor's modules run fastest in, with the same results up to rounding."""

from typing import Any

import torch
from sam2.modeling.sam2_utils import LayerNorm2d
from torch import Tensor, nn
from torch.nn import functional as F


class ChannelsLastNorm(nn.Module):
    """sam2.modeling.sam2_utils.LayerNorm2d by PyTorch's own layer norm, for channels that lie last in memory."""

    def __init__(self, norm: LayerNorm2d) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = norm.weight, norm.bias, norm.eps

    def forward(self, x: Tensor) -> Tensor:
        last = x.permute(0, 2, 3, 1)
        return F.layer_norm(last, last.shape[-1:], self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


def lay_out(predictor: Any) -> None:
    """Puts convolutions in channels-last order, and layer norms in the form that suits it; on a CPU only."""
    if predictor.device.type != "cpu":
        return
    for part in (predictor.image_encoder, predictor.memory_encoder):
        part.to(memory_format=torch.channels_last)
    for module in predictor.memory_encoder.modules():
        for name, child in module.named_children():
            if isinstance(child, LayerNorm2d):
                setattr(module, name, ChannelsLastNorm(child))
