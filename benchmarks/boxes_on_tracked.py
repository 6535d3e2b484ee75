"""What a box on a tracked frame makes of its mask: python -m benchmarks.boxes_on_tracked DATASET [--sequences …].

Each object of a data set in DAVIS layout is prompted by its box on its first frame and tracked. On every sixth frame a
box is drawn, its sides off by 4 % of their length (standard deviation), and removed again. A table says the mean IoU
with the right mask: of the mask as tracked, of the model's own answer to the box as SAM 2's predictor gives it, and of
the mask that is served (`sam2_lit.engine.sessions.box_masks`); all frames, and those where the tracked mask has an IoU
under 0.7; and how many masks with an IoU of 0.8 or more are made worse by more than 0.01. The last row is of boxes on
first frames. What is served tracks from its own first mask; "as tracked" is of the model's own.
"""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np

from sam2_lit.engine.device.process_setup import set_up_process
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Dataset, open_dataset
from sam2_lit.evaluation.prompting import box_of
from sam2_lit.evaluation.run import engine_over
from sam2_lit.records import masks
from sam2_lit.records.results import FrameMasks

EVERY = 6
OFF = 0.04
GOOD, POOR, WORSE = 0.8, 0.7, 0.01


@dataclass(frozen=True)
class Boxed:
    """IoUs of a frame: as tracked, None where it is the first, and after the box."""

    tracked: float | None
    boxed: float


async def measure(model: LoadedModel, dataset: Dataset) -> list[Boxed]:
    """Every frame that is boxed, in the same order for every model."""
    found = []
    rng = np.random.default_rng(0)
    async with engine_over(model, dataset, EngineSettings()) as (engine, _):
        for sequence in dataset.sequences:
            for object_id, first in sequence.objects().items():
                found += await _measure_object(engine, sequence, object_id, first, rng)
    return found


async def _measure_object(
    engine: Engine, sequence: davis.Sequence, object_id: int, first: int, rng: np.random.Generator
) -> list[Boxed]:
    session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id

    async def iou_of_box(index: int) -> float:
        truth = sequence.truth(object_id, index)
        return truth.iou(mask_of(await engine.add_box(session_id, object_id, index, _drawn_box(truth.mask, rng))))

    def mask_of(frame: FrameMasks) -> masks.BoolMask:
        return masks.decode(next(each.rle for each in frame.masks if each.object_id == object_id))

    found = [Boxed(None, await iou_of_box(first))]
    last = sequence.evaluated_frames(first)[-1]
    await engine.propagate_to_frame(session_id, last)
    tracked = {each.frame_index: mask_of(each) for each in await engine.masks(session_id, first, last)}
    for index in range(first + EVERY, last + 1, EVERY):
        truth = sequence.truth(object_id, index)
        if truth.mask.any():
            found.append(Boxed(truth.iou(tracked[index]), await iou_of_box(index)))
            await engine.clear_points_in_frame(session_id, object_id, index)
    await engine.close_session(session_id)
    return found


def _drawn_box(mask: masks.BoolMask, rng: np.random.Generator) -> list[float]:
    box = np.array(box_of(mask))
    sides = np.tile(box[2:] - box[:2], 2)
    drawn: list[float] = np.clip(box + OFF * sides * rng.standard_normal(4), 0, 1).tolist()
    return drawn


def report(own: Sequence[Boxed], served: Sequence[Boxed]) -> None:
    def row(name: str, chosen: Sequence[tuple[Boxed, Boxed]]) -> None:
        if not chosen:
            return
        tracked = [each.tracked for each, _ in chosen if each.tracked is not None]
        columns = [f"{mean(tracked):.3f}" if tracked else "-"]
        for answers in zip(*chosen, strict=True):
            good = [each for each in answers if each.tracked is not None and each.tracked >= GOOD]
            worse = sum(each.boxed < each.tracked - WORSE for each in good if each.tracked is not None)
            columns += [f"{mean(each.boxed for each in answers):.3f}", f"{worse} of {len(good)}"]
        print(f"| {name} | {len(chosen)} | {' | '.join(columns)} |")

    pairs = list(zip(own, served, strict=True))
    print("| frames | | as tracked | the model's own answer | good ones made worse | served | good ones made worse |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    row("tracked", [pair for pair in pairs if pair[0].tracked is not None])
    row(
        f"tracked, IoU under {POOR}", [pair for pair in pairs if pair[0].tracked is not None and pair[0].tracked < POOR]
    )
    row("first", [pair for pair in pairs if pair[0].tracked is None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=[])
    parser.add_argument("--checkpoint", type=Path, help="weights for pocket in place of its own")
    arguments = parser.parse_args()
    set_up_process()
    model = load_model(
        "pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path(), checkpoint=arguments.checkpoint
    )
    dataset = open_dataset(arguments.dataset, tuple(arguments.sequences))
    own, served = (asyncio.run(measure(replace(model, prompts_are_local=local), dataset)) for local in (False, True))
    report(own, served)


if __name__ == "__main__":
    main()
