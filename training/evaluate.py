"""Mean J of a pocket checkpoint on a data set in DAVIS layout, through the official SAM 2 predictor.

    python -m training.evaluate DATASET [--weights FILE] [--prompt mask box click] [--sequences NAME …] [--json FILE]

Each object is prompted on the first frame (its mask, its box, or one click at its innermost point) and
propagated to the end; J is the mean IoU over the frames after it. Next to it is the baseline: the first
mask, copied. Several prompts are tracked at once, as if they were different objects: the predictor tracks each object
by itself, and the image features are computed once.
"""

import argparse
import json
import time
from collections.abc import Sequence
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
PROMPTS = ("mask", "box", "click")


@dataclass(frozen=True)
class ObjectScore:
    """J of one object by one prompt, the IoU on the first frame, J of its copied first mask, and the milliseconds that
    a frame of its sequence took with all objects and prompts in it."""

    sequence: str
    object: int
    prompt: str
    frames: int
    j: float
    first: float
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
    predictor: SAM2VideoPredictor, state: dict[str, object], key: object, mask: NDArray[np.bool_], kind: str
) -> None:
    """Gives the first frame's prompt for one object, derived from its (H, W) ground truth; `key` is its name in the
    predictor's state."""
    if kind == "mask":
        predictor.add_new_mask(state, 0, key, mask)
    elif kind == "box":
        rows, columns = np.nonzero(mask)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        predictor.add_new_points_or_box(state, 0, key, box=np.array(box, dtype=np.float32))
    else:
        region = torch.from_numpy(mask)[None, None].float()
        point = middle_of(region, wander=0).numpy()
        predictor.add_new_points_or_box(state, 0, key, points=point, labels=np.array([1]))


def read_truths(dataset: Path, sequence: str, frames: int | None = None) -> list[NDArray[np.uint8]]:
    """The annotations of a sequence, at most the first `frames`, each (H, W): 0 background, 255 void."""
    paths = sorted((dataset / "Annotations" / "480p" / sequence).glob("*.png"))[:frames]
    return [np.array(Image.open(path)) for path in paths]


def objects_of(truth: NDArray[np.uint8]) -> list[int]:
    return [int(value) for value in np.unique(truth) if value not in (0, VOID)]


def evaluate_sequence(
    predictor: SAM2VideoPredictor,
    dataset: Path,
    sequence: str,
    prompts: Sequence[str] = ("mask",),
    frames: int | None = None,
) -> list[ObjectScore]:
    """Scores of every object that stands on the first frame of one sequence, by each prompt; over the whole sequence
    or its first `frames`."""
    truths = read_truths(dataset, sequence, frames)
    state = predictor.init_state(str(dataset / "JPEGImages" / "480p" / sequence))
    keys = [(number, kind) for number in objects_of(truths[0]) for kind in prompts]
    for number, kind in keys:
        prompt_object(predictor, state, (number, kind), truths[0] == number, kind)
    found: dict[tuple[int, str], list[float]] = {key: [] for key in keys}
    copied: dict[tuple[int, str], list[float]] = {key: [] for key in keys}
    start = time.perf_counter()
    for frame, objects, logits in predictor.propagate_in_video(state, max_frame_num_to_track=len(truths) - 1):
        valid = truths[frame] != VOID
        for key, mask in zip(objects, (logits[:, 0] > 0).numpy(), strict=True):
            truth = truths[frame] == key[0]
            found[key].append(iou(mask, truth, valid))
            copied[key].append(iou(truths[0] == key[0], truth, valid))
    milliseconds = 1000 * (time.perf_counter() - start) / len(truths)
    return [
        ObjectScore(
            sequence,
            *key,
            frames=len(found[key]) - 1,
            j=float(np.mean(found[key][1:])),
            first=found[key][0],
            copy=float(np.mean(copied[key][1:])),
            milliseconds=milliseconds,
        )
        for key in keys
    ]


def evaluate(
    predictor: SAM2VideoPredictor,
    dataset: Path,
    prompts: Sequence[str] = ("mask",),
    sequences: Sequence[str] | None = None,
    frames: int | None = None,
) -> list[ObjectScore]:
    """Scores of every object of every sequence of `dataset`, or of some `sequences`."""
    names = sequences or sorted(path.name for path in (dataset / "JPEGImages" / "480p").iterdir())
    return [score for name in names for score in evaluate_sequence(predictor, dataset, name, prompts, frames)]


def mean_j(scores: Sequence[ObjectScore], prompt: str) -> float:
    return float(np.mean([score.j for score in scores if score.prompt == prompt]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--prompt", choices=PROMPTS, nargs="+", default=["mask"])
    parser.add_argument("--sequences", nargs="+")
    parser.add_argument("--frames", type=int, help="the first of each sequence only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, help="image size, in place of the configuration's")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    predictor = build_predictor(arguments.weights, arguments.threads, arguments.size)
    scores = evaluate(predictor, arguments.dataset, arguments.prompt, arguments.sequences, arguments.frames)
    for score in scores:
        print(
            f"{score.sequence:20} {score.object:3} {score.prompt:5} J {score.j:.3f}  first {score.first:.3f}  "
            f"copied {score.copy:.3f}  {score.milliseconds:.0f} ms a frame"
        )
    for prompt in arguments.prompt:
        print(f"{prompt}: mean J {mean_j(scores, prompt):.3f}")
    print(f"copied: {np.mean([score.copy for score in scores]):.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(score) for score in scores], indent=1))


if __name__ == "__main__":
    main()
