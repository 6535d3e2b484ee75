"""What one click makes of a mask that was given, with an error in it: python -m benchmarks.clicks_on_masks DATASET.

On frames of a data set in DAVIS layout, the right mask of an object gets an error of a third of its size: a disc is
bitten out of it, or one is added at its edge. The click is at the center of the error. A table says the mean IoU with
the right mask: of the given mask, of the model's own answer to mask and click (as SAM 2's predictor gives it), and of
the given mask with that answer's pixels around the click (`sam2_lit.engine.sessions.mask_blending`); and how many of
each are worse than the given mask.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.process_setup import set_up_process
from sam2_lit.engine.models.loading import load_model
from sam2_lit.engine.sessions.mask_blending import blended
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.evaluation.clicks import next_click
from sam2_lit.evaluation.davis import Sequence, Truth, open_dataset
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.masks import BoolMask, iou
from sam2_lit.records.prompts import PointPrompt

MIB = 2**20
MIN_SIZE = 400
"""Objects of fewer pixels are left out: a third of them is too little to click on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--frames", type=int, default=3, help="frames of each sequence, evenly spaced")
    parser.add_argument("--model", default="pocket")
    arguments = parser.parse_args()
    set_up_process()
    model = load_model(arguments.model, predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    predictor = model.predictor
    assert isinstance(predictor, LitPredictor)
    predictor.prepare()
    dataset = open_dataset(arguments.dataset)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for sequence in dataset.sequences:
        reader = open_video(dataset.frames_dir / sequence.name)
        source = FrameSource(reader, model.image_size, predictor.encode_image, EmbeddingCache(64 * MIB))
        tracker = Tracker(predictor, source, CacheBudget(MIB), CacheBudget(64 * MIB))
        for kind, measured in measure(tracker, sequence, arguments.frames):
            found[kind].append(measured)
        tracker.close()
    for kind, rows in found.items():
        values = "  ".join(
            f"{name} {mean(row[name] for row in rows):.3f} ({sum(row[name] < row['given'] for row in rows)} worse)"
            for name in rows[0]
        )
        print(f"{kind:5} {len(rows):4} clicks  {values}", file=sys.stdout)


def measure(tracker: Tracker, sequence: Sequence, count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """The kind of each error, and the IoU of each mask by its name."""
    frames = sorted(sequence.annotations)
    for index in frames[:: max(1, len(frames) // count)][:count]:
        for object_id in sequence.objects():
            truth = sequence.truth(object_id, index)
            for kind, given in errors(truth):
                click = next_click(given, truth)
                if click is None:
                    continue
                prompt = PointPrompt(((click.x, click.y),), (click.label,), True)
                answer = tracker.refine(object_id, index, prompt, given)
                masks = {
                    "given": given,
                    "model": answer,
                    "blended": blended(given, answer, prompt.points, prompt.labels),
                }
                yield kind, {name: truth.iou(mask) for name, mask in masks.items()}


def errors(truth: Truth) -> Iterator[tuple[str, BoolMask]]:
    """The right mask with a bite out of it, and with a blob added, each around a pixel of its edge."""
    mask = truth.mask
    if mask.sum() < MIN_SIZE:
        return
    edge = mask & ~(np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1))
    rows, columns = np.nonzero(edge)
    at = len(rows) // 3
    ys, xs = np.mgrid[: mask.shape[0], : mask.shape[1]]
    # Half of the disc is on the object.
    disc = (ys - rows[at]) ** 2 + (xs - columns[at]) ** 2 < 2 * mask.sum() / 3 / np.pi
    for kind, given in (("bite", mask & ~disc), ("blob", mask | disc)):
        if given.any() and iou(given, mask) < 1:
            yield kind, given


if __name__ == "__main__":
    main()
