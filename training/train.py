"""Trains the pocket on clips made of pictures; stop it at any time, and the same command goes on where it was.

    python -m training.train RUN --ingredients ingredients.zip --stage photographs --batches 4000

RUN is a folder. It gets `state.pt` (all there is to go on from, replaced whole every few minutes and on SIGTERM),
`weights.safetensors` (the averaged weights in half precision, as the package carries them), the same every `--keep`
batches as `steps/NUMBER.safetensors`, for `training.curve`, and `log.jsonl` (one line a report). A stage lasts
`--batches`, counted over all its starts; another `--stage` then goes on from its weights. Everything that is drawn at
random, and the learning rate, depends on the number of the batch alone: a run that was stopped and goes on ends with
the weights of one that was not.
"""

import argparse
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from safetensors.torch import load_file, save_file
from sam2.modeling.sam2_base import SAM2Base
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from sam2_lit.engine.device.cpu_threads import flush_denormals
from sam2_lit.pocket import CONFIG, WEIGHTS
from sam2_lit.pocket.trunk import IMAGENET_MEAN, IMAGENET_STD
from training.clips import Clip, make_clip
from training.heap import keep_freed_memory
from training.optimisers import Average, optimisers
from training.photographs import photograph_clip
from training.pictures import Pictures
from training.stages import STAGES, Shape, Stage
from training.unroll import Listener, random_plan, unroll

SAVE_SECONDS = 180
KEEP_BATCHES = 150
REPORT_STEPS = 10
WARM_UP_STEPS = 50
LARGEST_GRADIENT = 1.0


@dataclass
class Progress:
    """How far a run has come: batches since its beginning (`step`) and in each stage, and this process's and its
    predecessors' CPU time in seconds."""

    step: int = 0
    batches: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class Clips(Dataset[tuple[Tensor, Tensor]]):
    """An endless row of clips; number n belongs to the n-th clip of the run, whichever process asks for it."""

    def __init__(self, archive: Path, stage: Stage, first_step: int) -> None:
        self._pictures = Pictures(archive, "training")
        self._stage = stage
        self._first = first_step

    def batch(self, offset: int) -> tuple[Tensor, Tensor]:
        step = self._first + offset
        shape = self._stage.shapes[step % len(self._stage.shapes)]
        clips = [self._clip(shape, 1000 * step + index) for index in range(shape.clips)]
        return torch.stack([clip.images for clip in clips]), torch.stack([clip.masks for clip in clips])

    def _clip(self, shape: Shape, seed: int) -> Clip:
        """The first clip from this seed on whose objects all show on the first frame."""
        if shape.photographs:
            return photograph_clip(self._pictures, seed, shape.frames, shape.objects, shape.size)
        while True:
            clip = make_clip(self._pictures, seed, shape.frames, shape.objects, shape.size, shape.size)
            if bool(clip.masks[0].any((1, 2)).all()):
                return clip
            seed += 100_000_007

    __getitem__ = batch

    def __len__(self) -> int:
        return 10_000_000


def batches(archive: Path, stage: Stage, first_step: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches from `first_step` on, made by `workers` processes or, with none, by this one."""
    loader = DataLoader(
        Clips(archive, stage, first_step),
        batch_size=None,
        num_workers=workers,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if workers else None,
    )
    yield from loader


def build(device: torch.device, start: Path) -> SAM2Base:
    """The pocket with the weights in `start`. In evaluation mode: nothing in it trains differently."""
    model: SAM2Base = instantiate(OmegaConf.load(CONFIG).model)
    model.load_state_dict({name: value.float() for name, value in load_file(start).items()})
    return model.eval().to(device)


def rate_now(stage: Stage, done: int, batches: int) -> float:
    """The learning rate when `done` of the stage's `batches` are."""
    fall = min(1.0, (1.0 - done / batches) / (1.0 - stage.steady)) if stage.steady < 1 else 1.0
    return stage.rate * max(0.02, fall) * min(1.0, (1 + done // stage.accumulate) / WARM_UP_STEPS)


def resize(model: SAM2Base, size: int) -> None:
    """Makes the model take images `size` pixels square: everything learned is convolution and attention."""
    model.image_size = size
    model.sam_image_embedding_size = size // model.backbone_stride
    encoder = model.sam_prompt_encoder
    encoder.image_embedding_size = (size // model.backbone_stride,) * 2
    encoder.input_image_size = (size, size)
    encoder.mask_input_size = (size // 4, size // 4)


class Run:
    """A run's folder and everything that outlives the process."""

    def __init__(self, folder: Path, device: torch.device, stage_name: str, start: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.stage_name, self.stage = folder, stage_name, STAGES[stage_name]
        self.model = build(device, start)
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(not name.startswith(self.stage.frozen))
        self.optimisers = optimisers(self.model, self.stage.trunk_rate)
        self.average = Average(self.model, self.stage.average)
        self.progress = Progress()
        self.stopped = False
        if (folder / "state.pt").exists():
            self._load(device)
        self.progress.batches.setdefault(stage_name, 0)

    def _load(self, device: torch.device) -> None:
        state = torch.load(self.folder / "state.pt", map_location=device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.weights = state["average"]
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.progress = Progress(**state["progress"])

    def stop(self) -> None:
        """Ends the training after the step that is being made; what was learned is saved."""
        self.stopped = True

    def save(self) -> None:
        """Writes the state and the averaged weights under temporary names, then moves them into place."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average.weights,
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "progress": asdict(self.progress),
        }
        torch.save(state, self.folder / "state.part")
        self.save_weights(self.folder / "weights.safetensors")
        os.replace(self.folder / "state.part", self.folder / "state.pt")

    def save_weights(self, file: Path) -> None:
        """Writes the averaged weights."""
        file.parent.mkdir(exist_ok=True)
        half = {name: value.half().cpu().contiguous() for name, value in self.average.weights.items()}
        save_file(half, file.with_suffix(".part"))
        os.replace(file.with_suffix(".part"), file)

    def log(self, **values: float | int | str) -> None:
        line = json.dumps({"step": self.progress.step, "stage": self.stage_name, **values})
        print(line, flush=True)
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(line + "\n")


def train(
    run: Run, archive: Path, batches_in_all: int, workers: int, device: torch.device, keep: int = KEEP_BATCHES
) -> None:
    """Trains until the stage has had `batches_in_all`, or the run is interrupted."""
    mean, std = (torch.tensor(value, device=device).view(3, 1, 1) for value in (IMAGENET_MEAN, IMAGENET_STD))
    listener = Listener(run.model.sam_mask_decoder)
    progress, stage = run.progress, run.stage
    saved, clock = time.monotonic(), time.process_time()
    losses: list[float] = []
    ious: list[float] = []
    for images, masks in batches(archive, stage, progress.step, workers):
        done = progress.batches[run.stage_name]
        whole = progress.step % stage.accumulate == 0  # a state has no gradients: it is saved between steps only
        if whole and (done >= batches_in_all or run.stopped):
            break
        if whole and time.monotonic() - saved > SAVE_SECONDS:
            run.save()
            saved = time.monotonic()
        rng = np.random.default_rng([7, progress.step])
        torch.manual_seed(progress.step)
        rate = rate_now(stage, done, batches_in_all)
        resize(run.model, images.shape[-1])
        normal = (images.to(device).float() / 255 - mean) / std
        plan = random_plan(rng, images.shape[1], stage.masks, stage.clicked_masks)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            result = unroll(run.model, normal, masks.to(device), plan, listener)
        (result.loss / stage.accumulate).backward()  # type: ignore[no-untyped-call]
        progress.step += 1
        progress.batches[run.stage_name] += 1
        if progress.step % stage.accumulate == 0:
            apply(run, rate)
            run.average.update(run.model)
        losses.append(result.loss.item())
        ious.append(result.iou)
        progress.seconds += time.process_time() - clock
        clock = time.process_time()
        if progress.step % keep == 0:
            run.save_weights(run.folder / "steps" / f"{progress.step:06}.safetensors")
        if progress.step % REPORT_STEPS == 0:
            found = {"loss": float(np.mean(losses)), "iou": float(np.mean(ious))}
            run.log(**found, rate=rate, seconds=round(progress.seconds))
            losses, ious = [], []
    run.save()
    listener.close()


def apply(run: Run, rate: float) -> None:
    """One step of both optimisers, unless the gradient is not finite."""
    norm = torch.nn.utils.clip_grad_norm_(run.model.parameters(), LARGEST_GRADIENT)
    for optimiser in run.optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate * group["share"]
        if torch.isfinite(norm):
            optimiser.step()
        optimiser.zero_grad(set_to_none=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--ingredients", type=Path, required=True)
    parser.add_argument("--stage", choices=STAGES, default="cpu")
    parser.add_argument("--batches", type=int, default=4000)
    parser.add_argument("--keep", type=int, default=KEEP_BATCHES, help="batches between kept weights")
    parser.add_argument("--start", type=Path, default=WEIGHTS, help="weights that a new run starts from")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that make clips")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    flush_denormals()
    keep_freed_memory()
    device = torch.device(arguments.device)
    run = Run(arguments.run, device, arguments.stage, arguments.start)
    signal.signal(signal.SIGTERM, lambda *_: run.stop())
    train(run, arguments.ingredients, arguments.batches, arguments.workers, device, arguments.keep)


if __name__ == "__main__":
    main()
