"""Feature maps as rows of pixels, in the order in which SAM 2's mask decoder upscales them.

The decoder's two transposed convolutions have kernel and stride 2: each makes 2 x 2 pixels of one and mixes no
neighbors, so each is a linear layer from C channels to 4 x C' (C' for each of the four). With pixels in the order
(h, w, i1, j1, i2, j2), i and j being row and column inside an upscaled pixel, both are matrix products without a
transpose. Losses and IoU do not depend on the order of pixels.
"""

from torch import Tensor


def to_pixel_order(image: Tensor, levels: int) -> Tensor:
    """[B, C, H, W] to [B, H * W, C]; in the pixel order of an image upscaled `levels` times."""
    batch, channels, height, width = image.shape
    split = [2] * levels
    folded = image.reshape(batch, channels, height >> levels, *split, width >> levels, *split)
    rows = [2 + i for i in range(levels + 1)]
    columns = [3 + levels + i for i in range(levels + 1)]
    order = [axis for pair in zip(rows, columns, strict=True) for axis in pair]
    return folded.permute(0, *order, 1).reshape(batch, height * width, channels)


def from_pixel_order(pixels: Tensor, size: tuple[int, int], levels: int) -> Tensor:
    """The inverse for one channel: [B, H * W] to [B, 1, H, W], where `size` is (H, W)."""
    height, width = size
    folded = pixels.reshape(-1, height >> levels, width >> levels, *[2] * (2 * levels))
    rows = [1 + 2 * i for i in range(levels + 1)]
    columns = [2 + 2 * i for i in range(levels + 1)]
    return folded.permute(0, *rows, *columns).reshape(-1, 1, height, width)
