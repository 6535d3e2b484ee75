"""What moves through a training clip: cut-outs, and random shapes filled with texture."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.pictures import Pictures

SHAPE_SIDE = 128


@dataclass(frozen=True)
class Sprite:
    """A picture with alpha: (4, h, w) float in 0 to 1."""

    rgba: Tensor

    @property
    def aspect(self) -> float:
        return self.rgba.shape[2] / self.rgba.shape[1]


def random_shape(rng: np.random.Generator) -> Tensor:
    """A (128, 128) alpha map: a wobbly star-shaped outline, a polygon, a bar, or a union of ellipses."""
    axis = (np.arange(SHAPE_SIDE) + 0.5) / SHAPE_SIDE * 2 - 1
    y, x = np.meshgrid(axis, axis, indexing="ij")
    kind = rng.choice(["wobbly", "polygon", "ellipses", "bar"], p=[0.35, 0.25, 0.3, 0.1])
    if kind == "wobbly":
        angle = np.arctan2(y, x)
        radius = 0.62 + sum(
            rng.normal(0, 0.22 / k) * np.cos(k * angle + rng.uniform(0, 2 * math.pi)) for k in range(1, 7)
        )
        inside = np.hypot(x, y) - np.clip(radius, 0.15, 0.98)
    elif kind == "polygon":
        count = rng.integers(3, 8)
        turns = np.sort(rng.uniform(0, 2 * math.pi, count))
        distance = rng.uniform(0.35, 0.75, count)
        inside = np.max([x * math.cos(t) + y * math.sin(t) - d for t, d in zip(turns, distance, strict=True)], axis=0)
        inside = np.maximum(inside, np.maximum(abs(x), abs(y)) - 0.97)
    elif kind == "bar":
        inside = np.maximum(abs(y + rng.uniform(0, 0.3) * np.sin(3 * x)) - rng.uniform(0.08, 0.3), abs(x) - 0.95)
    else:
        parts = []
        for _ in range(rng.integers(1, 5)):
            cx, cy = rng.uniform(-0.45, 0.45, 2)
            a, b = rng.uniform(0.15, 0.5, 2)
            parts.append((np.hypot((x - cx) / a, (y - cy) / b) - 1) * min(a, b))
        inside = np.min(parts, axis=0)
    return torch.from_numpy(np.clip(0.5 - inside * SHAPE_SIDE / 3, 0, 1)).float()


def random_fill(pictures: Pictures, rng: np.random.Generator) -> Tensor:
    """A (3, 128, 128) square out of a texture or a photograph."""
    kind = "texture" if rng.random() < 0.5 else "photo"
    picture = pictures.read(str(rng.choice(pictures.names[kind])))
    side = int(min(picture.shape[1:]) * rng.uniform(0.25, 1.0))
    top = rng.integers(0, picture.shape[1] - side + 1)
    left = rng.integers(0, picture.shape[2] - side + 1)
    crop = picture[None, :, top : top + side, left : left + side]
    return functional.interpolate(crop, size=(SHAPE_SIDE, SHAPE_SIDE), mode="bilinear", antialias=True)[0]


def recolor(rgb: Tensor, rng: np.random.Generator, strength: float) -> Tensor:
    """The (3, h, w) picture with its channels scaled, mixed and shifted a little, or a lot."""
    mix = torch.eye(3) + strength * torch.from_numpy(rng.normal(0, 0.5, (3, 3))).float()
    mix = mix / mix.sum(1, keepdim=True).clamp(min=0.5)
    shift = strength * torch.from_numpy(rng.normal(0, 0.3, (3, 1, 1))).float()
    return (torch.einsum("ij,jhw->ihw", mix, rgb) + shift).clamp(0, 1)


def random_sprite(pictures: Pictures, rng: np.random.Generator) -> Sprite:
    """A cut-out as it is, or a random shape filled with texture; recolored and mirrored at random."""
    if rng.random() < 0.6:
        rgba = pictures.read(str(rng.choice(pictures.names["cutout"])))
    else:
        rgba = torch.cat([random_fill(pictures, rng), random_shape(rng)[None]])
    if rng.random() < 0.5:
        rgba = rgba.flip(2)
    if rng.random() < 0.4:
        rgba = torch.cat([recolor(rgba[:3], rng, rng.uniform(0.1, 0.7)), rgba[3:]])
    return Sprite(rgba)


def look_alike(sprite: Sprite, rng: np.random.Generator) -> Sprite:
    """The same thing again: identical, mirrored, or in slightly other colors."""
    rgba = sprite.rgba.flip(2) if rng.random() < 0.5 else sprite.rgba
    if rng.random() < 0.5:
        rgba = torch.cat([recolor(rgba[:3], rng, rng.uniform(0.02, 0.25)), rgba[3:]])
    return Sprite(rgba)
