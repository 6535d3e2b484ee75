"""Clips with ground truth, made of pictures: the same seed and the same archive give the same clip.

The ways to be hard that a clip draws from: several objects, look-alikes, small ones, articulated ones,
occlusion by things that are not asked for, leaving and coming back, bending, a moving camera, and
film.shoot's blur and noise.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.film import shoot
from training.motion import (
    Motion,
    bent,
    picture_grid,
    random_bend,
    random_motion,
    smooth_path,
    sprite_grid,
)
from training.pictures import Pictures
from training.regions import object_sprite, random_regions, region_sprite
from training.sprites import Sprite, look_alike, random_sprite

OBJECTS_MOVED, REGIONS_MOVED = 0.45, 0.15
OBJECTS_IN_PLACE = 0.6
"""Shares: of what moves, objects and regions cut out of photographs; of grounds with something asked for, those whose
object is."""
SMALLEST_AREA = 0.0008
"""Of the picture: an object asked for shows at least this much of itself on the first frame."""


@dataclass(frozen=True)
class Clip:
    """`images`: (T, 3, H, W) uint8, RGB. `masks`: (T, K, H, W) bool, the visible part of each object."""

    images: Tensor
    masks: Tensor


@dataclass(frozen=True)
class Camera:
    """Where the camera is on each frame: `x`, `y` in heights of the picture, `zoom` and `roll` in radians."""

    x: np.ndarray
    y: np.ndarray
    zoom: np.ndarray
    roll: np.ndarray


def random_camera(rng: np.random.Generator, times: np.ndarray) -> Camera:
    """A tripod, a hand, a pan or a chase."""
    pace = float(rng.choice([0.0, 0.003, 0.012, 0.03], p=[0.2, 0.35, 0.3, 0.15]))
    shake = float(rng.choice([0.0, 0.004], p=[0.6, 0.4]))
    x, y = (smooth_path(rng, times, pace, 2 * pace) + rng.normal(0, shake, len(times)) * (times > 0) for _ in range(2))
    zoom = np.exp(np.clip(smooth_path(rng, times, pace / 4, pace), -0.5, 0.5))
    return Camera(x, 0.5 * y, zoom, np.clip(smooth_path(rng, times, pace / 4, pace), -0.3, 0.3))


def through_camera(motion: Motion, camera: Camera, parallax: float) -> Motion:
    """The motion as the camera sees it; nearer things (larger `parallax`) shift more."""
    x, y = motion.x - parallax * camera.x, motion.y - parallax * camera.y
    cos, sin = np.cos(camera.roll), np.sin(camera.roll)
    return Motion(
        x=camera.zoom * (cos * x + sin * y),
        y=camera.zoom * (cos * y - sin * x),
        height=motion.height * camera.zoom,
        angle=motion.angle - camera.roll,
        stretch=motion.stretch,
        bend=motion.bend,
    )


def seen_by(camera: Camera, grid: Tensor) -> Tensor:
    """(T, H, W, 2): the points of the ground that the camera sees at each place of `grid` (H, W, 2), both in heights
    of the picture."""
    x, y, zoom, roll = (
        torch.tensor(value).float().view(len(camera.x), 1, 1)
        for value in (camera.x, camera.y, camera.zoom, camera.roll)
    )
    u = (grid[..., 0] * roll.cos() - grid[..., 1] * roll.sin()) / zoom + x
    v = (grid[..., 1] * roll.cos() + grid[..., 0] * roll.sin()) / zoom + y
    return torch.stack([u, v], dim=-1)


def render_ground(
    pictures: Pictures, rng: np.random.Generator, grid: Tensor, camera: Camera, times: np.ndarray, regions: int
) -> Tensor:
    """(T, 3 + N, H, W): a photograph (now and then a texture), as the camera moves over it, now and then bending.

    The channels after the colors are the alpha maps of up to `regions` regions of it, or that of its object.
    """
    kind = "photo" if rng.random() < 0.9 else "texture"
    if regions and pictures.names["object"] and rng.random() < OBJECTS_IN_PLACE:
        kind = "object"
    picture = pictures.read(str(rng.choice(pictures.names[kind])))
    if rng.random() < 0.5:
        picture = picture.flip(2)
    tall = picture.shape[1] / picture.shape[2]
    aspect = 2 * float(grid[..., 0].max())
    least = 0.75 if kind == "object" else 0.5
    room = rng.uniform(least, 1.0) * min(1.0, 1 / (aspect * tall))  # the share of its height that is in view
    left, top = rng.uniform(-1, 1, 2) * (1 - room * np.array([aspect * tall, 1.0])).clip(min=0)
    frames = len(camera.x)
    seen = seen_by(camera, grid)
    u, v = seen[..., 0], seen[..., 1]
    place = torch.stack([left + 2 * u * room * tall, top + 2 * v * room], dim=-1)
    shown = room * picture.shape[1] / grid.shape[0]
    if shown > 1.3:
        picture = functional.interpolate(picture[None], scale_factor=1.3 / shown, mode="area")[0]
    if rng.random() < 0.3:
        place = bent(place, random_bend(rng, times, 0.04))
    if regions and kind != "object":
        asked = random_regions(picture, rng, regions, place[0].reshape(-1, 2).double().numpy())
        picture = torch.cat([picture, asked])
    return functional.grid_sample(
        picture.expand(frames, -1, -1, -1), place, padding_mode="reflection", align_corners=False
    )


def render_sprite(sprite: Sprite, motion: Motion, grid: Tensor) -> Tensor:
    """(T, 4, H, W): the sprite on every frame, colors not multiplied by alpha."""
    rgba = sprite.rgba
    pixels = float(motion.height.max()) * grid.shape[0]
    if rgba.shape[1] > 1.5 * pixels:
        scale = max(4.0, 1.3 * pixels) / rgba.shape[1]
        size = (max(4, round(rgba.shape[1] * scale)), max(4, round(rgba.shape[2] * scale)))
        rgba = functional.interpolate(rgba[None], size=size, mode="bilinear", antialias=True)[0]
    place = sprite_grid(motion, grid, sprite.aspect)
    return functional.grid_sample(rgba.expand(len(place), -1, -1, -1), place, align_corners=False)


def limb_motion(rng: np.random.Generator, times: np.ndarray, body: Motion) -> Motion:
    """A part that hangs on a body and swings about the point where it is fixed."""
    length = rng.uniform(0.35, 0.8)
    swing = rng.uniform(0.1, 0.9) * np.sin(2 * math.pi * times / rng.uniform(4, 16) + rng.uniform(0, 6.3))
    angle = body.angle + rng.uniform(-math.pi, math.pi) + swing
    rim = rng.uniform(0.15, 0.4) * body.height
    reach = rim + 0.35 * length * body.height
    return Motion(
        x=body.x + reach * np.sin(angle),
        y=body.y - reach * np.cos(angle),
        height=length * body.height,
        angle=angle,
        stretch=np.full(len(times), rng.uniform(0.4, 0.9)),
        bend=torch.zeros_like(body.bend),
    )


def render_thing(
    sprite: Sprite,
    parts: list[Sprite],
    motion: Motion,
    rng: np.random.Generator,
    grid: Tensor,
    times: np.ndarray,
) -> Tensor:
    """(T, 4, H, W): a sprite and the parts that hang on it, behind it or before it, as one thing."""
    thing = render_sprite(sprite, motion, grid)
    for part in parts:
        limb = render_sprite(part, limb_motion(rng, times, motion), grid)
        thing = over(limb, thing) if rng.random() < 0.5 else over(thing, limb)
    return thing


def over(front: Tensor, back: Tensor) -> Tensor:
    """One (T, 4, H, W) layer over another."""
    alpha = front[:, 3:] + back[:, 3:] * (1 - front[:, 3:])
    color = (front[:, :3] * front[:, 3:] + back[:, :3] * back[:, 3:] * (1 - front[:, 3:])) / alpha.clamp(min=1e-4)
    return torch.cat([color, alpha], dim=1)


def any_sprite(pictures: Pictures, rng: np.random.Generator) -> Sprite:
    """An object or a region of a photograph, a cut-out, or a random shape."""
    chance = rng.random()
    if chance < OBJECTS_MOVED and pictures.names["object"]:
        return object_sprite(pictures, rng)
    region = region_sprite(pictures, rng) if chance < OBJECTS_MOVED + REGIONS_MOVED else None
    return region or random_sprite(pictures, rng)


def draw_things(
    pictures: Pictures, rng: np.random.Generator, count: int, times: np.ndarray, grid: Tensor, camera: Camera
) -> list[Tensor]:
    """`count` layers (T, 4, H, W); in a clip of look-alikes most of them are one sprite again and again."""
    aspect = 2 * float(grid[..., 0].max())
    alike = rng.random() < 0.4
    crowd = rng.random() < 0.35
    largest = 0.8 if count < 5 else 0.5
    first = any_sprite(pictures, rng)
    usual = float(np.exp(rng.uniform(math.log(0.1), math.log(largest))))
    layers = []
    for index in range(count):
        again = alike and index > 0 and rng.random() < 0.8
        sprite = look_alike(first, rng) if again else first if index == 0 else any_sprite(pictures, rng)
        height = float(np.exp(rng.uniform(math.log(0.07), math.log(largest))))
        if again or crowd:
            height = usual * rng.uniform(0.75, 1.3)
        start = (rng.uniform(-0.42, 0.42) * aspect, rng.uniform(-0.4, 0.4))
        motion = random_motion(rng, times, height / max(1.0, sprite.aspect), start, aspect)
        seen = through_camera(motion, camera, rng.uniform(0.8, 1.3))
        parts = []
        if rng.random() < 0.3:
            parts = [any_sprite(pictures, rng) for _ in range(rng.integers(1, 4))]
        layers.append(render_thing(sprite, parts, seen, rng, grid, times))
    return layers


def visible_parts(layers: list[Tensor]) -> Tensor:
    """(T, N, H, W) bool: where each layer shows more than half through those over it; the last is on top."""
    uncovered = torch.ones_like(layers[0][:, 3])
    parts = []
    for layer in reversed(layers):
        parts.append(layer[:, 3] * uncovered > 0.5)
        uncovered = uncovered * (1 - layer[:, 3])
    return torch.stack(parts[::-1], dim=1)


def cast_shadow(clip: Tensor, alpha: Tensor, rng: np.random.Generator) -> Tensor:
    """A soft shadow of a layer's (T, 1, H, W) alpha next to it."""
    side = alpha.shape[2]
    small = functional.avg_pool2d(alpha, 8, ceil_mode=True)
    soft = functional.interpolate(functional.avg_pool2d(small, 3, 1, 1), size=alpha.shape[2:], mode="bilinear")
    down, right = (int(side * rng.uniform(-0.04, 0.06)) for _ in range(2))
    return clip * (1 - rng.uniform(0.2, 0.5) * soft.roll((down, right), (2, 3)))


def compose(ground: Tensor, layers: list[Tensor], rng: np.random.Generator) -> Tensor:
    """(T, 3, H, W): the layers over the ground, some of them with a shadow."""
    clip = ground
    for layer in layers:
        if rng.random() < 0.3:
            clip = cast_shadow(clip, layer[:, 3:], rng)
        clip = clip + layer[:, 3:] * (layer[:, :3] - clip)
    return clip


def make_clip(
    pictures: Pictures,
    seed: int,
    frames: int,
    objects: int,
    height: int,
    width: int,
    aspect: float | None = None,
) -> Clip:
    """A clip of `frames` frames with `objects` objects asked for, and up to four more things that are not.

    Args:
        aspect: Width over height of what is filmed; None draws one from 0.6 to 1.9, as SAM 2 sees any video
        squeezed
            into a square.
    """
    rng = np.random.default_rng(seed)
    pace = rng.choice([0.5, 1.0, 2.0], p=[0.25, 0.5, 0.25])
    times = pace * np.arange(frames)
    grid = picture_grid(height, width, aspect or float(rng.choice([1.78, 1.78, rng.uniform(0.6, 1.9)])))
    camera = random_camera(rng, times)
    wanted = int(rng.integers(1, objects + 1)) if rng.random() < 0.4 else 0
    ground = render_ground(pictures, rng, grid, camera, times, wanted)
    regions = ground[:, 3:]
    things = objects - regions.shape[1]
    count = max(1, things + int(rng.integers(0, 5)))
    layers = draw_things(pictures, rng, count, times, grid, camera)
    asked = sorted(rng.permutation(count)[:things].tolist())
    shown = visible_parts(layers)[0].float().mean((1, 2))
    hidden = [index for index in asked if shown[index] < SMALLEST_AREA]
    order = [index for index in range(count) if index not in hidden] + hidden
    layers = [layers[index] for index in order]
    masks = visible_parts(layers)[:, [order.index(index) for index in asked]]
    lying = regions * torch.stack([1 - layer[:, 3:] for layer in layers]).prod(0) > 0.5
    masks = torch.cat([masks, lying], dim=1)[:, rng.permutation(objects).tolist()]
    clip = shoot(compose(ground[:, :3], layers, rng), rng, times)
    return Clip((clip * 255).round().to(torch.uint8), masks)
