"""Whether masks gain from work at the picture's resolution: python -m training.edges DATASET [--sequences NAME …].

Each object is tracked from its first mask through the official predictor. On every eighth frame its logits become a
mask in several ways: enlarged bilinearly, as SAM 2's predictor does; then without small regions and holes; or enlarged
and filtered by a guided filter, so that edges follow those of the picture. A table says the mean IoU (J), the mean
boundary F and the milliseconds of each. F is that of DAVIS (Perazzi et al., "A benchmark dataset and evaluation
methodology for video object segmentation", CVPR 2016): boundaries match within 0.8 % of the picture's diagonal.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, label, uniform_filter
from torch.nn import functional

from sam2_lit.pocket import WEIGHTS
from training.evaluate import VOID, build_predictor, iou, objects_of, prompt_object, read_truths

EVERY = 8
TOLERANCE = 0.008

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
ToMask = Callable[[Floats, Floats], Mask]
"""From a picture [H, W, 3], 0 to 1, and logits [H, W] of its size."""


def boundary(mask: Mask) -> Mask:
    """The pixels of a mask [H, W] next to a pixel of the other kind, to the right of them or below."""
    found = np.zeros_like(mask)
    found[:-1] |= mask[:-1] ^ mask[1:]
    found[:, :-1] |= mask[:, :-1] ^ mask[:, 1:]
    return found


def boundary_f(mask: Mask, truth: Mask) -> float:
    """The harmonic mean of the fractions of two masks' [H, W] boundaries that lie near the other's."""
    own, right = boundary(mask), boundary(truth)
    if not own.any() or not right.any():
        return float(own.any() == right.any())
    reach = np.ceil(TOLERANCE * np.hypot(*mask.shape))
    precision = float((distance_transform_edt(~right)[own] <= reach).mean())
    recall = float((distance_transform_edt(~own)[right] <= reach).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def without_small_parts(mask: Mask, share: float) -> Mask:
    """A mask without regions smaller than `share` of its largest, and without holes smaller than that of itself."""
    regions, count = label(mask)
    if count > 1:
        sizes = np.bincount(regions.ravel())[1:]
        mask = np.isin(regions, 1 + np.flatnonzero(sizes >= share * sizes.max()))
    holes, _ = label(~mask)
    sizes = np.bincount(holes.ravel())
    at_the_edge = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    small = np.setdiff1d(np.flatnonzero(sizes < share * mask.sum()), [0, *at_the_edge])
    filled: Mask = mask | np.isin(holes, small)
    return filled


def guided(picture: Floats, logits: Floats, radius: int, epsilon: float) -> Mask:
    """He et al., "Guided image filtering" (PAMI 2013), of the probabilities, guided by the picture's brightness."""

    def mean(values: Floats) -> Floats:
        averaged: Floats = uniform_filter(values, 2 * radius + 1, mode="nearest")
        return averaged

    guide, values = picture.mean(axis=2), 1 / (1 + np.exp(-np.clip(logits, -10, 10)))
    guide_mean, value_mean = mean(guide), mean(values)
    slope = (mean(guide * values) - guide_mean * value_mean) / (mean(guide * guide) - guide_mean**2 + epsilon)
    filtered: Mask = mean(slope) * guide + mean(value_mean - slope * guide_mean) > 0.5
    return filtered


def ways() -> Iterator[tuple[str, ToMask]]:
    yield "bilinear", lambda picture, logits: logits > 0
    for share in (0.01, 0.05, 0.2):
        yield f"without parts under {share:.0%}", lambda _, logits, share=share: without_small_parts(logits > 0, share)
    for radius in (4, 8, 12):
        for epsilon in (1e-4, 1e-2):
            yield (
                f"guided filter, radius {radius}, epsilon {epsilon:g}",
                lambda picture, logits, radius=radius, epsilon=epsilon: guided(picture, logits, radius, epsilon),
            )


def tracked(weights: Path, dataset: Path, sequences: Sequence[str]) -> Iterator[tuple[Floats, Floats, Mask, Mask]]:
    """Picture [H, W, 3], logits, truth and where that is known, [H, W], of every eighth frame of every object."""
    predictor = build_predictor(weights, threads=1)
    pictures = dataset / "JPEGImages" / "480p"
    for sequence in sequences or sorted(path.name for path in pictures.iterdir()):
        truths = read_truths(dataset, sequence)
        files = sorted((pictures / sequence).glob("*.jpg"))
        state = predictor.init_state(str(pictures / sequence))
        for number in objects_of(truths[0]):
            prompt_object(predictor, state, number, truths[0] == number, "mask")
        for frame, objects, _ in predictor.propagate_in_video(state, max_frame_num_to_track=len(truths) - 1):
            if frame == 0 or frame % EVERY:
                continue
            picture = np.asarray(Image.open(files[frame]).convert("RGB")) / 255
            for index, number in enumerate(objects):
                small = state["output_dict_per_obj"][index]["non_cond_frame_outputs"][frame]["pred_masks"].float()
                logits = functional.interpolate(small, size=truths[frame].shape, mode="bilinear", align_corners=False)
                yield picture, logits[0, 0].double().numpy(), truths[frame] == number, truths[frame] != VOID


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--sequences", nargs="+", default=[])
    arguments = parser.parse_args()
    frames = list(tracked(arguments.weights, arguments.dataset, arguments.sequences))
    print(f"| {len(frames)} masks | J | F | ms |\n| --- | --- | --- | --- |")
    for name, to_mask in ways():
        started = process_time()
        made = [to_mask(picture, logits) for picture, logits, _, _ in frames]
        milliseconds = 1000 * (process_time() - started) / len(frames)
        j = np.mean([iou(mask, truth, valid) for mask, (_, _, truth, valid) in zip(made, frames, strict=True)])
        f = np.mean([boundary_f(mask, truth) for mask, (_, _, truth, _) in zip(made, frames, strict=True)])
        print(f"| {name} | {j:.3f} | {f:.3f} | {milliseconds:.0f} |")


if __name__ == "__main__":
    main()
