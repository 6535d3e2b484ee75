"""Colors and patterns. Images are float [H, W, 3], 0 to 1; tiles repeat without a seam."""

import colorsys

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
TILE = 192


def noise(random: np.random.Generator, size: int, scale: float) -> Floats:
    """A tile of noise, [size, size], mean 0, deviation 1, smooth over about `scale` pixels with detail down to one."""
    layers = [
        gaussian_filter(random.standard_normal((size, size)), scale / 2**octave, mode="wrap") * scale / 4**octave
        for octave in range(4)
    ]
    cloud: Floats = sum(layers[1:], layers[0])
    return (cloud - cloud.mean()) / cloud.std()


def palette(random: np.random.Generator, count: int) -> Floats:
    """Colors of related hue and different lightness, [count, 3]."""
    hue, spread = random.uniform(0, 1), random.choice([0.04, 0.12, 0.35])
    saturation = random.uniform(0.25, 0.9)
    values = random.permutation(np.linspace(random.uniform(0.12, 0.4), random.uniform(0.65, 1.0), count))
    return np.array(
        [
            colorsys.hsv_to_rgb(
                (hue + random.normal(0, spread)) % 1, np.clip(saturation + random.normal(0, 0.15), 0, 1), v
            )
            for v in values
        ]
    )


def painted(field: Floats, colors: Floats) -> Floats:
    """Maps a field [H, W] of any range to colors, by its quantiles."""
    ranks = np.interp(field, np.quantile(field, np.linspace(0, 1, 33)), np.linspace(0, len(colors) - 1, 33))
    low = np.clip(ranks.astype(int), 0, len(colors) - 2)
    weight = (ranks - low)[..., None]
    return colors[low] * (1 - weight) + colors[low + 1] * weight


def skin(random: np.random.Generator) -> Floats:
    """A tile of skin: stripes, spots, cells or marble."""
    kind = random.choice(["stripes", "spots", "cells", "marble"])
    colors = palette(random, 4)
    down, right = np.mgrid[:TILE, :TILE] / TILE
    cloud = noise(random, TILE, random.uniform(6, 20))
    if kind == "stripes":
        turns = random.integers(2, 7, 2) * random.choice([-1, 1], 2)
        field = np.tanh(4 * np.sin(2 * np.pi * (turns[0] * down + turns[1] * right) + random.uniform(0.3, 1.2) * cloud))
    elif kind == "spots":
        scale = random.uniform(3, 8)
        raw = random.standard_normal((TILE, TILE))
        spots = gaussian_filter(raw, scale, mode="wrap") - gaussian_filter(raw, 2 * scale, mode="wrap")
        field = np.tanh(3 * spots / spots.std() + random.uniform(-1, 1))
    elif kind == "cells":
        seeds = random.uniform(0, 1, (int(random.integers(30, 120)), 2))
        distance, owner = cKDTree(seeds, boxsize=1).query(np.stack([down, right], -1), k=2)
        shade = random.uniform(0, 3, len(seeds))[owner[..., 0]]
        field = np.where(distance[..., 1] - distance[..., 0] < 0.008, -1.0, shade)
    else:
        field = cloud
    return np.clip(painted(field + 0.15 * cloud, colors) + 0.03 * noise(random, TILE, 3)[..., None], 0, 1)


def look_up(tile: Floats, x: Floats, y: Floats) -> Floats:
    """Samples a tile at points of the plane, [..., 3]; coordinates are in tiles."""
    places = [y * tile.shape[0], x * tile.shape[1]]
    return np.stack([map_coordinates(tile[..., c], places, order=1, mode="grid-wrap") for c in range(3)], axis=-1)


def at(image: Floats, left: float, top: float, width: int, height: int, zoom: float = 1.0) -> Floats:
    """A window of an image from (left, top), [height, width, 3]; each of its pixels is `1 / zoom` of the image's."""
    down, right = np.mgrid[:height, :width] / zoom
    places = [down + top, right + left]
    return np.stack([map_coordinates(image[..., c], places, order=1, mode="reflect") for c in range(3)], axis=-1)
