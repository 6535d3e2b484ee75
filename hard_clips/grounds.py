"""Backgrounds larger than the picture, strewn with stones and leaves, and screens that creatures hide behind."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter

from hard_clips.creatures import Creature, Layer, Pose, draw, random_creature
from hard_clips.textures import Floats, look_up, noise, painted, palette, skin


def ground(random: np.random.Generator, width: int, height: int) -> Floats:
    """Soil with stones and leaves on it under uneven light, float [height, width, 3]."""
    side = max(width, height)
    relief = noise(random, side, random.uniform(12, 50))[:height, :width]
    picture = painted(relief + 0.3 * noise(random, side, 6)[:height, :width], palette(random, 5))
    slope = np.gradient(gaussian_filter(relief, 1.5), axis=1)
    picture = picture * (1 + 1.2 * slope / (slope.std() + 1e-6) * 0.06)[..., None]
    for _ in range(int(random.integers(10, 40))):
        thing = random_creature(random)
        size = random.uniform(6, 34)
        _strew(picture, thing, random.uniform(0, width), random.uniform(0, height), size, random)
    light = gaussian_filter(random.standard_normal((height, width)), side / 6)
    picture = picture * (1 + 0.25 * light / np.abs(light).max())[..., None]
    return np.clip(random.uniform(0.65, 1.0) * picture, 0, 1)


def _strew(picture: Floats, thing: Creature, x: float, y: float, size: float, random: np.random.Generator) -> None:
    reach = int(2 * size) + 3
    top, left = max(0, int(y) - reach), max(0, int(x) - reach)
    part = picture[top : int(y) + reach, left : int(x) + reach]
    height, width = part.shape[:2]
    flat = replace(thing, limbs=thing.limbs[:0], limb_length=0.0, eyes=False)
    pose = Pose(x - left, y - top, size, random.uniform(0, 6.3), random.uniform(0, 6.3), stretch=random.uniform(1, 1.5))
    layer = draw(flat, pose, width, height)
    shadow = np.roll(gaussian_filter(layer.coverage, 2.5), (3, 2), (0, 1))[..., None]
    part *= 1 - 0.4 * shadow
    part += layer.coverage[..., None] * (0.85 * layer.color - part)


def screen(random: np.random.Generator, width: int, height: int, center: float, breadth: float) -> Layer:
    """A trunk or a wall in front of everything, from top to bottom; `center` and `breadth` are in pixels."""
    y, x = np.mgrid[:height, :width]
    edge = 0.06 * breadth * noise(random, max(width, height), 14)[0, :height][:, None]
    inside = breadth / 2 + edge - np.abs(x - center + 0.1 * edge)
    tile = skin(random)
    color = look_up(tile, x / 150, y / 150) * (0.55 + 0.45 * np.sqrt(np.clip(2 * inside / breadth, 0, 1)))[..., None]
    return Layer(color, np.clip(inside + 0.5, 0, 1))
