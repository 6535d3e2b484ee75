"""Four kinds of hard scenes. Each has one object to follow; the same seed gives the same clip."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from hard_clips.creatures import Creature, Layer, Pose, draw, look_alike, random_creature
from hard_clips.grounds import ground, screen
from hard_clips.textures import Floats, at

WIDTH, HEIGHT = 480, 270
MARGIN = 90


@dataclass(frozen=True)
class Clip:
    """`frames` [N, H, W, 3] uint8 RGB; `masks` [N, H, W] bool, the visible part of the object."""

    frames: NDArray[np.uint8]
    masks: NDArray[np.bool_]


@dataclass(frozen=True)
class Actor:
    """A creature and its pose on each frame; `followed` if it is the object or part of it."""

    creature: Creature
    poses: list[Pose]
    followed: bool = False


@dataclass(frozen=True)
class Scene:
    """Actors from back to front, screens in front of them all, and the brightness of each frame [N]."""

    actors: list[Actor]
    screens: list[Layer]
    light: Floats


def wander(random: np.random.Generator, frames: int, reach: float, period: tuple[float, float] = (20, 50)) -> Floats:
    """A smooth path around 0, [frames], that reaches about `reach` to either side; periods are in frames."""
    times = np.arange(frames)
    waves = [
        amplitude * np.sin(2 * np.pi * times / random.uniform(*period) + random.uniform(0, 2 * np.pi))
        for amplitude in (0.7, 0.4)
    ]
    path: Floats = reach * (waves[0] + waves[1])
    return path


def ease(times: Floats, start: float, end: float) -> Floats:
    """0 before `start`, 1 after `end`, smooth between."""
    t = np.clip((times - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def walk(random: np.random.Generator, frames: int, x: Floats | float, y: Floats | float, size: float) -> list[Pose]:
    """Poses along a path, or at one place, with a gait, a sway and a breath."""
    xs, ys = np.broadcast_to(x, frames), np.broadcast_to(y, frames)
    angles = random.uniform(0, 2 * np.pi) + wander(random, frames, random.uniform(0.15, 0.6))
    sizes = size * np.exp(wander(random, frames, 0.12))
    gaits = random.uniform(0, 6.3) + random.uniform(0.15, 0.45) * np.arange(frames)
    stretch = random.uniform(0.85, 1.3)
    return [
        Pose(float(px), float(py), float(s), float(a), float(g), stretch=stretch)
        for px, py, s, a, g in zip(xs, ys, sizes, angles, gaits, strict=True)
    ]


def stroll(random: np.random.Generator, frames: int, size: float) -> list[Pose]:
    """Poses around a random place."""
    x = random.uniform(0.2, 0.8) * WIDTH + wander(random, frames, 0.22 * WIDTH)
    y = random.uniform(0.25, 0.75) * HEIGHT + wander(random, frames, 0.18 * HEIGHT)
    return walk(random, frames, x, y, size)


def lookalikes(random: np.random.Generator, frames: int) -> Scene:
    """Three of a kind whose paths cross."""
    one = random_creature(random)
    others = [look_alike(one, random) for _ in range(2)]
    size = random.uniform(26, 40)
    actors = []
    for number, creature in enumerate([one, *others]):
        # Each passes the middle from another side, at another time.
        meeting = frames * random.uniform(0.25, 0.75)
        heading = random.uniform(0, 2 * np.pi) + 2.1 * number
        along = (np.arange(frames) - meeting) * random.uniform(3.5, 6.5)
        along = 150 * np.sin(along / 150)
        x = WIDTH / 2 + along * np.cos(heading) + wander(random, frames, 25)
        y = HEIGHT / 2 + 0.6 * along * np.sin(heading) + wander(random, frames, 20)
        poses = walk(random, frames, x, y, size * random.uniform(0.9, 1.1))
        actors.append(Actor(creature, poses, followed=number == 0))
    order = random.permutation(3)
    return Scene([actors[i] for i in order], [], np.ones(frames))


def splitting(random: np.random.Generator, frames: int) -> Scene:
    """One becomes two that separate; both are the object."""
    creature, twin = (each := random_creature(random)), look_alike(each, random)
    base = stroll(random, frames, random.uniform(32, 46))
    times = np.arange(frames)
    start = frames * random.uniform(0.15, 0.35)
    apart = ease(times, start, start + random.uniform(15, 30))
    heading = random.uniform(0, 2 * np.pi)
    turn = wander(random, frames, 0.5)
    halves: list[list[Pose]] = [[], []]
    for pose, distance, swing in zip(base, apart, turn, strict=True):
        for side, poses in zip((-1, 1), halves, strict=True):
            reach = side * distance * 1.9 * pose.size
            angle = heading + swing
            x = np.clip(pose.x + reach * np.cos(angle), 20, WIDTH - 20)
            y = np.clip(pose.y + reach * np.sin(angle), 20, HEIGHT - 20)
            poses.append(replace(pose, x=float(x), y=float(y), size=pose.size * (1 - 0.25 * distance)))
    stranger = Actor(random_creature(random), stroll(random, frames, random.uniform(20, 34)))
    own = [Actor(twin, halves[0], True), Actor(creature, halves[1], True)]
    return Scene([stranger, *own] if random.random() < 0.5 else [*own, stranger], [], np.ones(frames))


def changing(random: np.random.Generator, frames: int) -> Scene:
    """The object's skin, size, angle and light change a little on every frame."""
    before = random_creature(random, skins=2)
    change = ease(np.arange(frames), 0.1 * frames, random.uniform(0.6, 0.95) * frames)
    growth = random.choice([0.5, 0.6, 1.6, 1.9])
    size = random.uniform(24, 34) if growth > 1 else random.uniform(38, 52)
    poses = [
        replace(pose, change=float(done), size=pose.size * float(growth**done), angle=pose.angle + 1.5 * float(done))
        for pose, done in zip(stroll(random, frames, size), change, strict=True)
    ]
    strangers = [Actor(random_creature(random), stroll(random, frames, random.uniform(18, 34))) for _ in range(2)]
    actors = [strangers[0], Actor(before, poses, True), strangers[1]]
    light = 1 + random.uniform(0.25, 0.5) * random.choice([-1, 1]) * change
    return Scene(actors, [], light)


def hidden(random: np.random.Generator, frames: int) -> Scene:
    """The object disappears behind a screen, or out of the picture, and returns, twice."""
    size = random.uniform(26, 40)
    times = np.arange(frames)
    period = random.uniform(0.55, 0.8) * frames
    swing = np.sin(2 * np.pi * times / period + random.choice([-1, 1]) * np.pi / 2)
    y = random.uniform(0.35, 0.65) * HEIGHT + wander(random, frames, 25)
    screens = []
    if random.random() < 0.6:
        center = random.uniform(0.42, 0.58) * WIDTH
        screens = [screen(random, WIDTH, HEIGHT, center, size * random.uniform(2.8, 4.2))]
        x = center + 150 * swing
    else:
        # Half of the path is outside the picture.
        x = WIDTH / 2 + (WIDTH / 2 + 1.2 * size) * 0.95 * swing
        x = np.where(random.random() < 0.5, x, WIDTH - x) - np.sign(swing[0]) * 80
    own = Actor(random_creature(random), walk(random, frames, x, y, size), True)
    strangers = [Actor(random_creature(random), stroll(random, frames, random.uniform(22, 36))) for _ in range(2)]
    return Scene([strangers[0], own, strangers[1]], screens, np.ones(frames))


SCENES: dict[str, Callable[[np.random.Generator, int], Scene]] = {
    "lookalikes": lookalikes,
    "splitting": splitting,
    "changing": changing,
    "hidden": hidden,
}


def make_clip(kind: str, seed: int, frames: int) -> Clip:
    """Films a scene with a drifting camera, blur and sensor noise."""
    random = np.random.default_rng([list(SCENES).index(kind), seed])
    scene = SCENES[kind](random, frames)
    place = ground(random, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
    pan = [MARGIN + wander(random, frames, random.choice([0.0, 15.0, 40.0]), (40, 90)) for _ in range(2)]
    blur, grain = random.uniform(0.3, 0.8), random.uniform(0.005, 0.02)
    pictures, masks = [], []
    for index in range(frames):
        picture = at(place, pan[0][index], pan[1][index], WIDTH, HEIGHT)
        followed = np.zeros((HEIGHT, WIDTH))
        for actor in scene.actors:
            layer = draw(actor.creature, actor.poses[index], WIDTH, HEIGHT)
            shadow = np.roll(gaussian_filter(layer.coverage, 4), (6, 4), (0, 1))[..., None]
            picture = _over(layer, picture * (1 - 0.3 * shadow))
            followed = followed * (1 - layer.coverage) + (layer.coverage if actor.followed else 0.0)
        for layer in scene.screens:
            picture = _over(layer, picture)
            followed = followed * (1 - layer.coverage)
        picture = gaussian_filter(picture * scene.light[index], (blur, blur, 0)) + random.normal(
            0, grain, picture.shape
        )
        pictures.append((255 * np.clip(picture, 0, 1)).astype(np.uint8))
        masks.append(followed > 0.5)
    return Clip(np.stack(pictures), np.stack(masks))


def _over(layer: Layer, picture: Floats) -> Floats:
    coverage = layer.coverage[..., None]
    return layer.color * coverage + picture * (1 - coverage)
