"""EfficientNet-Lite0 as the trunk of SAM 2's image encoder.

Architecture: Tan and Le, "EfficientNet" (arXiv 1905.11946), in the Lite0 variant of TensorFlow's TPU
repository: no squeeze-and-excitation, ReLU6 for swish. Batch normalization is folded into the convolutions.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
STEM_CHANNELS = 32


class BlockShape(NamedTuple):
    """One inverted-residual block: its widening, depthwise kernel and stride, channels in and out."""

    expand: int
    kernel: int
    stride: int
    channels_in: int
    channels_out: int


BLOCKS = (
    BlockShape(1, 3, 1, 32, 16),
    BlockShape(6, 3, 2, 16, 24),
    BlockShape(6, 3, 1, 24, 24),
    BlockShape(6, 5, 2, 24, 40),
    BlockShape(6, 5, 1, 40, 40),
    BlockShape(6, 3, 2, 40, 80),
    BlockShape(6, 3, 1, 80, 80),
    BlockShape(6, 3, 1, 80, 80),
    BlockShape(6, 5, 1, 80, 112),
    BlockShape(6, 5, 1, 112, 112),
    BlockShape(6, 5, 1, 112, 112),
    BlockShape(6, 5, 2, 112, 192),
    BlockShape(6, 5, 1, 192, 192),
    BlockShape(6, 5, 1, 192, 192),
    BlockShape(6, 5, 1, 192, 192),
    BlockShape(6, 3, 1, 192, 320),
)
# The last blocks at strides 4, 8, 16 and 32.
OUTPUT_BLOCKS = (2, 4, 10, 15)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's "SAME" does for even inputs: the odd pixel is added at the end."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(channels_in, channels_out, kernel, stride, padding, groups=groups)
        before = (kernel - 2) // 2
        after = kernel - 2 - before
        self.extra_padding = None if stride == 1 else (before, after, before, after)

    def forward(self, x: Tensor) -> Tensor:
        if self.extra_padding is not None:
            x = functional.pad(x, self.extra_padding)
        return super().forward(x)


class InvertedResidual(nn.Module):
    """Expand by a 1x1 convolution, filter depthwise, project back; add the input where the shapes agree."""

    def __init__(self, shape: BlockShape) -> None:
        super().__init__()
        wide = shape.channels_in * shape.expand
        self.expand = SameConv2d(shape.channels_in, wide, 1) if shape.expand > 1 else None
        self.depthwise = SameConv2d(wide, wide, shape.kernel, shape.stride, groups=wide)
        self.project = SameConv2d(wide, shape.channels_out, 1)
        self.residual = shape.stride == 1 and shape.channels_in == shape.channels_out

    def forward(self, x: Tensor) -> Tensor:
        wide = x if self.expand is None else functional.relu6(self.expand(x), inplace=True)
        out: Tensor = self.project(functional.relu6(self.depthwise(wide), inplace=True))
        return x + out if self.residual else out


class Statistics(nn.Module):
    """One (1, C, 1, 1) buffer for each output map, named "0", "1", …"""

    def __init__(self, widths: list[int], value: float) -> None:
        super().__init__()
        for index, width in enumerate(widths):
            self.register_buffer(str(index), torch.full((1, width, 1, 1), value))

    def __getitem__(self, index: int) -> Tensor:
        return self.get_buffer(str(index))


class EfficientNetLite0(nn.Module):
    """The trunk: four standardised feature maps at strides 4, 8, 16 and 32.

    `channel_list` is deepest first, as `FpnNeck` wants it. The buffers `output_mean` and `output_std` bring
    every channel to zero mean and unit variance: without them the channels have several times the range of
    SAM 2's position encodings.
    """

    image_mean: Tensor
    image_std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv2d(3, STEM_CHANNELS, 3, stride=2)
        self.blocks = nn.ModuleList(InvertedResidual(shape) for shape in BLOCKS)
        widths = [BLOCKS[index].channels_out for index in OUTPUT_BLOCKS]
        self.channel_list = widths[::-1]
        self.output_mean = Statistics(widths, 0.0)
        self.output_std = Statistics(widths, 1.0)
        self.register_buffer("image_mean", 255.0 * torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("image_std", 255.0 * torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub asks for a device too

    def forward(self, images: Tensor) -> list[Tensor]:
        """Features of a batch of images.

        Args:
            images: (B, 3, H, W) float, normalized with ImageNet's mean and standard deviation as SAM 2 does;
                H and W multiples of 32.

        Returns:
            Four maps, lowest stride first: (B, 24, H/4, W/4), (B, 40, H/8, W/8), (B, 112, H/16, W/16) and
            (B, 320, H/32, W/32).
        """
        # EfficientNet-Lite was trained on pixel values (0 to 255) less 127, over 128.
        x = (images * self.image_std + self.image_mean - 127.0) / 128.0
        # Channels last is what convolutions on a CPU are fastest in.
        x = x.contiguous(memory_format=torch.channels_last)
        x = functional.relu6(self.stem(x), inplace=True)
        maps = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in OUTPUT_BLOCKS:
                maps.append(x)
        return [(x - self.output_mean[i]) / self.output_std[i] for i, x in enumerate(maps)]
