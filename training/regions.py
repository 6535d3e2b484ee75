"""Regions and objects of photographs: things with the outlines and the textures that a camera gave them.

Cut-outs pasted on photographs teach a tracker where pasting shows. A region that a segmentation finds in a photograph,
or an object that `training.teacher` found there, has no such seam; it is followed where it lies, or cut out and moved.
Regions are of one color, more or less; objects teach what belongs together though its colors differ.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, find_objects
from skimage.segmentation import felzenszwalb
from torch import Tensor
from torch.nn import functional

from training.pictures import Pictures
from training.sprites import SHAPE_SIDE, Sprite

Floats = NDArray[np.float64]

SEGMENTED_SIDE = 160
RING = 4
LEAST_COVER, LEAST_CONTRAST = 0.3, 0.2


def segments(picture: Tensor, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The regions that a picture (3, H, W) falls into, coarse or fine by chance.

    Felzenszwalb and Huttenlocher, "Efficient graph-based image segmentation" (2004), with the shorter side
    `SEGMENTED_SIDE` pixels.

    Returns:
        Numbers (h, w), 0 and up, and for each number whether the region stands out: whether it is not a sliver, and its
        mean color is another than that of what lies around it.
    """
    scale = SEGMENTED_SIDE / min(picture.shape[1:])
    size = (round(picture.shape[1] * scale), round(picture.shape[2] * scale))
    small = functional.interpolate(picture[None], size=size, mode="area")[0].permute(1, 2, 0).double().numpy()
    coarseness = float(np.exp(rng.uniform(np.log(100), np.log(900))))
    labels: NDArray[np.int64] = felzenszwalb(small, scale=coarseness, sigma=0.8, min_size=80)
    boxes = find_objects(labels + 1)
    return labels, np.array([_stands_out(small, labels, number, box) for number, box in enumerate(boxes)])


def _stands_out(picture: Floats, labels: NDArray[np.int64], number: int, box: tuple[slice, slice]) -> bool:
    rows, columns = (slice(max(0, side.start - RING), side.stop + RING) for side in box)
    region = labels[rows, columns] == number
    if region.sum() < LEAST_COVER * (box[0].stop - box[0].start) * (box[1].stop - box[1].start):
        return False
    colors, ring = picture[rows, columns], binary_dilation(region, iterations=RING) & ~region
    if not ring.any():
        return False
    return bool(np.linalg.norm(colors[region].mean(0) - colors[ring].mean(0)) > LEAST_CONTRAST)


def smooth_outline(region: NDArray[np.bool_], size: tuple[int, int]) -> Tensor:
    """The region as an alpha map of another size, (H, W) float in 0 to 1."""
    alpha = torch.from_numpy(region).float()[None, None]
    alpha = functional.avg_pool2d(alpha, 3, 1, 1)
    grown = functional.interpolate(alpha, size=size, mode="bicubic")[0, 0]
    return ((grown - 0.5) * min(size) / SEGMENTED_SIDE * 1.5 + 0.5).clamp(0, 1)


def random_regions(picture: Tensor, rng: np.random.Generator, count: int, view: NDArray[np.float64]) -> Tensor:
    """Up to `count` regions of a picture (3, H, W), as alpha maps (N, H, W), that are asked for where they lie.

    `view` (P, 2) holds where, from -1 to 1, pixels of the first frame look at the picture: a region covers between
    1 in 250 and 1 in 4 of them, and does not reach the picture's rim.
    """
    labels, stands_out = segments(picture, rng)
    high, wide = labels.shape
    rows = ((view[:, 1] + 1) / 2 * high).astype(int).clip(0, high - 1)
    columns = ((view[:, 0] + 1) / 2 * wide).astype(int).clip(0, wide - 1)
    seen = np.bincount(labels[rows, columns], minlength=labels.max() + 1) / len(view)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    fit = [label for label in np.flatnonzero((seen > 0.004) & (seen < 0.25) & stands_out) if label not in rim]
    chosen = rng.permutation(fit)[:count]
    size = (picture.shape[1], picture.shape[2])
    return torch.stack([smooth_outline(labels == label, size) for label in chosen] or [torch.zeros(size)])[
        : len(chosen)
    ]


def region_sprite(pictures: Pictures, rng: np.random.Generator) -> Sprite | None:
    """A region cut out of a photograph; None where the photograph has none of a useful size and width."""
    picture = pictures.read(str(rng.choice(pictures.names["photo"])))
    labels, stands_out = segments(picture, rng)
    areas = np.bincount(labels.flat)
    fit = np.flatnonzero((areas > 0.004 * labels.size) & (areas < 0.25 * labels.size) & stands_out)
    if not len(fit):
        return None
    alpha = smooth_outline(labels == rng.choice(fit), (picture.shape[1], picture.shape[2]))
    if alpha.max() < 1:  # a thread, which nothing is left of once its outline is smooth
        return None
    return Sprite(cut_out(torch.cat([picture, alpha[None]])))


def object_sprite(pictures: Pictures, rng: np.random.Generator) -> Sprite:
    """The object of a photograph, cut out."""
    return Sprite(cut_out(pictures.read(str(rng.choice(pictures.names["object"])))))


def cut_out(rgba: Tensor) -> Tensor:
    """What shows of a (4, H, W) picture, cropped to it, at most twice as large as a shape."""
    rows, columns = (np.flatnonzero((rgba[3] > 0.02).any(axis).numpy()) for axis in (1, 0))
    rgba = rgba[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    largest = max(rgba.shape[1:])
    if largest > 2 * SHAPE_SIDE:
        factor = 2 * SHAPE_SIDE / largest
        size = (max(4, round(rgba.shape[1] * factor)), max(4, round(rgba.shape[2] * factor)))
        rgba = functional.interpolate(rgba[None], size=size, mode="area")[0]
    return rgba
