"""Mean J of a pocket checkpoint on a data set in DAVIS layout, through the official SAM 2 predictor.

    python -m training.evaluate DATASET [--weights FILE] [--prompt mask|box|click] [--json FILE]

Each object is prompted on the first frame (its mask, its box, or one click at its innermost point) and
propagated to the end; J is the mean IoU over the frames after it. Beside it stands the baseline: the first
mask, copied.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from hydra.utils import instantiate
from numpy.typing import NDArray
from omegaconf import OmegaConf
from PIL import Image
from safetensors.torch import load_file
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.pocket import CONFIG, WEIGHTS
from training.prompts import middle_of

VOID = 255


@dataclass(frozen=True)
class ObjectScore:
    """J of one object and of its copied first mask, and the milliseconds a frame of its sequence took."""

    sequence: str
    object: int
    frames: int
    j: float
    copy: float
    milliseconds: float


def build_predictor(weights: Path = WEIGHTS, threads: int = 2, size: int | None = None) -> SAM2VideoPredictor:
    """The official predictor on the CPU with the pocket's config and `weights` (a safetensors file)."""
    torch.set_num_threads(threads)
    config = OmegaConf.load(CONFIG).model
    config.image_size = size or config.image_size
    predictor: SAM2VideoPredictor = instantiate(config)
    predictor.load_state_dict({name: value.float() for name, value in load_file(weights).items()})
    return predictor.eval()


def iou(prediction: NDArray[np.bool_], truth: NDArray[np.bool_], valid: NDArray[np.bool_]) -> float:
    """Intersection over union of two (H, W) masks where `valid`; 1 where both are empty."""
    union = ((prediction | truth) & valid).sum()
    return float((prediction & truth & valid).sum() / union) if union else 1.0


def prompt_object(
    predictor: SAM2VideoPredictor, state: dict[str, object], number: int, mask: NDArray[np.bool_], kind: str
) -> None:
    """Gives the first frame's prompt for one object, derived from its (H, W) ground truth."""
    if kind == "mask":
        predictor.add_new_mask(state, 0, number, mask)
    elif kind == "box":
        rows, columns = np.nonzero(mask)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        predictor.add_new_points_or_box(state, 0, number, box=np.array(box, dtype=np.float32))
    else:
        region = torch.from_numpy(mask)[None, None].float()
        point = middle_of(region, wander=0).numpy()
        predictor.add_new_points_or_box(state, 0, number, points=point, labels=np.array([1]))


def evaluate_sequence(predictor: SAM2VideoPredictor, dataset: Path, sequence: str, kind: str) -> list[ObjectScore]:
    """Scores of every object that stands on the first frame of one sequence."""
    folder = dataset / "Annotations" / "480p" / sequence
    truths = [np.array(Image.open(path)) for path in sorted(folder.glob("*.png"))]
    state = predictor.init_state(str(dataset / "JPEGImages" / "480p" / sequence))
    numbers = [int(value) for value in np.unique(truths[0]) if value not in (0, VOID)]
    for number in numbers:
        prompt_object(predictor, state, number, truths[0] == number, kind)
    found: dict[int, list[float]] = {number: [] for number in numbers}
    copied: dict[int, list[float]] = {number: [] for number in numbers}
    start = time.perf_counter()
    for frame, objects, logits in predictor.propagate_in_video(state):
        if frame == 0:
            continue
        valid = truths[frame] != VOID
        for number, mask in zip(objects, (logits[:, 0] > 0).numpy(), strict=True):
            truth = truths[frame] == number
            found[number].append(iou(mask, truth, valid))
            copied[number].append(iou(truths[0] == number, truth, valid))
    milliseconds = 1000 * (time.perf_counter() - start) / len(truths)
    return [
        ObjectScore(sequence, n, len(found[n]), float(np.mean(found[n])), float(np.mean(copied[n])), milliseconds)
        for n in numbers
    ]


def evaluate(predictor: SAM2VideoPredictor, dataset: Path, kind: str = "mask") -> list[ObjectScore]:
    """Scores of every object of every sequence of `dataset`."""
    sequences = sorted(path.name for path in (dataset / "JPEGImages" / "480p").iterdir())
    return [score for name in sequences for score in evaluate_sequence(predictor, dataset, name, kind)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--prompt", choices=["mask", "box", "click"], default="mask")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, help="image size, in place of the configuration's")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    predictor = build_predictor(arguments.weights, arguments.threads, arguments.size)
    scores = evaluate(predictor, arguments.dataset, arguments.prompt)
    for score in scores:
        print(
            f"{score.sequence:20} {score.object:3} J {score.j:.3f}  copied {score.copy:.3f}  "
            f"{score.milliseconds:.0f} ms a frame"
        )
    print(f"mean J {np.mean([s.j for s in scores]):.3f}, copied {np.mean([s.copy for s in scores]):.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(score) for score in scores], indent=1))


if __name__ == "__main__":
    main()
