"""LoRA training and candidates compared with plain references on the same corrections, in the same run.

    python -m benchmarks.lora [--json FILE] [--davis DIR] [--corrections N] [--epochs N]

The reference for training is the loop of the LIT paper's demo (arXiv 2603.26929) in its plainest form: a loss at the
video's size, and in each of 100 epochs a separate forward for the IoU and a copy of the decoder; AdamW, learning
rate 1e-3. Unlike the demo it keeps the projections' biases and its best epoch. The reference for candidates is one pass
of SAM 2's own decoder per adapter. Both run in a process set up like the server's.

Training is compared twice: until the mask is at least as good as the plain loop's best, and with the server's settings,
which stop when a better mask no longer helps later frames (benchmarks/ablation.py).

`pocket` is trained on corrections of clips drawn here from a seed, or of a data set in DAVIS layout. The decoder of
`sam2.1_hiera_tiny` has its real size and random weights. Its mask's IoU does not rise with training but fluctuates, so
to compare time it takes as many steps as the plain loop, at that loop's learning rate.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor
from scipy.ndimage import gaussian_filter
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.pocket import load_pocket
from benchmarks.result import Result
from sam2_lit.engine.device.cpu_threads import flush_denormals
from sam2_lit.engine.device.process_setup import set_up_process
from sam2_lit.engine.models.loading import build_predictor
from sam2_lit.engine.models.registry import MODELS
from sam2_lit.lora.bank import AdapterBank, BankSettings
from sam2_lit.lora.decode import decode
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, LoRALinear, fresh_adapter
from sam2_lit.lora.losses import dice_loss, focal_loss, mask_iou
from sam2_lit.lora.targets import target_from_mask
from sam2_lit.lora.trainer import Sample, TrainingResult, train
from sam2_lit.lora.training_settings import TrainingSettings

ADAPTER_COUNTS = (1, 3, 8)
PLAIN_RATE = 1e-3
MARGIN = 0.01
"""IoU at the decoder's resolution, which training measures, minus that at the video's, which is compared."""
WRONG_BELOW = 0.6


@dataclass(frozen=True, eq=False)
class Correction:
    """A tracked frame and its ground-truth mask, [H, W] bool."""

    features: DecoderFeatures
    mask: Tensor
    frame_index: int

    @property
    def sample(self) -> Sample:
        return Sample(self.features, target_from_mask(self.mask, self.features.mask_size), self.frame_index)


class CapturingPredictor(SAM2VideoPredictor):
    """Records the mask decoder's inputs on each tracked frame."""

    captured: dict[int, DecoderFeatures]

    def _track_step(self, frame_idx: int, is_init_cond_frame: bool, *args: Any, **kwargs: Any) -> Any:
        step = super()._track_step(frame_idx, is_init_cond_frame, *args, **kwargs)
        current, _, high_resolution, pixels = step
        if not is_init_cond_frame:
            multimask = self._use_multimask(is_init_cond_frame, current["point_inputs"])
            self.captured[frame_idx] = DecoderFeatures(pixels, tuple(high_resolution), multimask)
        return step


def run(corrections: int = 5, epochs: int = 100, davis: Path | None = None) -> Iterator[Result]:
    """Yields each result as soon as it is measured."""
    set_up_process()
    # As on the device's thread, where the server trains.
    flush_denormals()
    loaded = load_pocket(CapturingPredictor).predictor
    clips = davis_clips(davis) if davis else (drawn_clip(seed) for seed in range(4 * corrections))
    wrong = list(wrong_frames(loaded, clips, corrections))
    yield from training_results("pocket", "to the plain loop's IoU", loaded, wrong, epochs, as_good)
    yield from candidate_results("pocket", loaded, wrong[0].features, repeats=15)

    torch.manual_seed(0)
    large = build_predictor(MODELS["sam2.1_hiera_tiny"].config, CapturingPredictor).eval()
    first = [tracked_frames(large, *drawn_clip(seed, frames=2))[0][0] for seed in range(min(3, corrections))]
    yield from training_results(
        "sam2.1_hiera_tiny decoder", "for the plain loop's steps", large, first, epochs, as_long(epochs)
    )
    yield from candidate_results("sam2.1_hiera_tiny decoder", large, first[0].features, repeats=3)


def as_good(plain_iou: float) -> TrainingSettings:
    """Trains until the mask is at least as good as the plain loop's."""
    return TrainingSettings(sufficient_iou=plain_iou + MARGIN, handled_iou=1.0, max_steps=300)


def as_long(epochs: int) -> Callable[[float], TrainingSettings]:
    """Trains as many steps as the plain loop, at its learning rate, however good the mask is."""
    settings = TrainingSettings(sufficient_iou=1.1, handled_iou=1.1, max_steps=epochs, learning_rate=PLAIN_RATE)
    return lambda plain_iou: settings


def training_results(
    name: str,
    how_long: str,
    model: Any,
    corrections: list[Correction],
    epochs: int,
    settings_for: Callable[[float], TrainingSettings],
) -> list[Result]:
    """`settings_for` gives our settings from the IoU that the plain loop reached."""
    ours: list[TrainingResult] = []
    served: list[TrainingResult] = []
    plain: list[tuple[float, float]] = []
    for correction in corrections:
        plain.append(plain_training(model, correction, epochs))
        ours.append(trained(model, correction.sample, settings_for(plain[-1][1])))
        served.append(trained(model, correction.sample, TrainingSettings()))
    seconds, plain_seconds = median(r.seconds for r in ours), median(s for s, _ in plain)
    served_seconds = median(r.seconds for r in served)
    iou = mean(video_iou(model, r.adapter, c) for r, c in zip(ours, corrections, strict=True))
    plain_iou = mean(i for _, i in plain)
    count = len(corrections)
    return [
        Result(f"{name}: training {how_long}", seconds, "s", plain_seconds, plain_seconds / seconds, count),
        Result(f"{name}: mean training IoU at video size", iou, "", plain_iou, iou / max(plain_iou, 1e-9), count),
        Result(
            f"{name}: training as served", served_seconds, "s", plain_seconds, plain_seconds / served_seconds, count
        ),
    ]


def trained(model: Any, sample: Sample, settings: TrainingSettings) -> TrainingResult:
    training = train(model, [sample], settings)
    while True:
        try:
            next(training)
        except StopIteration as end:
            result: TrainingResult = end.value
            return result


def video_iou(model: Any, adapter: Adapter, correction: Correction) -> float:
    """IoU at the video's size, measured as for the reference."""
    logits = decode(model, correction.features, adapter).visible_logits
    found = F.interpolate(logits, size=correction.mask.shape, mode="bilinear", align_corners=False) > 0
    return mask_iou(found.flatten(), correction.mask.flatten()).item()


def plain_training(model: Any, correction: Correction, epochs: int) -> tuple[float, float]:
    """Seconds and the best epoch's IoU at the video's size."""
    started = time.perf_counter()
    features = replace(
        correction.features,
        image_embedding=correction.features.image_embedding.clone(),
        high_resolution=tuple(level.clone() for level in correction.features.high_resolution),
    )
    decoder = deepcopy(model.sam_mask_decoder).requires_grad_(False)
    parameters = []
    for name, start in fresh_adapter(decoder, 8, 16.0, torch.Generator().manual_seed(0)).down.items():
        base = decoder.get_submodule(name)
        down, up = nn.Parameter(start), nn.Parameter(torch.zeros(base.out_features, 8))
        decoder.set_submodule(name, LoRALinear(base, down, up, 2.0))
        parameters += [down, up]
    optimizer = torch.optim.AdamW(parameters, lr=PLAIN_RATE)
    target = correction.mask.flatten()
    best_iou, best_decoder = -1.0, decoder
    for _ in range(epochs):
        logits = full_size_logits(model, decoder, features, correction.mask)
        loss = 20 * focal_loss(logits, target.float()) + dice_loss(logits, target.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            iou = mask_iou(full_size_logits(model, decoder, features, correction.mask) > 0, target).item()
        copied = deepcopy(decoder)
        if iou > best_iou:
            best_iou, best_decoder = iou, copied
    del best_decoder
    return time.perf_counter() - started, best_iou


def full_size_logits(model: Any, decoder: Any, features: DecoderFeatures, mask: Tensor) -> Tensor:
    """Logits at the size of `mask`, [H * W]."""
    coordinates, labels = torch.zeros(1, 1, 2), -torch.ones(1, 1, dtype=torch.int32)
    with torch.no_grad():
        sparse, dense = model.sam_prompt_encoder(points=(coordinates, labels), boxes=None, masks=None)
    logits, ious, *_ = decoder(
        image_embeddings=features.image_embedding,
        image_pe=model.sam_prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=features.multimask,
        repeat_image=False,
        high_res_features=list(features.high_resolution),
    )
    best = logits[:, ious.argmax(-1)]
    return F.interpolate(best, size=mask.shape, mode="bilinear", align_corners=False).flatten()


def candidate_results(name: str, model: Any, features: DecoderFeatures, repeats: int) -> list[Result]:
    results = []
    for count in ADAPTER_COUNTS:
        bank = AdapterBank(BankSettings(max_adapters=count))
        adapters = [noisy_adapter(model, seed) for seed in range(count)]
        mask = torch.ones(features.mask_size, dtype=torch.bool)
        for adapter in adapters:
            bank.add(TrainingResult(adapter, 0.0, 1.0, 1, 0.0, 1), Correction(features, mask, 1).sample)

        def one_by_one(adapters: list[Adapter] = adapters) -> None:
            for adapter in adapters:
                decode(model, features, adapter)

        def together(bank: AdapterBank = bank) -> None:
            bank.candidates(model, features)

        value, reference = interleaved_medians(together, one_by_one, repeats)
        title = f"{name}: candidates of {count} adapter{'s' if count > 1 else ''}"
        results.append(Result(title, 1e3 * value, "ms", 1e3 * reference, reference / value, repeats))
    return results


def interleaved_medians(first: Callable[[], None], second: Callable[[], None], repeats: int) -> tuple[float, float]:
    """Median seconds of each; they alternate, so that both run under the same load."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeats + 1):
        for kept, function in zip(times, (first, second), strict=True):
            started = time.perf_counter()
            function()
            if turn:
                kept.append(time.perf_counter() - started)
    return median(times[0]), median(times[1])


def noisy_adapter(model: Any, seed: int) -> Adapter:
    generator = torch.Generator().manual_seed(seed)
    start = fresh_adapter(model.sam_mask_decoder, 8, 16.0, generator)
    up = {name: 0.02 * torch.randn(b.shape, generator=generator) for name, b in start.up.items()}
    return Adapter(start.alpha, start.down, up)


Clip = tuple[list[NDArray[np.uint8]], list[NDArray[np.bool_]]]
"""Frames [H, W, 3] and the object's ground-truth masks [H, W]."""


def wrong_frames(model: Any, clips: Iterator[Clip], count: int) -> Iterator[Correction]:
    """From each clip that the tracker fails on, the frame in its second half with the lowest nonzero IoU."""
    for frames, masks in clips:
        wrong = [
            (correction, iou)
            for correction, iou in tracked_frames(model, frames, masks)
            if 0 < iou < WRONG_BELOW and correction.frame_index >= len(frames) // 2
        ]
        if wrong:
            yield min(wrong, key=lambda pair: pair[1])[0]
            count -= 1
        if count == 0:
            return


def tracked_frames(
    model: Any, frames: list[NDArray[np.uint8]], masks: list[NDArray[np.bool_]]
) -> list[tuple[Correction, float]]:
    """Tracks from the first mask; returns each later frame that shows the object, with the tracker's IoU."""
    model.captured = {}
    with tempfile.TemporaryDirectory() as folder:
        for index, frame in enumerate(frames):
            Image.fromarray(frame).save(Path(folder) / f"{index:05}.jpg", quality=95)
        state = model.init_state(folder)
        model.add_new_mask(state, 0, 1, masks[0])
        found = {index: logits[0, 0] > 0 for index, _, logits in model.propagate_in_video(state)}
    tracked = []
    for index in range(1, len(frames)):
        mask = torch.from_numpy(masks[index])
        if mask.any():
            iou = mask_iou(found[index].flatten(), mask.flatten()).item()
            tracked.append((Correction(model.captured[index], mask, index), iou))
    return tracked


def drawn_clip(seed: int, frames: int = 16, size: int = 256) -> Clip:
    """Three blobs of one texture family that move, turn, grow and cross; the first is the object."""
    random = np.random.default_rng(seed)
    ground = noise(random, size, 30) * 35 + random.uniform(60, 180, 3)
    color = random.uniform(40, 215, 3)
    skins = [noise(random, size, 8) * 30 + color + random.normal(0, 18, 3) for _ in range(3)]
    places, speeds = random.uniform(60, 196, (3, 2)), random.uniform(-7, 7, (3, 2))
    radii, lobes, depths = random.uniform(22, 48, 3), random.integers(2, 6, 3), random.uniform(0.1, 0.45, 3)
    turns, growths = random.uniform(-0.15, 0.15, 3), random.uniform(-0.02, 0.02, 3)
    rows, columns = np.mgrid[:size, :size]
    pictures, masks = [], []
    for index in range(frames):
        picture, mask = ground, np.zeros((size, size), bool)
        for blob in range(3):
            y, x = size - 20 - np.abs((places[blob] + speeds[blob] * index - 20) % (2 * size - 80) - (size - 40))
            angle = np.arctan2(rows - y, columns - x) + turns[blob] * index
            radius = radii[blob] * (1 + growths[blob] * index) * (1 + depths[blob] * np.sin(lobes[blob] * angle))
            inside = np.hypot(rows - y, columns - x) < radius
            picture = np.where(inside[..., None], np.roll(skins[blob], (int(y), int(x)), (0, 1)), picture)
            mask = inside if blob == 0 else mask & ~inside
        pictures.append(gaussian_filter(picture.clip(0, 255), (0.6, 0.6, 0)).astype(np.uint8))
        masks.append(mask)
    return pictures, masks


def noise(random: np.random.Generator, size: int, scale: float) -> NDArray[np.float64]:
    """Noise [size, size, 3], mean 0 and deviation 1, with detail down to one pixel."""
    layers = [
        gaussian_filter(random.standard_normal((size, size, 3)), (sigma, sigma, 0)) * sigma * weight
        for sigma, weight in ((scale, 1.0), (scale / 3, 0.6), (1.5, 0.4))
    ]
    texture: NDArray[np.float64] = sum(layers[1:], layers[0])
    return (texture - texture.mean()) / texture.std()


def davis_clips(folder: Path) -> Iterator[Clip]:
    """Every object that the first frame of a sequence shows, of a data set in DAVIS layout."""
    for annotations in sorted(folder.glob("Annotations/*/*/")):
        names = sorted(path.stem for path in annotations.glob("*.png"))
        labels = [np.array(Image.open(annotations / f"{name}.png")) for name in names]
        images = folder / "JPEGImages" / annotations.parent.name / annotations.name
        frames = [np.array(Image.open(images / f"{name}.jpg").convert("RGB")) for name in names]
        for value in sorted(set(np.unique(labels[0]).tolist()) - {0, 255}):
            yield frames, [label == value for label in labels]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to FILE too")
    parser.add_argument("--davis", type=Path, metavar="DIR", help="correct this data set instead of drawn clips")
    parser.add_argument("--corrections", type=int, default=5, help="corrections to train pocket on")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of the plain loop")
    options = parser.parse_args()
    results = []
    for result in run(options.corrections, options.epochs, options.davis):
        results.append(result)
        print(
            f"{result.name:58} {result.value:9.3f} {result.unit:3} reference {result.reference:9.3f} "
            f"ratio {result.ratio:6.2f}  n={result.samples}",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")


if __name__ == "__main__":
    main()
