"""How things move: smooth random paths, and where on a sprite each pixel of each frame looks."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Path1D = NDArray[np.float64]


def smooth_path(rng: np.random.Generator, times: Path1D, drift: float, sway: float) -> Path1D:
    """Values at `times` (frames): a drift (the standard deviation a frame) and sways about zero; 0 at time
    0."""
    path = rng.normal(0, drift) * times
    for _ in range(2):
        period, phase = rng.uniform(6, 40), rng.uniform(0, 2 * math.pi)
        path = path + rng.normal(0, sway) * (np.sin(2 * math.pi * times / period + phase) - math.sin(phase))
    return path


@dataclass(frozen=True)
class Motion:
    """Where a sprite is on each of T frames.

    `x` and `y` are its center and `height` its height, in heights of the picture, y down and the picture's
    center at (0, 0); `angle` in radians; `stretch` scales its width; `bend` (T, 2, 3, 3) bends it, in
    heights of the sprite.
    """

    x: Path1D
    y: Path1D
    height: Path1D
    angle: Path1D
    stretch: Path1D
    bend: Tensor


def random_motion(
    rng: np.random.Generator, times: Path1D, height: float, start: tuple[float, float], aspect: float
) -> Motion:
    """A thing's own motion from `start`; brisk things, quiet ones, and ones that leave and come back."""
    speed = float(rng.choice([0.0, 0.006, 0.02, 0.04], p=[0.1, 0.4, 0.35, 0.15]))
    x, y = (smooth_path(rng, times, speed, 4 * speed) for _ in range(2))
    if rng.random() < 0.15:  # out of the picture and back
        reach = aspect * rng.uniform(0.6, 1.2) * np.sin(math.pi * times / rng.uniform(8, 24)) ** 2
        x = x + reach * rng.choice([-1, 1])
    rush = float(rng.choice([1.0, 4.0], p=[0.7, 0.3]))  # some come close, or go far, within a second
    growth = np.exp(np.clip(smooth_path(rng, times, 0.01 * rush, 0.08 * rush), -1.3, 1.3))
    spin = float(rng.choice([0.0, 0.02, 0.08], p=[0.3, 0.5, 0.2]))
    softness = float(rng.choice([0.0, 0.05, 0.12], p=[0.2, 0.45, 0.35]))
    return Motion(
        x=start[0] + x,
        y=start[1] + 0.7 * y,
        height=height * growth,
        angle=rng.normal(0, 0.4) + smooth_path(rng, times, spin / 2, 3 * spin),
        stretch=rng.uniform(0.75, 1.3) * np.exp(np.clip(smooth_path(rng, times, 0.0, 0.1), -0.5, 0.5)),
        bend=random_bend(rng, times, softness),
    )


def random_bend(rng: np.random.Generator, times: Path1D, softness: float) -> Tensor:
    """(T, 2, 3, 3): how far nine points of a thing sway on each frame; `softness` is the standard deviation."""
    shapes = torch.from_numpy(rng.normal(0, softness, (2, 1, 2, 3, 3)))
    swings = torch.from_numpy(
        np.stack([np.sin(2 * math.pi * times / rng.uniform(5, 25) + rng.uniform(0, 6.3)) for _ in range(2)])
    )
    return (shapes * swings[:, :, None, None, None]).sum(0).float()


def bent(place: Tensor, bend: Tensor) -> Tensor:
    """Places (T, H, W, 2), from -1 to 1, moved by a bend (T, 2, 3, 3) as a smooth field over all of them."""
    coarse = functional.interpolate(bend, size=(24, 24), mode="bicubic", align_corners=True)
    field = functional.grid_sample(coarse, place.clamp(-1, 1), mode="bilinear", align_corners=True)
    return place + field.permute(0, 2, 3, 1)


def picture_grid(height: int, width: int, aspect: float) -> Tensor:
    """(height, width, 2): each pixel's x and y in heights of the picture; the picture is `aspect` wide."""
    y = (torch.arange(height) + 0.5) / height - 0.5
    x = ((torch.arange(width) + 0.5) / width - 0.5) * aspect
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def sprite_grid(motion: Motion, grid: Tensor, aspect: float) -> Tensor:
    """(T, H, W, 2) for `grid_sample`: where on the sprite (from -1 to 1; `aspect` wide) each pixel looks."""
    frames = len(motion.x)
    center = torch.tensor(np.stack([motion.x, motion.y], -1)).float().view(frames, 1, 1, 2)
    angle = torch.tensor(motion.angle).float().view(frames, 1, 1)
    height = torch.tensor(motion.height).float().view(frames, 1, 1)
    width = height * aspect * torch.tensor(motion.stretch).float().view(frames, 1, 1)
    offset = grid - center
    u = (offset[..., 0] * angle.cos() + offset[..., 1] * angle.sin()) * 2 / width
    v = (offset[..., 1] * angle.cos() - offset[..., 0] * angle.sin()) * 2 / height
    place = torch.stack([u, v], dim=-1)
    if not motion.bend.any():
        return place
    return bent(place, motion.bend)
