"""Where the checks run: a GPU or an emulated one, models, frames and prompts."""

import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor

from benchmarks import launches
from benchmarks.gpu_check.report import Report
from benchmarks.gpu_check.schedule import Clock
from benchmarks.official import untrained
from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.memory_file import MemoryFile
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.masks import BoolMask
from sam2_lit.records.prompts import PointPrompt
from tests.clips import Clip
from tests.small_model import load_small

TINY, BASE_PLUS, LARGE = "sam2.1_hiera_tiny", "sam2.1_hiera_base_plus", "sam2.1_hiera_large"


@dataclass(frozen=True)
class Scale:
    """How large the checks are.

    - frames, short: the frames of the video whose speed is measured, and of the one that is compared.
    - size: width and height of a frame; None for the clip's own.
    - training_steps, trainings, clicks: of a training, during a propagation, and whose latency is measured.
    - large: the model whose memory and training are looked at.
    """

    frames: int = 48
    short: int = 10
    size: tuple[int, int] | None = (1280, 720)
    training_steps: int = 60
    trainings: int = 10
    clicks: int = 20
    large: str = BASE_PLUS


REHEARSAL = Scale(frames=6, short=5, size=None, training_steps=3, trainings=2, clicks=3, large=TINY)
_REHEARSED_SIDE = 128


@dataclass
class Bench:
    """Where the checks run. `emulated` is the emulated GPU of a rehearsal, None on a real one.

    `videos` has two folders of JPEG frames, `long` and `short`; `out` is where reports go.
    """

    report: Report
    clock: Clock
    device: torch.device
    clip: Clip
    videos: Path
    out: Path
    scale: Scale
    emulated: Any = None
    _models: dict[tuple[str, type, bool], Any] = field(default_factory=dict)

    def write_videos(self) -> None:
        for name, count in (("long", self.scale.frames), ("short", self.scale.short)):
            (self.videos / name).mkdir()
            for index, frame in enumerate(self.clip.frames[:count]):
                image = Image.fromarray(frame)
                image = image.resize(self.scale.size, Image.Resampling.NEAREST) if self.scale.size else image
                image.save(self.videos / name / f"{index:05d}.jpg", quality=95)

    def point(self, object_id: int, frame: int = 0) -> tuple[float, float]:
        """The center of the disc that an object is: of the first for odd ones, of the second for even ones."""
        x, y = self.clip.center(2 - object_id % 2, frame)
        return x, y

    def mask(self, frame: int, *object_ids: int) -> BoolMask:
        """The true mask of these objects together, bool [H, W] at the size of the video."""
        mask = np.logical_or.reduce([self.clip.masks[object_id][frame] for object_id in object_ids])
        if self.scale.size is None:
            return mask
        return np.asarray(Image.fromarray(mask).resize(self.scale.size, Image.Resampling.NEAREST))

    def model(
        self, name: str, predictor_class: type[SAM2VideoPredictor] = LitPredictor, *, with_disc: bool = False
    ) -> Any:
        """A model on the device, one for all stages."""
        key = (name, predictor_class, with_disc)
        if key not in self._models:
            self._models[key] = self.new_model(name, predictor_class, with_disc=with_disc)
        return self._models[key]

    def new_model(
        self,
        name: str,
        predictor_class: type[SAM2VideoPredictor] = LitPredictor,
        *,
        with_disc: bool = False,
        compiled: bool = False,
        cuda_graphs: bool = True,
    ) -> Any:
        """A model on the device: `pocket` is trained, the official ones have random weights and see objects.

        The masks of random weights are noise with a hundred thousand runs. `with_disc` adds a disc to their logits, so
        that they have about as many runs as the masks of real objects.
        """
        if name == "pocket":
            predictor: Any = self.pocket(predictor_class).predictor
        else:
            if self.emulated is not None:
                predictor = launches.small(name, predictor_class, torch.device("cpu"), _REHEARSED_SIDE)
            else:
                predictor = untrained(name, predictor_class)
            torch.nn.init.constant_(predictor.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 5)
            if with_disc:
                disc = _AddDisc(4 * predictor.sam_image_embedding_size, self.device)
                predictor.sam_mask_decoder.register_forward_hook(disc)
            predictor = predictor.to(self.device).eval()
        if isinstance(predictor, LitPredictor):
            predictor.prepare(compiled=compiled, cuda_graphs=cuda_graphs)
        else:
            # As ours: a corrected frame is remembered, and holes stay.
            predictor.add_all_frames_to_correct_as_cond, predictor.fill_hole_area = True, 0
        return predictor

    def pocket(
        self, predictor_class: type[SAM2VideoPredictor] = LitPredictor, device: torch.device | None = None
    ) -> LoadedModel:
        """The embedded model, for small images in a rehearsal."""
        place = str(device or self.device)
        if self.emulated is None:
            return load_model(
                "pocket", predictor_class=predictor_class, device=place, checkpoints_dir=Path("checkpoints")
            )
        with tempfile.TemporaryDirectory() as folder:
            return load_small(Path(folder), place, predictor_class)

    def tracker(
        self, predictor: Any, video: str = "short", cache: EmbeddingCache | None = None, memory: int = 2**32
    ) -> Tracker:
        reader = open_video(self.videos / video)
        source = FrameSource(reader, predictor.image_size, predictor.encode_image, cache, device=predictor.device)
        return Tracker(predictor, source, CacheBudget(2**32), CacheBudget(memory), MemoryFile())

    @contextmanager
    def tracking(self, predictor: Any, objects: int, **arguments: Any) -> Iterator[Tracker]:
        """A tracker with a click on each object on frame 0, closed at the end."""
        tracker = self.tracker(predictor, **arguments)
        try:
            for object_id in range(1, objects + 1):
                tracker.prompt(object_id, 0, PointPrompt((self.point(object_id),), (1,), True))
            yield tracker
        finally:
            tracker.close()

    def track(self, tracker: Tracker, frames: range, *, reverse: bool = False) -> None:
        for index in frames:
            self.clock.check()
            tracker.prefetch(range(index, frames.stop, frames.step))
            tracker.track(index, reverse, again=True)

    def logits(self, tracker: Tracker, frames: range) -> dict[tuple[int, int], Tensor]:
        """The logits of tracked frames on the CPU, by object and frame."""
        return {
            (object_id, index): tracker.logits(object_id, index).float().cpu()
            for object_id, memory in tracker.memories.items()
            for index in frames
            if index not in memory.prompted
        }

    def tracked(self, predictor: Any, objects: int, **arguments: Any) -> dict[tuple[int, int], Tensor]:
        """The logits of a new tracker's pass over the short video."""
        frames = range(self.scale.short)
        with self.tracking(predictor, objects, **arguments) as tracker:
            self.track(tracker, frames)
            return self.logits(tracker, frames)

    def waits(self, run: Callable[[], object]) -> int:
        """How often the host waits for the device in `run`."""
        if self.emulated is not None:
            with self.emulated.counting():
                run()
            return int(self.emulated.waits.total())
        torch.cuda.set_sync_debug_mode("warn")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run()
        torch.cuda.set_sync_debug_mode("default")
        return sum("synchronizing" in str(each.message) for each in caught)

    @contextmanager
    def short_of_memory(self) -> Iterator[None]:
        """Leaves the device 64 MiB more than is allocated, or none after twenty launches of the emulated one."""
        if self.emulated is not None:
            with self.emulated.out_of_memory(after=20):
                yield
            return
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(self.device).total_memory
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + 64 * 2**20) / total)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)


class _AddDisc:
    """Adds a disc to the mask logits that a mask decoder returns, [B, M, side, side]."""

    def __init__(self, side: int, device: torch.device) -> None:
        places = torch.linspace(-1, 1, side)
        self._disc = (50 * (0.5 - torch.hypot(places[:, None], places))).to(device)

    def __call__(self, decoder: Any, arguments: Any, outputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        logits, *others = outputs
        return logits + self._disc.to(logits.dtype), *others


def differing(one: Mapping[tuple[int, int], Tensor], other: Mapping[tuple[int, int], Tensor]) -> list[tuple[int, int]]:
    """The objects and frames whose logits are not equal to the bit."""
    return [key for key in one.keys() | other.keys() if not torch.equal(one[key], other[key])]
