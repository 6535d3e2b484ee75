"""Moving objects: soft creatures that differ in outline, skin and limbs."""

from dataclasses import dataclass, replace

import numpy as np

from hard_clips.textures import Floats, look_up, skin

LIGHT = np.array([-0.45, -0.6, 0.66])


@dataclass(frozen=True)
class Creature:
    """How a creature looks.

    - lobes, phases: [5] amplitude and phase (radians) of the outline's harmonics 1 to 5.
    - skins: one tile, or two to blend between.
    - grain: tiles per body size.
    - limbs: [N] angles of the limbs, radians; limb_length is in body sizes.
    """

    lobes: Floats
    phases: Floats
    skins: tuple[Floats, ...]
    grain: float
    limbs: Floats
    limb_length: float
    eyes: bool = True


@dataclass(frozen=True)
class Pose:
    """Where a creature is: center and half its width in pixels, its angle and the phase of its gait in radians.

    `change` blends from the first skin (0) to the second (1); `stretch` is the ratio of length to width.
    """

    x: float
    y: float
    size: float
    angle: float
    gait: float
    change: float = 0.0
    stretch: float = 1.0


@dataclass(frozen=True)
class Layer:
    """A drawn creature: color [H, W, 3] and coverage [H, W], 0 to 1."""

    color: Floats
    coverage: Floats


def random_creature(random: np.random.Generator, skins: int = 1) -> Creature:
    return Creature(
        lobes=random.uniform(0, 1, 5) * np.array([0.0, 0.22, 0.16, 0.1, 0.07]),
        phases=random.uniform(0, 2 * np.pi, 5),
        skins=tuple(skin(random) for _ in range(skins)),
        grain=random.uniform(0.25, 0.5),
        limbs=random.uniform(0, 2 * np.pi, random.integers(0, 6)),
        limb_length=random.uniform(0.3, 0.7),
    )


def look_alike(creature: Creature, random: np.random.Generator) -> Creature:
    """Another of the same kind, with its pattern shifted and a slightly different outline and tint."""
    shift = random.integers(0, 192, 2)
    tint = 1 + random.normal(0, 0.05, 3)
    return replace(
        creature,
        lobes=creature.lobes * random.uniform(0.8, 1.2, 5),
        phases=creature.phases + random.normal(0, 0.25, 5),
        skins=tuple(np.clip(np.roll(tile, shift, (0, 1)) * tint, 0, 1) for tile in creature.skins),
        limbs=creature.limbs + random.normal(0, 0.2, len(creature.limbs)),
    )


def draw(creature: Creature, pose: Pose, width: int, height: int) -> Layer:
    """Draws the creature into a picture of `width` x `height` pixels."""
    layer = Layer(np.zeros((height, width, 3)), np.zeros((height, width)))
    reach = pose.size * (1.6 + creature.limb_length) * max(pose.stretch, 1 / pose.stretch)
    rows = slice(*np.clip([pose.y - reach, pose.y + reach], 0, height).astype(int))
    columns = slice(*np.clip([pose.x - reach, pose.x + reach], 0, width).astype(int))
    if rows.start < rows.stop and columns.start < columns.stop:
        y, x = np.mgrid[rows, columns]
        layer.color[rows, columns], layer.coverage[rows, columns] = _draw(creature, pose, x, y)
    return layer


def _draw(creature: Creature, pose: Pose, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Color [..., 3] and coverage of the pixels at (x, y)."""
    right, down = (x - pose.x) / pose.size, (y - pose.y) / pose.size
    cos, sin = np.cos(pose.angle), np.sin(pose.angle)
    u, v = (right * cos + down * sin) / pose.stretch, (-right * sin + down * cos) * pose.stretch
    # Swimming bends the whole body.
    v = v + 0.18 * np.sin(2.0 * u + pose.gait)
    away, around = np.hypot(u, v), np.arctan2(v, u)
    reach = np.ones_like(away)
    for times, (lobe, phase) in enumerate(zip(creature.lobes, creature.phases, strict=True), start=1):
        reach = reach + lobe * np.cos(times * around + phase + 0.5 * np.sin(pose.gait / times))
    soft = 0.8 / pose.size
    body = np.clip((reach - away) / soft + 0.5, 0, 1)
    limbs = np.zeros_like(body)
    for number, angle in enumerate(creature.limbs):
        limbs = np.maximum(limbs, _limb(creature, angle + 0.35 * np.sin(pose.gait + number), u, v, soft))
    tiles = [look_up(tile, u * creature.grain, v * creature.grain) for tile in creature.skins]
    color = tiles[0] if len(tiles) == 1 else tiles[0] * (1 - pose.change) + tiles[1] * pose.change
    roundness = np.sqrt(np.clip(1 - (away / reach) ** 2, 0, 1))
    normal = np.stack([right * cos, down, roundness], -1) / np.maximum(1, np.hypot(right, down))[..., None]
    light = 0.62 + 0.5 * np.clip(normal @ LIGHT, -0.4, 1)
    shaded = color * np.where(body > 0, light, 0.7)[..., None]
    seen = _with_eyes(shaded, u, v, soft) if creature.eyes else shaded
    return np.clip(seen, 0, 1), np.maximum(body, limbs)


def _limb(creature: Creature, angle: float, u: Floats, v: Floats, soft: float) -> Floats:
    along, across = u * np.cos(angle) + v * np.sin(angle), -u * np.sin(angle) + v * np.cos(angle)
    tip = 0.9 + creature.limb_length
    half = 0.17 * np.clip((tip - along) / tip, 0.25, 1)
    return np.clip((half - np.abs(across)) / soft + 0.5, 0, 1) * (along > 0.2) * np.clip((tip - along) / soft, 0, 1)


def _with_eyes(color: Floats, u: Floats, v: Floats, soft: float) -> Floats:
    for side in (-0.3, 0.3):
        away = np.hypot(u - 0.5, v - side)
        white, pupil = (np.clip((radius - away) / soft + 0.5, 0, 1)[..., None] for radius in (0.17, 0.09))
        color = color * (1 - white) + 0.95 * white
        color = color * (1 - pupil) + 0.04 * pupil
    return color
