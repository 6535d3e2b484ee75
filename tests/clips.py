"""Short synthetic clips with known masks."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

WIDTH, HEIGHT, FRAMES = 192, 128, 16


@dataclass(frozen=True)
class Clip:
    """A clip of two textured discs over noise: `frames` [N, H, W, 3] uint8, `masks[object]` [N, H, W] bool."""

    frames: NDArray[np.uint8]
    masks: dict[int, NDArray[np.bool_]]

    def rle(self, object_id: int, frame_index: int) -> dict[str, object]:
        return rle_input(self.masks[object_id][frame_index])

    def half(self, object_id: int, frame_index: int) -> dict[str, object]:
        """The left half of an object: a wrong first mask that a correction can put right."""
        mask = self.masks[object_id][frame_index].copy()
        mask[:, int(np.nonzero(mask)[1].mean()) :] = False
        return rle_input(mask)

    def center(self, object_id: int, frame_index: int) -> list[float]:
        """The object's center, (x, y) relative to the frame."""
        ys, xs = np.nonzero(self.masks[object_id][frame_index])
        return [float(xs.mean() / WIDTH), float(ys.mean() / HEIGHT)]

    def box(self, object_id: int, frame_index: int) -> list[float]:
        ys, xs = np.nonzero(self.masks[object_id][frame_index])
        return [
            float(value)
            for value in (xs.min() / WIDTH, ys.min() / HEIGHT, (xs.max() + 1) / WIDTH, (ys.max() + 1) / HEIGHT)
        ]


def draw_clip(frame_count: int = FRAMES) -> Clip:
    """Object 1 is a striped disc that moves right, object 2 one in other colors that moves left above it."""
    random = np.random.default_rng(0)
    background = random.integers(60, 120, (HEIGHT // 8, WIDTH // 8, 3)).repeat(8, 0).repeat(8, 1)
    ys, xs = np.mgrid[:HEIGHT, :WIDTH]
    frames = np.empty((frame_count, HEIGHT, WIDTH, 3), np.uint8)
    masks = {1: np.zeros((frame_count, HEIGHT, WIDTH), bool), 2: np.zeros((frame_count, HEIGHT, WIDTH), bool)}
    for index in range(frame_count):
        progress = index / FRAMES
        picture = background.copy()
        for object_id, x, y, radius, colors in (
            (1, 45 + 90 * progress, 85, 26, ((230, 60, 40), (250, 200, 60))),
            (2, 150 - 90 * progress, 36, 20, ((40, 120, 230), (220, 240, 255))),
        ):
            mask = (xs - x) ** 2 + (ys - y) ** 2 < radius**2
            pattern = ((xs - x + ys) // 7 % 2 == 0)[..., None]
            picture = np.where(mask[..., None], np.where(pattern, colors[0], colors[1]), picture)
            masks[object_id][index] = mask
        frames[index] = picture
    masks[1] &= ~masks[2]
    return Clip(frames, masks)


def write_clip(path: Path, frames: NDArray[np.uint8]) -> None:
    """H.264 in MP4 at 24 frames a second, with B-frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "12", "bf": "2"})
        stream.width, stream.height = frames.shape[2], frames.shape[1]
        stream.pix_fmt = "yuv420p"
        for picture in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def rle_input(mask: NDArray[np.bool_]) -> dict[str, object]:
    """A mask as an RLEMaskInput."""
    encoded = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {"size": [int(side) for side in encoded["size"]], "counts": encoded["counts"].decode()}


def mask_of(rle_mask: dict[str, object]) -> NDArray[np.bool_]:
    """The bool array [H, W] of an RLEMask."""
    counts = rle_mask["counts"]
    assert isinstance(counts, str)
    return coco.decode({"size": rle_mask["size"], "counts": counts.encode()}).astype(bool)


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0
