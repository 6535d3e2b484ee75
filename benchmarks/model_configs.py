"""Which SAM 2 configurations load and track: `python -m benchmarks.model_configs [YAML…]`.

Each gets a checkpoint of random weights, loaded as `--model-config` and `--checkpoint` load it. Then a click and the
next frame are compared with the official predictor, at the model's real size on the CPU. Without arguments it tries the
configurations of SAM 2.0 in the sam2 package; one from elsewhere is given by its path.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sam2
import torch
from omegaconf import OmegaConf
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.models.loading import build_predictor, load_model
from sam2_lit.engine.models.registry import ModelError
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import PointPrompt
from tests.clips import draw_clip

SAM_2_0 = sorted((Path(sam2.__path__[0]) / "configs" / "sam2").glob("*.yaml"))
_POINT = (0.25, 0.6)


@dataclass(frozen=True)
class Compared:
    """A model that loads: its parameters, and how far logits of a tracked frame are from the official ones."""

    parameters: int
    largest: float
    mean: float


def compare(config: Path, image_size: int | None = None) -> Compared:
    """Loads a configuration and compares it. Raises ModelError where it does not load."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, weights = folder / config.name, folder / "random.pt"
        changed: Any = OmegaConf.load(config)
        if image_size is not None:
            changed.model.image_size = image_size
        OmegaConf.save(changed, path)
        torch.manual_seed(0)
        official: Any = build_predictor(path, SAM2VideoPredictor).eval()
        # Random weights find no object, and all logits would be that of an absent one.
        torch.nn.init.constant_(official.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 5)
        torch.save({"model": official.state_dict()}, weights)
        ours = load_model(
            path.stem,
            predictor_class=LitPredictor,
            device="cpu",
            checkpoints_dir=folder,
            checkpoint=weights,
            model_config=path,
        )
        frames = folder / "frames"
        frames.mkdir()
        for index, frame in enumerate(draw_clip().frames[:2]):
            Image.fromarray(frame).save(frames / f"{index:05d}.jpg", quality=95)
        apart = (_ours(ours.predictor, frames) - _official(official, frames)).abs()
        return Compared(ours.parameter_count, float(apart.max()), float(apart.mean()))


def _ours(predictor: Any, frames: Path) -> torch.Tensor:
    predictor.prepare()
    source = FrameSource(open_video(frames), predictor.image_size, predictor.encode_image)
    tracker = Tracker(predictor, source, CacheBudget(2**30), CacheBudget(2**30))
    tracker.prompt(1, 0, PointPrompt((_POINT,), (1,), True))
    for index in range(2):
        tracker.track(index, False, again=True)
    logits = tracker.logits(1, 1).clone()
    tracker.close()
    return logits


def _official(predictor: Any, frames: Path) -> torch.Tensor:
    predictor.fill_hole_area = 0
    state = predictor.init_state(str(frames))
    predictor.add_new_points_or_box(state, 0, 1, points=[_POINT], labels=[1], normalize_coords=False)
    for _ in predictor.propagate_in_video(state):
        pass
    logits: torch.Tensor = state["output_dict_per_obj"][0]["non_cond_frame_outputs"][1]["pred_masks"]
    return logits


def main() -> None:
    print("| configuration | parameters | |")
    print("| --- | --- | --- |")
    for config in map(Path, sys.argv[1:] or SAM_2_0):
        try:
            found = compare(config)
        except ModelError as error:
            cells = (f"`{config.name}`", "", f"refused: {error}")
        else:
            apart = f"loads; logits differ by at most {found.largest:.2g}, {found.mean:.2g} on average"
            cells = (f"`{config.name}`", f"{found.parameters / 1e6:.1f} M", apart)
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
