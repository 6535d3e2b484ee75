"""Clips made of photographs with instance masks: a camera moves over one, and objects of others move over it.

A photograph's own instances lie where they were photographed; things that move are instances cut out of other
photographs along their real outlines, or copies of what lies there (look-alikes). Some pass right over what is asked
for and hide it, wholly for a frame or more if they are large enough. One frame makes a single picture.

Copy and paste of instances as augmentation: Ghiasi et al., "Simple copy-paste is a strong data augmentation method for
instance segmentation" (arXiv 2012.07177). Still images made into short videos by affine motion: Perazzi et al.,
"Learning video object segmentation from static images" (arXiv 1612.02646).
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.clips import (
    Camera,
    Clip,
    compose,
    random_camera,
    render_sprite,
    seen_by,
    through_camera,
    visible_parts,
)
from training.film import expose, shoot, smear
from training.motion import Motion, bent, picture_grid, random_bend, random_motion
from training.pictures import Pictures, Still
from training.regions import cut_out
from training.sprites import Sprite, look_alike
from training.stills import IGNORED

SMALLEST_AREA = 0.0015
"""Of the picture: what is asked for shows at least this much of itself on the first frame (15 x 15 of 384 x 384)."""
WHOLE_PICTURE = 0.4
LEAST_SIDE = 96
"""Pixels of the photograph: a crop is no smaller, since there is nothing finer to be seen in it."""
MOST_LYING = 12
"""Instances of one photograph that are rendered: each costs a channel."""


@dataclass(frozen=True)
class View:
    """The part of a photograph in view on a clip's first frame: center `x`, `y` and sides in pixels of it."""

    x: float
    y: float
    width: float
    height: float

    def grid(self, seen: Tensor, still: Still) -> Tensor:
        """(T, H, W, 2) for `grid_sample` over the photograph, of points `seen` in heights of the view from its
        center."""
        high, wide = still.labels.shape
        u = (self.x + seen[..., 0] * self.height) * 2 / wide - 1
        v = (self.y + seen[..., 1] * self.height) * 2 / high - 1
        return torch.stack([u, v], dim=-1)


def instances_of(labels: Tensor) -> list[int]:
    """The instance numbers in a label map (H, W)."""
    return [int(value) for value in np.unique(labels.numpy()) if value not in (0, IGNORED)]


def bounds(mask: Tensor) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of an (H, W) bool mask that is not empty, in pixels, the ends exclusive."""
    rows, columns = (torch.nonzero(mask.any(axis))[:, 0] for axis in (1, 0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def random_view(still: Still, rng: np.random.Generator) -> View:
    """The whole photograph, or a crop of 1.15 to 3.5 times the longer side of one of its instances, with that instance
    in it and, as far as the photograph reaches, nothing beyond its edges."""
    high, wide = still.labels.shape
    numbers = instances_of(still.labels)
    if rng.random() < WHOLE_PICTURE or not numbers:
        return View(wide / 2, high / 2, wide, high)
    top, bottom, left, right = bounds(still.labels == int(rng.choice(numbers)))
    longer = max(bottom - top, right - left)
    side = max(LEAST_SIDE, longer * math.exp(rng.uniform(math.log(1.15), math.log(3.5))))
    aspect = math.exp(rng.uniform(math.log(0.8), math.log(1.8)))
    width, height = min(side * math.sqrt(aspect), wide), min(side / math.sqrt(aspect), high)
    # Where the center may be so that the instance is in view and the view in the photograph.
    ends = []
    for low, far, size, length in ((left, right, width, wide), (top, bottom, height, high)):
        first, last = sorted((far - size / 2, low + size / 2))
        center = float(rng.uniform(first, last))
        ends.append(float(np.clip(center, size / 2, length - size / 2)))
    return View(ends[0], ends[1], width, height)


def mirrored(still: Still) -> Still:
    return Still(still.picture.flip(2), still.labels.flip(1))


def in_view(still: Still, view: View, rng: np.random.Generator) -> list[int]:
    """The instances, at most `MOST_LYING`, that show enough of themselves in the view, in random order."""
    rows = slice(max(0, int(view.y - view.height / 2)), int(view.y + view.height / 2) + 1)
    columns = slice(max(0, int(view.x - view.width / 2)), int(view.x + view.width / 2) + 1)
    labels = still.labels[rows, columns]
    share = torch.bincount(labels.flatten().int(), minlength=256) / labels.numel()
    numbers = [number for number in instances_of(labels) if share[number] >= SMALLEST_AREA]
    return [int(number) for number in rng.permutation(numbers)[:MOST_LYING]]


def render_still(still: Still, view: View, numbers: list[int], seen: Tensor, bend: Tensor | None = None) -> Tensor:
    """(T, 3 + N, H, W): the photograph at the points `seen` (T, H, W, 2), and an alpha map of each instance in
    `numbers`; a `bend` (T, 2, 3, 3) deforms all of them alike."""
    masks = [(still.labels == number).float() for number in numbers]
    layers = torch.cat([still.picture, torch.stack(masks)]) if masks else still.picture
    shrink = view.height / seen.shape[1]
    if shrink > 1.3:
        layers = functional.interpolate(layers[None], scale_factor=1.3 / shrink, mode="area")[0]
    # The grid is relative to the photograph's sides, so it holds for the shrunk photograph as well.
    place = view.grid(seen, still)
    if bend is not None:
        place = bent(place, bend)
    return functional.grid_sample(
        layers.expand(len(place), -1, -1, -1), place, padding_mode="reflection", align_corners=False
    )


def instance_sprite(still: Still, rng: np.random.Generator) -> Sprite | None:
    """One instance cut out along its outline; None where none is large enough. Rather one that the photograph's edge
    does not cut off."""
    high, wide = still.labels.shape
    found: list[tuple[bool, int]] = []
    for number in instances_of(still.labels):
        top, bottom, left, right = bounds(still.labels == number)
        if min(bottom - top, right - left) >= 24:
            found.append((min(top, left) > 0 and bottom < high and right < wide, number))
    if not found:
        return None
    whole = [number for is_whole, number in found if is_whole]
    number = int(rng.choice(whole or [number for _, number in found]))
    alpha = functional.avg_pool2d((still.labels == number).float()[None], 3, 1, 1)
    # An averaged outline reaches half a pixel beyond the object: brought in, so that no rim of its old ground is seen.
    alpha = ((alpha - 0.5) * 2).clamp(0, 1)
    if alpha.max() < 1:
        return None
    return Sprite(cut_out(torch.cat([still.picture, alpha])))


def random_instance(pictures: Pictures, rng: np.random.Generator) -> Sprite:
    """An instance of some photograph, mirrored at random."""
    while True:
        still = pictures.still(str(rng.choice(pictures.names["still"])))
        sprite = instance_sprite(still, rng)
        if sprite is not None:
            return Sprite(sprite.rgba.flip(2)) if rng.random() < 0.5 else sprite


@dataclass(frozen=True)
class Place:
    """Where something is on the first frame: its center and its longer side, in heights of the picture."""

    x: float
    y: float
    side: float


def places(alphas: Tensor, aspect: float) -> list[Place]:
    """Where the alpha maps (N, H, W) of a first frame have something."""
    found = []
    for alpha in alphas:
        if not (alpha > 0.5).any():
            continue
        top, bottom, left, right = bounds(alpha > 0.5)
        high, wide = alpha.shape
        x = ((left + right) / 2 / wide - 0.5) * aspect
        side = max((bottom - top) / high, (right - left) / wide * aspect)
        found.append(Place(x, (top + bottom) / 2 / high - 0.5, side))
    return found


def passing(motion: Motion, target: Place, size: float, rng: np.random.Generator, times: np.ndarray) -> Motion:
    """The motion, but straight across the target: clear of it on the first frame and, if the clip has frames enough,
    over it in the middle and beyond it at the end. `size` is the longer side of what moves, in heights."""
    angle = rng.choice([0.0, math.pi]) + rng.normal(0, 0.5)
    middle = times[-1] * rng.uniform(0.4, 0.6)
    reach = rng.uniform(0.55, 0.8) * (size + target.side)
    distance = reach * (times - middle) / max(middle, 1e-6)
    return replace(motion, x=target.x + np.cos(angle) * distance, y=target.y + np.sin(angle) * distance)


def draw_instances(
    pictures: Pictures,
    rng: np.random.Generator,
    own: list[Sprite],
    lying: list[Place],
    count: int,
    times: np.ndarray,
    grid: Tensor,
    camera: Camera,
) -> list[Tensor]:
    """`count` layers (T, 4, H, W) of instances that move; `own` and `lying` are sprites and places of what the
    photograph under them holds."""
    aspect = 2 * float(grid[..., 0].max())
    alike = rng.random() < 0.4
    first = own[0] if own and rng.random() < 0.6 else random_instance(pictures, rng)
    targets = list(lying)
    layers = []
    for index in range(count):
        again = alike and (index > 0 or bool(own)) and rng.random() < 0.8
        sprite = look_alike(first, rng) if again else random_instance(pictures, rng)
        side = math.exp(rng.uniform(math.log(0.12), math.log(0.75)))
        target = targets[int(rng.integers(len(targets)))] if targets and rng.random() < 0.5 else None
        if target is not None:
            side = float(np.clip(target.side * rng.uniform(0.7, 1.8), 0.1, 1.2))
        start = Place(rng.uniform(-0.42, 0.42) * aspect, rng.uniform(-0.4, 0.4), side)
        motion = random_motion(rng, times, side / max(1.0, sprite.aspect), (start.x, start.y), aspect)
        if target is not None and len(times) > 1:
            motion = passing(motion, target, side, rng, times)
        seen = through_camera(motion, camera, rng.uniform(0.9, 1.2))
        targets.append(Place(float(seen.x[0]), float(seen.y[0]), side))
        layer = render_sprite(sprite, seen, grid)
        if len(times) > 1 and rng.random() < 0.4:
            layer = blurred_by_motion(layer, seen.x / aspect * layer.shape[3], seen.y * layer.shape[2], rng)
        layers.append(layer)
    return [layers[index] for index in rng.permutation(count)]


def blurred_by_motion(layer: Tensor, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Tensor:
    """The layer (T, 4, H, W), smeared along its way `x`, `y` (T,) in pixels for a part of the time between frames."""
    shutter = rng.uniform(0.1, 0.4)
    most = layer.shape[2] / 16
    dx, dy = (np.clip(np.gradient(path) * shutter, -most, most) for path in (x, y))
    weighted = torch.cat([layer[:, :3] * layer[:, 3:], layer[:, 3:]], dim=1)
    soft = smear(weighted, dx, dy)
    return torch.cat([soft[:, :3] / soft[:, 3:].clamp(min=1e-4), soft[:, 3:]], dim=1)


def photograph_clip(pictures: Pictures, seed: int, frames: int, objects: int, size: int) -> Clip:
    """A clip of `frames` frames, `size` pixels square, with `objects` objects asked for, all of which show on the
    first frame.

    A photograph that has fewer has some of them twice, so that each is asked for by several prompts.
    """
    while True:
        clip = _attempt(pictures, np.random.default_rng(seed), frames, objects, size)
        if clip is not None:
            return clip
        seed += 100_000_007


def _attempt(pictures: Pictures, rng: np.random.Generator, frames: int, objects: int, size: int) -> Clip | None:
    still = pictures.still(str(rng.choice(pictures.names["still"])))
    if rng.random() < 0.5:
        still = mirrored(still)
    times = float(rng.choice([1.0, 2.0, 3.0])) * np.arange(frames, dtype=np.float64)
    view = random_view(still, rng)
    grid = picture_grid(size, size, view.width / view.height)
    camera = random_camera(rng, times)
    bend = random_bend(rng, times, 0.04) if frames > 1 and rng.random() < 0.35 else None
    ground = render_still(still, view, in_view(still, view, rng), seen_by(camera, grid), bend)
    if frames > 1 and rng.random() < 0.3:
        pixels = size * rng.uniform(0.1, 0.4)
        ground = smear(ground, np.gradient(camera.x) * pixels, np.gradient(camera.y) * pixels)
    lying = ground[:, 3:]
    count = int(rng.integers(1, 5)) if rng.random() < (0.65 if frames > 1 else 0.25) else 0
    layers: list[Tensor] = []
    if count:
        copied = instance_sprite(still, rng)
        own = [copied] if copied is not None else []
        under = places(lying[0], view.width / view.height)
        layers = draw_instances(pictures, rng, own, under, count, times, grid, camera)
    uncovered = torch.stack([1 - layer[:, 3:] for layer in layers]).prod(0) if layers else torch.ones_like(lying[:, :1])
    masks = lying * uncovered > 0.5
    if layers:
        masks = torch.cat([masks, visible_parts(layers)], dim=1)
    shown = [index for index, mask in enumerate(masks[0]) if mask.float().mean() >= SMALLEST_AREA]
    if not shown:
        return None
    asked = rng.permutation(shown)[:objects]
    asked = np.concatenate([asked, rng.choice(shown, objects - len(asked))]).astype(int)
    clip = compose(ground[:, :3], layers, rng)
    clip = shoot(clip, rng, times) if rng.random() < 0.5 else expose(clip, rng, times)
    return Clip((clip * 255).round().to(torch.uint8), masks[:, asked.tolist()])
