"""The simulated user of training: boxes, and clicks at or near the middle of what is wrong."""

import torch
from torch import Tensor
from torch.nn import functional

Prompt = dict[str, Tensor]


def middle_of(region: Tensor, wander: float) -> Tensor:
    """(R, 2): x, y in pixels of a point of each (R, 1, H, W) region in {0, 1}, deep inside it.

    With probability `wander` any point of the region instead. An empty region gives the picture's first
    pixel.
    """
    side = min(region.shape[2:])
    depth = torch.zeros_like(region)
    for reach in (side // 64, side // 16, side // 6):
        depth = depth + box_mean(region, max(1, reach))
    anywhere = torch.rand(len(region), 1, 1, 1, device=region.device) < wander
    depth = torch.where(anywhere, torch.rand_like(region), depth) * region
    best = depth.flatten(1).argmax(1)
    return torch.stack([best % region.shape[3] + 0.5, best // region.shape[3] + 0.5], dim=1)


def box_mean(region: Tensor, reach: int) -> Tensor:
    """The mean of a map (R, 1, H, W) over squares of 2 `reach` + 1 pixels, zero outside the map.

    By running sums: as pooling, squares of a third of the picture would cost more than the decoder does.
    """
    kernel = 2 * reach + 1
    for axis, padding in ((2, (0, 0, reach + 1, reach)), (3, (reach + 1, reach, 0, 0))):
        sums = functional.pad(region, padding).cumsum(axis)
        length = region.shape[axis]
        region = (sums.narrow(axis, kernel, length) - sums.narrow(axis, 0, length)) / kernel
    return region


def click(target: Tensor, found: Tensor | None, wander: float = 0.4) -> Prompt:
    """One click for each object: inside the target, or where `found` (logits, (R, 1, H, W)) is most wrong."""
    if found is None:
        region, label = target, torch.ones(len(target), device=target.device)
    else:
        missed, spilled = target * (found <= 0), (1 - target) * (found > 0)
        positive = missed.flatten(1).sum(1) >= spilled.flatten(1).sum(1)
        region = torch.where(positive.view(-1, 1, 1, 1), missed, spilled)
        label = positive.float()
    return {"point_coords": middle_of(region, wander)[:, None], "point_labels": label.int()[:, None]}


def box(target: Tensor, jitter: float = 0.08) -> Prompt:
    """Each object's box as the two points, labelled 2 and 3, that SAM 2 takes for one; its sides a little
    off."""
    size = target.shape[3]
    rows, columns = target.amax(3)[:, 0], target.amax(2)[:, 0]

    def ends(line: Tensor) -> tuple[Tensor, Tensor]:
        return line.argmax(1).float(), size - line.flip(1).argmax(1).float()

    (left, right), (top, bottom) = ends(columns), ends(rows)
    corners = torch.stack([left, top, right, bottom], dim=1)
    sides = torch.stack([right - left, bottom - top], dim=1).repeat(1, 2)
    corners = (corners + jitter * sides * torch.randn_like(corners).clamp(-1.5, 1.5)).clamp(0, size)
    labels = torch.tensor([2, 3], device=target.device, dtype=torch.int32).expand(len(target), 2)
    return {"point_coords": corners.view(-1, 2, 2), "point_labels": labels}


def joined(first: Prompt, second: Prompt) -> Prompt:
    """The points of both prompts."""
    return {key: torch.cat([first[key], second[key]], dim=1) for key in first}
