"""Masks as people draw them: too large, too small, or only a part of the object."""

import math

import torch
from torch import Tensor
from torch.nn import functional

KINDS = ("exact", "dilated", "eroded", "cut")
LEAST_LEFT = 30
"""Pixels: a mask with less left of it is given as it was."""


def drawn(target: Tensor, kinds: tuple[str, ...] = KINDS) -> Tensor:
    """Each object's mask, (R, 1, H, W) in {0, 1}, as drawn in one of the ways `kinds`, chosen at random for each.

    Draws from PyTorch's generator. Widths are 4 to 16 % of the side of a square of the object's area.
    """
    given = []
    for mask in target:
        kind = kinds[int(torch.randint(len(kinds), ()))]
        width = max(1, round(float(mask.sum()) ** 0.5 * (0.04 + 0.12 * float(torch.rand(())))))
        if kind == "dilated":
            changed = dilated(mask, width)
        elif kind == "eroded":
            changed = 1 - dilated(1 - mask, width)
        elif kind == "cut":
            changed = cut(mask)
        else:
            changed = mask
        given.append(changed if changed.sum() > LEAST_LEFT else mask)
    return torch.stack(given)


def dilated(mask: Tensor, width: int) -> Tensor:
    """The (1, H, W) mask, grown by `width` pixels in each direction; as two passes, which is much faster than one."""
    rows = functional.max_pool2d(mask[None], (2 * width + 1, 1), 1, (width, 0))
    return functional.max_pool2d(rows, (1, 2 * width + 1), 1, (0, width))[0]


def cut(mask: Tensor) -> Tensor:
    """The (1, H, W) mask on one side of a straight line through it at a random angle, near the mask's center."""
    rows, columns = (axis.to(mask.device) for axis in torch.meshgrid(*map(torch.arange, mask.shape[1:]), indexing="ij"))
    area = mask.sum().clamp(min=1)
    angle = 2 * math.pi * float(torch.rand(()))
    across = columns * math.cos(angle) + rows * math.sin(angle)
    center = (across * mask[0]).sum() / area
    offset = 0.25 * area.sqrt() * (2 * float(torch.rand(())) - 1)
    kept: Tensor = mask * (across < center + offset)
    return kept
