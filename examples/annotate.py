"""Annotates a video that has ground truth, as a person would, with the Python client.

Prompts an object with its first mask, tracks it, corrects the frame with the lowest IoU, tracks again, and prints how
much the correction improved the masks. It needs a running server (`scripts/serve`).

    examples/annotate.py                                              the sample video
    examples/annotate.py --davis DIR --sequence tennis --object 1     with `scripts/serve --videos DIR/JPEGImages/480p`
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sam2_lit.client import Client, Session

SAMPLE = Path(__file__).parents[1] / "sam2_lit" / "sample" / "Annotations" / "sample"

Mask = NDArray[np.bool_]


def annotate(session: Session, object_id: int, truth: list[Mask]) -> None:
    """Annotates one object whose masks, bool [H, W], are known."""
    print(f"{session.video.path}, object {object_id}: {len(truth)} frames. First mask given; tracking.")
    session.add_mask(object_id, 0, truth[0])
    before = track(session, object_id)

    # Frames that do not show the object are not corrected: there is no mask to draw.
    shown = [index for index in range(1, len(truth)) if truth[index].any()]
    worst = min(shown, key=lambda index: iou(before[index], truth[index]))
    print(f"Frame {worst} has the lowest IoU, {iou(before[worst], truth[worst]):.3f}. Correcting it.")
    correction = session.correct(object_id, worst, mask=truth[worst])
    if correction.adapter is None:
        print(f"No adapter trained: {correction.skipped}")
    else:
        adapter = correction.adapter
        print(
            f"Adapter {adapter.adapter_id}, rank {adapter.rank}: IoU on frame {worst} from {adapter.baseline_iou:.3f} "
            f"to {adapter.training_iou:.3f} in {adapter.steps} steps, {adapter.seconds:.2f} s. Tracking."
        )
    after = track(session, object_id)

    frames = range(1, len(truth))
    others = [index for index in frames if index != worst]
    print(
        f"J before {mean_iou(before, truth, frames):.3f}, after {mean_iou(after, truth, frames):.3f}; "
        f"without the corrected frame {mean_iou(before, truth, others):.3f}, {mean_iou(after, truth, others):.3f}"
    )


def track(session: Session, object_id: int) -> dict[int, Mask]:
    """The object's mask by frame, bool [H, W], tracked over the whole video."""
    masks = {}
    for frame in session.track():
        print(f"\r  frame {frame.completed} of {frame.total}", end="", flush=True)
        masks[frame.frame_index] = frame.masks[object_id]
    print()
    return masks


def mean_iou(masks: dict[int, Mask], truth: list[Mask], frames: Iterable[int]) -> float:
    return float(np.mean([iou(masks[index], truth[index]) for index in frames]))


def iou(a: Mask, b: Mask) -> float:
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:7263")
    parser.add_argument("--davis", type=Path, help="a data set in DAVIS layout whose frames the server serves")
    parser.add_argument("--sequence", help="a sequence of that data set")
    parser.add_argument("--object", type=int, default=1, help="the object's value in the annotations")
    arguments = parser.parse_args()
    if (arguments.davis is None) != (arguments.sequence is None):
        parser.error("--davis and --sequence must be given together")
    if arguments.davis is None:
        path, annotations = "sample/sample.mp4", SAMPLE
    else:
        path = f"videos/{arguments.sequence}"
        annotations = next(arguments.davis.glob(f"Annotations/*/{arguments.sequence}"))
    files = sorted(annotations.glob("*.png"), key=lambda file: int(file.stem))
    truth = [np.asarray(Image.open(file)) == arguments.object for file in files]
    with Client(arguments.url) as client:
        session = client.open(path)
        annotate(session, arguments.object, truth)
        session.close()


if __name__ == "__main__":
    main()
