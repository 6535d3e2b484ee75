"""Whole things in photographs, as a saliency network outlines them.

U^2-Net (Qin et al., "U^2-Net: going deeper with nested U-structure for salient object detection", 2020; weights trained
on DUTS, Apache-2.0) says of each pixel whether it is part of what the photograph is of. Where it is sure, and what it
found is one thing that lies in the picture, that thing is taken for an object.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import label

from sam2_lit.pocket.trunk import IMAGENET_MEAN, IMAGENET_STD

SIDE = 320
LEAST_PEAK = 0.9
MOST_DOUBT = 0.3
LEAST_AREA, MOST_AREA = 0.02, 0.6
LEAST_SHARE = 0.93


class Teacher:
    """U^2-Net as ONNX, on the CPU."""

    def __init__(self, weights: Path, threads: int = 1) -> None:
        import onnxruntime  # here, since packing ingredients is all that needs it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def saliency(self, picture: Image.Image) -> NDArray[np.float32]:
        """(320, 320) from 0 to 1 for an RGB picture, squeezed to a square as the network was trained on."""
        small = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS), dtype=np.float32)
        normal = (small / max(1.0, small.max()) - IMAGENET_MEAN) / IMAGENET_STD
        found = self._session.run(None, {self._input: normal.transpose(2, 0, 1)[None].astype(np.float32)})
        saliency: NDArray[np.float32] = found[0][0, 0]
        return saliency

    def object_mask(self, picture: Image.Image) -> Image.Image | None:
        """The picture's object as an alpha map ("L") of its size; None where there is none to be sure of."""
        saliency = self.saliency(picture)
        if saliency.max() < LEAST_PEAK:
            return None
        whole = whole_object(saliency)
        if whole is None:
            return None
        alpha = Image.fromarray((255 * saliency * whole).round().astype(np.uint8))
        # A step from 0.3 to 0.7 of the network's own soft edge is about as sharp as a photograph's outline.
        grown = np.asarray(alpha.resize(picture.size, Image.Resampling.BICUBIC), dtype=np.float32) / 255
        return Image.fromarray((255 * ((grown - 0.3) / 0.4).clip(0, 1)).round().astype(np.uint8))


def whole_object(saliency: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Where the one thing is that the map (h, w) is sure of, with its soft rim; None where there is no such thing.

    The thing is 2 to 60 % of the picture, has nearly all that is salient, and touches one side at most; and of what
    is salient at all, not much is neither sure nor ruled out.
    """
    inside = saliency > 0.5
    if not LEAST_AREA < inside.mean() < MOST_AREA:
        return None
    if ((saliency > 0.2) & (saliency < 0.8)).sum() > MOST_DOUBT * inside.sum():
        return None
    parts, count = label(inside)
    areas = np.bincount(parts.flat, minlength=count + 1)
    largest = int(areas[1:].argmax()) + 1
    if areas[largest] < LEAST_SHARE * inside.sum():
        return None
    thing = parts == largest
    if sum(bool(side.any()) for side in (thing[0], thing[-1], thing[:, 0], thing[:, -1])) > 1:
        return None
    reach, _ = label(saliency > 0.1)
    with_rim: NDArray[np.bool_] = np.isin(reach, np.unique(reach[thing])) & ~(inside & ~thing)
    return with_rim
