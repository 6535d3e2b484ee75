"""SAM 2's own predictor, used as its documentation does: frames loaded first, then the bare loop."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from benchmarks.pocket import load_pocket
from sam2_lit.engine.models.loading import build_predictor
from sam2_lit.engine.models.registry import MODELS
from sam2_lit.media.readers.video_reader import VideoReader

Masks = dict[int, dict[int, NDArray[np.bool_]]]
"""Masks by frame and object, bool [H, W]."""


def pocket() -> SAM2VideoPredictor:
    return load_pocket(SAM2VideoPredictor).predictor


def untrained(name: str, predictor_class: type[SAM2VideoPredictor], seed: int = 0) -> Any:
    """An official model at its real size with random weights, which depend on the seed only."""
    torch.manual_seed(seed)
    return build_predictor(MODELS[name].config, predictor_class).eval()


@dataclass(frozen=True)
class Click:
    """A click on an object of frame `frame_index`, (x, y) relative to the frame."""

    object_id: int
    frame_index: int
    point: tuple[float, float]


class OfficialRun:
    """One inference state over a folder of JPEG frames."""

    def __init__(self, predictor: SAM2VideoPredictor, frames: Path) -> None:
        self._predictor = predictor
        self._state = predictor.init_state(str(frames))

    def click(self, click: Click) -> NDArray[np.bool_]:
        _, object_ids, logits = self._predictor.add_new_points_or_box(
            self._state, click.frame_index, click.object_id, points=[click.point], labels=[1], normalize_coords=False
        )
        mask: NDArray[np.bool_] = (logits[object_ids.index(click.object_id), 0] > 0).numpy()
        return mask

    def frames(self) -> Iterator[tuple[float, int, dict[int, NDArray[np.bool_]]]]:
        """Propagates from the first prompt; yields when each frame was done (seconds), its index and masks."""
        for index, object_ids, logits in self._predictor.propagate_in_video(self._state):
            done = time.perf_counter()
            yield done, index, {each: (logits[place, 0] > 0).numpy() for place, each in enumerate(object_ids)}

    def propagate(self) -> tuple[float, Masks]:
        """Seconds of the bare loop, and the masks."""
        logits: dict[int, tuple[Sequence[int], torch.Tensor]] = {}
        started = time.perf_counter()
        for index, object_ids, video_logits in self._predictor.propagate_in_video(self._state):
            logits[index] = (list(object_ids), video_logits)
        seconds = time.perf_counter() - started
        return seconds, {
            index: {each: (video_logits[place, 0] > 0).numpy() for place, each in enumerate(object_ids)}
            for index, (object_ids, video_logits) in logits.items()
        }


def write_frames(folder: Path, reader: VideoReader, count: int | None = None) -> int:
    """Writes the first frames of a video as JPEG, for the official predictor and the server. Returns how many."""
    folder.mkdir()
    count = min(count or len(reader), len(reader))
    for index in range(count):
        Image.fromarray(reader.frame(index)).save(folder / f"{index:05d}.jpg", quality=95)
    return count


def least_iou(ours: Masks, official: Masks) -> float:
    """The minimum IoU of our masks with the official ones, over frames and objects."""
    return min(
        iou(mask, ours[index][object_id]) for index, masks in official.items() for object_id, mask in masks.items()
    )


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0
