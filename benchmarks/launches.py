"""Kernels that a frame launches, and how often the host waits for the device, on an emulated CUDA GPU.

`python -m benchmarks.launches` prints both for our tracker, with `--no-cuda-graphs` and without, and for the official
predictor's loop, as each is used: ours with the masks at the size of the video on the CPU, the official one with
`(masks > 0).cpu()`. Weights are random, and images have 128 pixels: neither changes what is launched.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from omegaconf import OmegaConf
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.models.devices import autocast, compute_dtype
from sam2_lit.engine.models.loading import build_predictor
from sam2_lit.engine.models.registry import MODELS
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from tests.clips import draw_clip
from tests.emulation.device import EmulatedDevice, emulated

FRAMES = 22
"""Enough that frames read seven memories and sixteen object pointers, and that their CUDA graphs are captured."""
IMAGE_SIZE = 128
CASES = [
    ("sam2.1_hiera_tiny", 1),
    ("sam2.1_hiera_tiny", 8),
    ("sam2.1_hiera_base_plus", 1),
    ("sam2.1_hiera_base_plus", 8),
]


@dataclass(frozen=True)
class Counts:
    """Of the last frame."""

    launches: int
    waits: int


def small(
    name: str, predictor_class: type[SAM2VideoPredictor], device: torch.device, image_size: int = IMAGE_SIZE
) -> Any:
    """An official model with random weights for images of `image_size`, that finds an object everywhere."""
    torch.manual_seed(0)
    config = OmegaConf.load(MODELS[name].config)
    config.model.image_size = image_size
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(OmegaConf.to_yaml(config))
        file.flush()
        predictor = build_predictor(Path(file.name), predictor_class)
    torch.nn.init.constant_(predictor.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 5)
    return predictor.to(device).eval()


def points(objects: int) -> list[tuple[float, float]]:
    return [((index + 0.5) / objects, 0.5) for index in range(objects)]


def ours(name: str, objects: int, folder: Path, device: EmulatedDevice, *, cuda_graphs: bool) -> Counts:
    predictor = small(name, LitPredictor, device.device)
    predictor.prepare(cuda_graphs=cuda_graphs)
    source = FrameSource(open_video(folder), IMAGE_SIZE, predictor.encode_image, device=device.device)
    tracker = Tracker(predictor, source, CacheBudget(2**30), CacheBudget(2**30))
    for object_id, point in enumerate(points(objects), 1):
        tracker.prompt(object_id, 0, PointPrompt((point,), (1,), True))
    for index in range(FRAMES - 1):
        tracker.prefetch(range(index, FRAMES))
        tracker.track(index, False, again=True)
    with device.counting():
        for made in tracker.track(FRAMES - 1, False, again=True):
            assert made.mask.shape
    counts = Counts(device.launches.total(), device.waits.total())
    tracker.close()
    return counts


def official(name: str, objects: int, folder: Path, device: EmulatedDevice) -> Counts:
    predictor = small(name, SAM2VideoPredictor, device.device)
    with torch.inference_mode(), autocast(device.device, compute_dtype(device.device)):
        state = predictor.init_state(str(folder))
        for object_id, point in enumerate(points(objects), 1):
            predictor.add_new_points_or_box(state, 0, object_id, points=[point], labels=[1], normalize_coords=False)
        frames = predictor.propagate_in_video(state)
        for _ in range(FRAMES - 1):
            next(frames)
        with device.counting():
            _, _, masks = next(frames)
            (masks > 0).cpu()
    return Counts(device.launches.total(), device.waits.total())


def rows() -> Iterator[tuple[str, int, list[Counts]]]:
    """Model, objects, and the counts of the official predictor, of ours, and of ours with CUDA graphs."""
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder)
        for index, frame in enumerate(draw_clip(FRAMES).frames):
            Image.fromarray(frame).save(frames / f"{index:05d}.jpg")
        for name, objects in CASES:
            with emulated("cuda") as device:
                own = [ours(name, objects, frames, device, cuda_graphs=graphs) for graphs in (False, True)]
                yield name, objects, [official(name, objects, frames, device), *own]


def main() -> None:
    print("| model | objects | launches before | `--no-cuda-graphs` | now | waits before | `--no-cuda-graphs` | now |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, objects, counts in rows():
        cells = (f"`{name}`", objects, *(each.launches for each in counts), *(each.waits for each in counts))
        print(f"| {' | '.join(f'{each:,}' if isinstance(each, int) else each for each in cells)} |", flush=True)


if __name__ == "__main__":
    main()
