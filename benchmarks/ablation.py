"""Compares training settings: the ablation that chose the defaults of `TrainingSettings`.

    python -m benchmarks.ablation DATASET [--sequences NAME…] [--threshold Q] [--each N] [--variants NAME…]
        [--json FILE]

A simulated user annotates a data set in DAVIS layout without adapters (`sam2-lit evaluate`, mode off). For each variant
of the settings, an adapter is trained on each of N corrections of each object on its own. It is then applied to the
features of the next 15 frames as they were tracked: on those that the tracker got wrong (IoU under Q, 0.5), how many
does the adapter get right; on the others, what is its IoU? The defaults were chosen on `python -m hard_clips FOLDER
--split validation`.
"""

import argparse
import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean, median

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from benchmarks.pocket import load_pocket
from sam2_lit.engine.device.cpu_threads import single_threaded
from sam2_lit.engine.engine import Engine
from sam2_lit.engine.engine_settings import EngineSettings
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.evaluation import davis
from sam2_lit.evaluation.davis import Truth, open_dataset
from sam2_lit.evaluation.rows import Mode
from sam2_lit.evaluation.run import engine_over
from sam2_lit.evaluation.user import Protocol, User
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter
from sam2_lit.lora.losses import mask_iou
from sam2_lit.lora.targets import target_from_mask, target_region
from sam2_lit.lora.trainer import Sample, TrainingResult, train
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.records import masks
from sam2_lit.records.results import LoraMode

HORIZON = 15


@dataclass(frozen=True, eq=False)
class SeenFrame:
    """One tracked frame: features, the tracker's IoU, the ground truth and the mask as the user left it."""

    frame_index: int
    features: DecoderFeatures
    found: float
    truth: Truth
    left: masks.BoolMask

    def sample(self) -> Sample:
        return Sample(
            self.features, target_from_mask(torch.from_numpy(self.left), self.features.mask_size), self.frame_index
        )


@dataclass(frozen=True, eq=False)
class Trial:
    """A correction, the frame before it, and the frames after it that show the object."""

    corrected: SeenFrame
    before: SeenFrame
    later: tuple[SeenFrame, ...]


@dataclass(frozen=True)
class Variant:
    """`extra` makes samples that are replayed too; later frames are decoded at `strength` (`BankSettings`)."""

    settings: TrainingSettings
    extra: Callable[[Trial], list[Sample]] = lambda trial: []
    strength: float = 1.0


@dataclass(frozen=True)
class Line:
    """Medians and means over the corrections; `least_iou` of the correction that was learned worst, `handled` is the
    fraction of wrong frames fixed."""

    variant: str
    training_iou: float
    least_iou: float
    steps: float
    seconds: float
    wrong_frames: int
    handled: float
    iou_where_wrong: float
    iou_where_right: float


def shifted(trial: Trial) -> list[Sample]:
    """Eight copies of the correction, shifted by up to five feature pixels."""
    random = np.random.default_rng(0)
    sample = trial.corrected.sample()
    features = sample.features

    def move(image: Tensor, down: int, right: int, scale: int) -> Tensor:
        return image.roll((down * scale, right * scale), (2, 3))

    return [
        Sample(
            replace(
                features,
                image_embedding=move(features.image_embedding, down, right, 1),
                high_resolution=tuple(
                    move(level, down, right, level.shape[2] // features.image_embedding.shape[2])
                    for level in features.high_resolution
                ),
            ),
            move(sample.target, down, right, 4),
            sample.frame_index,
        )
        for down, right in random.integers(-5, 6, (8, 2)).tolist()
    ]


def frame_before(trial: Trial) -> list[Sample]:
    """The frame before the correction as the user left it, so that training keeps what is right."""
    return [trial.before.sample()] if trial.before.left.any() else []


def _with(**changes: float) -> Variant:
    return Variant(replace(TrainingSettings(), **changes))


CONTINUED = replace(TrainingSettings(), sufficient_iou=0.9, max_steps=300, patience=40)

VARIANTS = {
    "default": Variant(TrainingSettings()),
    "rank 2": _with(rank=2, alpha=4.0),
    "rank 4": _with(rank=4, alpha=8.0),
    "rank 16": _with(rank=16, alpha=32.0),
    "learning rate 3e-3": _with(learning_rate=3e-3),
    "learning rate 1e-2": _with(learning_rate=1e-2),
    "dice alone": _with(focal_weight=0.0),
    "100 focal + dice": _with(focal_weight=100.0),
    "no hinge on the score": _with(score_weight=0.0),
    "until IoU 0.7": _with(sufficient_iou=0.7, handled_iou=0.6),
    "until IoU 0.92": _with(sufficient_iou=0.92, handled_iou=0.8, max_steps=120),
    "continued until 0.9": Variant(CONTINUED),
    "strength 0.75": Variant(TrainingSettings(), strength=0.75),
    "strength 0.5": Variant(TrainingSettings(), strength=0.5),
    "continued, strength 0.75": Variant(CONTINUED, strength=0.75),
    "continued, strength 0.5": Variant(CONTINUED, strength=0.5),
    "at most 30 steps": _with(max_steps=30),
    "at most 120 steps": _with(max_steps=120),
    "frame before replayed": Variant(TrainingSettings(), frame_before),
    "shifted copies replayed": Variant(TrainingSettings(), shifted),
}


class _Watcher(User):
    """A user that records every frame it looks at."""

    seen: list[SeenFrame]

    async def annotate_frame(self, index: int, truth: Truth) -> None:
        await super().annotate_frame(index, truth)
        pooled = self.engine.pool.get(self.session_id)
        assert pooled is not None
        tracker = pooled.state.tracker
        captured = tracker.captured(self.object_id, index) or tracker.capture(self.object_id, index)
        features = captured.features
        kept = replace(
            features,
            image_embedding=features.image_embedding.clone(),
            high_resolution=tuple(level.clone() for level in features.high_resolution),
        )
        [frame] = await self.engine.masks(self.session_id, index, index)
        self.seen.append(SeenFrame(index, kept, self.found[-1], truth, self.mask_of(frame)))


async def trials(engine: Engine, sequence: davis.Sequence, threshold: float, each: int) -> list[Trial]:
    """`each` corrections of each object, spread evenly over those that the user made."""
    gathered = []
    session_id = (await engine.start_session(f"videos/{sequence.name}")).session_id
    for object_id, first in sequence.objects().items():
        await engine.reset_session(session_id)
        await engine.set_lora_mode(session_id, LoraMode.OFF)
        await engine.add_mask(session_id, object_id, first, masks.encode(sequence.truth(object_id, first).mask))
        user = _Watcher(engine, session_id, object_id, Mode.OFF, Protocol(threshold))
        user.seen = []
        for index in sequence.evaluated_frames(first):
            await user.annotate_frame(index, sequence.truth(object_id, index))
        corrected = [
            position
            for position, frame in enumerate(user.seen)
            if position and frame.frame_index in user.corrected and frame.left.any()
        ]
        chosen = (
            {corrected[round(share * (len(corrected) - 1))] for share in np.linspace(0, 1, each)} if corrected else ()
        )
        for position in sorted(chosen):
            later = [frame for frame in user.seen[position + 1 : position + 1 + HORIZON] if frame.truth.mask.any()]
            gathered.append(Trial(user.seen[position], user.seen[position - 1], tuple(later)))
    await engine.close_session(session_id)
    return gathered


def tried(model: LitPredictor, name: str, variant: Variant, threshold: float, every: Sequence[Trial]) -> Line:
    results, seconds, wrong, right = [], [], [], []
    for trial in every:
        started = time.process_time()
        result = learned(model, [*variant.extra(trial), trial.corrected.sample()], variant.settings)
        seconds.append(time.process_time() - started)
        results.append(result)
        for frame in trial.later:
            used = result.adapter.at_strength(variant.strength)
            (wrong if frame.found < threshold else right).append(shown_iou(model, frame, used))
    return Line(
        variant=name,
        training_iou=mean(result.training_iou for result in results),
        least_iou=min(result.training_iou for result in results),
        steps=mean(result.steps for result in results),
        seconds=median(seconds),
        wrong_frames=len(wrong),
        handled=mean(iou >= threshold for iou in wrong) if wrong else float("nan"),
        iou_where_wrong=mean(wrong) if wrong else float("nan"),
        iou_where_right=mean(right) if right else float("nan"),
    )


def learned(model: LitPredictor, samples: list[Sample], settings: TrainingSettings) -> TrainingResult:
    training = train(model, samples, settings)
    while True:
        try:
            next(training)
        except StopIteration as end:
            result: TrainingResult = end.value
            return result


def shown_iou(model: LitPredictor, frame: SeenFrame, adapter: Adapter) -> float:
    """IoU at the decoder's resolution; a mask whose object score is not above 0 is empty."""
    region = target_region(target_from_mask(torch.from_numpy(frame.truth.mask), frame.features.mask_size))
    return mask_iou((decode(model, frame.features, adapter).visible_logits > 0).flatten(), region.flatten()).item()


async def gather(
    dataset: Path, names: tuple[str, ...], threshold: float, each: int
) -> tuple[LitPredictor, list[Trial]]:
    loaded = load_pocket()
    data = open_dataset(dataset, names)
    every: list[Trial] = []
    async with engine_over(loaded, data, EngineSettings()) as (engine, _):
        for sequence in tqdm(data.sequences, unit="sequence"):
            every += await trials(engine, sequence, threshold, each)
    assert isinstance(loaded.predictor, LitPredictor)
    return loaded.predictor, every


def lines(
    dataset: Path, sequences: tuple[str, ...], threshold: float, each: int, variants: Sequence[str]
) -> Iterator[Line]:
    model, every = asyncio.run(gather(dataset, sequences, threshold, each))
    for name in variants:
        with single_threaded():
            line = tried(model, name, VARIANTS[name], threshold, every)
        yield line


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ablation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sequences", nargs="+", default=(), metavar="NAME")
    parser.add_argument("--threshold", type=float, default=0.5, metavar="Q")
    parser.add_argument("--each", type=int, default=2, metavar="N", help="corrections per object")
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=VARIANTS, metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    logging.getLogger("sam2_lit").setLevel(logging.ERROR)
    print(f"{'variant':26} training IoU  least  steps  CPU s      wrong frames fixed  IoU there  IoU where right")
    made = []
    for line in lines(options.dataset, tuple(options.sequences), options.threshold, options.each, options.variants):
        made.append(line)
        print(
            f"{line.variant:26} {line.training_iou:12.3f} {line.least_iou:6.3f} {line.steps:6.1f} {line.seconds:6.2f} "
            f"{line.handled:14.1%} of {line.wrong_frames:3}  {line.iou_where_wrong:9.3f}  {line.iou_where_right:15.3f}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(line) for line in made], indent=2) + "\n")


if __name__ == "__main__":
    main()
