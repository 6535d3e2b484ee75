"""What a corrective click does: IoU after each of several clicks on frames that were tracked, and after a drawn mask.

    python -m training.corrections DATASET [--weights FILE] [--sequences NAME …] [--every 10] [--clicks 5] [--json FILE]

Every object is tracked from its first mask, box and click through the official predictor. On every tenth frame the
simulated user then clicks at the innermost point of the largest wrong region, `--clicks` times one after another; the
frames are corrected independently of one another, since nothing is propagated from them. Apart from that, the first
frame's mask is given dilated, eroded, cut and as it is, and one click follows.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sam2.sam2_video_predictor import SAM2VideoPredictor
from scipy import ndimage

from sam2_lit.pocket import WEIGHTS
from training.drawn import KINDS, drawn
from training.evaluate import PROMPTS, VOID, build_predictor, iou, objects_of, prompt_object, read_truths

GOOD = 0.8
"""IoU: from here on a frame is good, and a click on it should not make it worse."""


@dataclass(frozen=True)
class Corrected:
    """IoU of one object on one frame: before any click, and after each one. `prompt` began the tracking, or is how the
    mask was drawn that the click followed."""

    sequence: str
    object: int
    prompt: str
    frame: int
    ious: list[float]


def error_click(
    mask: NDArray[np.bool_], truth: NDArray[np.bool_], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int32]] | None:
    """The point (1, 2), x and y in pixels, and its label (1,) at the innermost pixel of the largest connected region in
    which the (H, W) mask is wrong; None where it is right."""
    best, place, label = 0.0, (0, 0), 0
    for wrong, value in ((truth & ~mask & valid, 1), (mask & ~truth & valid, 0)):
        regions, count = ndimage.label(wrong)
        if not count:
            continue
        sizes = np.bincount(regions.ravel())
        sizes[0] = 0
        if sizes.max() > best:
            depth = ndimage.distance_transform_edt(np.pad(regions == sizes.argmax(), 1))[1:-1, 1:-1]
            row, column = np.unravel_index(int(depth.argmax()), depth.shape)
            best, place, label = float(sizes.max()), (int(row), int(column)), value
    if not best:
        return None
    return np.array([[place[1] + 0.5, place[0] + 0.5]], np.float32), np.array([label], np.int32)


def click_on(
    predictor: SAM2VideoPredictor,
    state: dict[str, object],
    frame: int,
    key: object,
    mask: NDArray[np.bool_],
    truth: NDArray[np.uint8],
    number: int,
    clicks: int,
) -> list[float]:
    """IoU before the first and after each of up to `clicks` clicks on one frame."""
    valid, wanted = truth != VOID, truth == number
    ious = [iou(mask, wanted, valid)]
    for _ in range(clicks):
        prompt = error_click(mask, wanted, valid)
        if prompt is None:
            break
        points, labels = prompt
        _, keys, logits = predictor.add_new_points_or_box(
            state, frame, key, points=points, labels=labels, clear_old_points=False
        )
        mask = (logits[list(keys).index(key), 0] > 0).numpy()
        ious.append(iou(mask, wanted, valid))
    return ious


def correct_sequence(
    predictor: SAM2VideoPredictor, dataset: Path, sequence: str, every: int, clicks: int
) -> list[Corrected]:
    """Clicks on tracked frames of one sequence, and clicks after a drawn first mask."""
    truths = read_truths(dataset, sequence)
    folder = str(dataset / "JPEGImages" / "480p" / sequence)
    state = predictor.init_state(folder)
    numbers = objects_of(truths[0])
    for number in numbers:
        for kind in PROMPTS:
            prompt_object(predictor, state, (number, kind), truths[0] == number, kind)
    tracked = {}
    for frame, keys, logits in predictor.propagate_in_video(state):
        if frame and frame % every == 0:
            tracked.update({(frame, key): (logits[i, 0] > 0).numpy() for i, key in enumerate(keys)})
    found = []
    for (frame, key), mask in tracked.items():
        if (truths[frame] == key[0]).any():
            ious = click_on(predictor, state, frame, key, mask, truths[frame], key[0], clicks)
            found.append(Corrected(sequence, key[0], key[1], frame, ious))
    predictor.reset_state(state)
    torch.manual_seed(0)
    for number in numbers:
        for kind in KINDS:
            given = drawn(torch.from_numpy(truths[0] == number)[None, None].float(), (kind,))[0, 0] > 0
            _, keys, logits = predictor.add_new_mask(state, 0, (number, kind), given)
            mask = (logits[list(keys).index((number, kind)), 0] > 0).numpy()
            ious = click_on(predictor, state, 0, (number, kind), mask, truths[0], number, 1)
            found.append(Corrected(sequence, number, kind, 0, ious))
    return found


def summary(found: Sequence[Corrected]) -> dict[str, float]:
    """Mean IoU after 0, 1, 3, 5 clicks on tracked frames; the share of first clicks on good frames, and of all clicks
    on good masks, that make them worse; and for each way to draw a mask the mean IoU before and after the click."""
    out: dict[str, float] = {}
    on_tracked = [each for each in found if each.frame]
    for clicks in (0, 1, 3, 5):
        # A frame that is right already needs no further click and keeps its IoU.
        after = [each.ious[min(clicks, len(each.ious) - 1)] for each in on_tracked]
        out[f"after {clicks}"] = float(np.mean(after))
    first = [(each.ious[0], each.ious[1]) for each in on_tracked if len(each.ious) > 1]
    pairs = [pair for each in on_tracked for pair in zip(each.ious, each.ious[1:], strict=False)]
    for name, steps in (("first clicks", first), ("clicks", pairs)):
        good = [(before, after) for before, after in steps if before >= GOOD]
        out[f"{name} on good frames"] = len(good)
        out[f"{name} on good frames that make them worse"] = sum(b > a for b, a in good) / max(1, len(good))
        out[f"{name} on good frames that lose 0.01"] = sum(b > a + 0.01 for b, a in good) / max(1, len(good))
    for kind in KINDS:
        steps = [(each.ious[0], each.ious[-1]) for each in found if each.prompt == kind]
        out[f"{kind} mask"] = float(np.mean([before for before, _ in steps]))
        out[f"{kind} mask and click"] = float(np.mean([after for _, after in steps]))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--sequences", nargs="+")
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--clicks", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    predictor = build_predictor(arguments.weights, arguments.threads)
    names = arguments.sequences or sorted(path.name for path in (arguments.dataset / "JPEGImages" / "480p").iterdir())
    found = [
        each
        for name in names
        for each in correct_sequence(predictor, arguments.dataset, name, arguments.every, arguments.clicks)
    ]
    said = summary(found)
    for name, value in said.items():
        print(f"{name:52} {value:.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"summary": said, "frames": [asdict(each) for each in found]}, indent=1))


if __name__ == "__main__":
    main()
