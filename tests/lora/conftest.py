from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor

from sam2_lit.engine.models.loading import load_model
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.layers import Adapter, fresh_adapter
from sam2_lit.lora.targets import target_from_mask
from sam2_lit.lora.trainer import Sample, TrainingResult, TrainingStep, train
from sam2_lit.lora.training_settings import TrainingSettings
from tests.clips import draw_clip

FRAMES = 8
QUICK = TrainingSettings(max_steps=25)


class CapturingPredictor(SAM2VideoPredictor):
    """Keeps the mask decoder's inputs and outputs on each tracked frame."""

    captured: dict[int, tuple[DecoderFeatures, tuple[Tensor, ...]]]

    def _track_step(self, frame_idx: int, is_init_cond_frame: bool, *args: Any, **kwargs: Any) -> Any:
        step = super()._track_step(frame_idx, is_init_cond_frame, *args, **kwargs)
        current, outputs, high_resolution, pixels = step
        if not is_init_cond_frame:
            multimask = self._use_multimask(is_init_cond_frame, current["point_inputs"])
            self.captured[frame_idx] = (DecoderFeatures(pixels, tuple(high_resolution), multimask), outputs)
        return step


@dataclass(frozen=True)
class Tracked:
    """A tracked clip: each frame's decoder features, the tracker's low-resolution logits and object score for them,
    and two masks at video size: of the tracked object, and of another one that was never prompted."""

    features: dict[int, DecoderFeatures]
    logits: dict[int, Tensor]
    scores: dict[int, Tensor]
    own: dict[int, Tensor]
    other: dict[int, Tensor]

    def correction(self, frame: int) -> Sample:
        """A correction that contradicts the tracker: the object is both of the discs."""
        features = self.features[frame]
        return Sample(features, target_from_mask(self.own[frame] | self.other[frame], features.mask_size), frame)

    def confirmation(self, frame: int) -> Sample:
        """A correction that agrees with the tracker, but for a few pixels."""
        features = self.features[frame]
        return Sample(features, target_from_mask(self.own[frame], features.mask_size), frame)


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> CapturingPredictor:
    device = request.config.getoption("--device")
    loaded = load_model(
        "pocket", predictor_class=CapturingPredictor, device=device, checkpoints_dir=Path("checkpoints")
    )
    assert isinstance(loaded.predictor, CapturingPredictor)
    return loaded.predictor


@pytest.fixture(scope="session")
def tracked(model: CapturingPredictor, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    clip = draw_clip(FRAMES)
    folder = tmp_path_factory.mktemp("frames")
    for index, frame in enumerate(clip.frames):
        Image.fromarray(frame).save(folder / f"{index:05}.jpg", quality=95)
    model.captured = {}
    state = model.init_state(str(folder))
    model.add_new_mask(state, 0, 1, clip.masks[1][0])
    for _ in model.propagate_in_video(state):
        pass
    frames = range(1, FRAMES)
    return Tracked(
        features={i: model.captured[i][0] for i in frames},
        logits={i: model.captured[i][1][3] for i in frames},
        scores={i: model.captured[i][1][6] for i in frames},
        own={i: torch.from_numpy(np.ascontiguousarray(clip.masks[1][i])) for i in frames},
        other={i: torch.from_numpy(np.ascontiguousarray(clip.masks[2][i])) for i in frames},
    )


@pytest.fixture
def busy_adapter(model: CapturingPredictor) -> Callable[[int], Adapter]:
    """Makes an adapter, by seed, that changes the masks noticeably."""

    def make(seed: int, rank: int = 8) -> Adapter:
        generator = torch.Generator().manual_seed(seed)
        start = fresh_adapter(model.sam_mask_decoder, rank, 16.0, generator)
        up = {name: 0.02 * torch.randn(b.shape, generator=generator) for name, b in start.up.items()}
        return Adapter(start.alpha, start.down, up)

    return make


def run(
    training: Generator[TrainingStep, None, TrainingResult],
) -> tuple[list[TrainingStep], TrainingResult]:
    """A training's steps and its result."""
    steps: list[TrainingStep] = []
    while True:
        try:
            steps.append(next(training))
        except StopIteration as end:
            return steps, end.value


@pytest.fixture(scope="session")
def trained(model: CapturingPredictor, tracked: Tracked) -> tuple[list[TrainingStep], TrainingResult]:
    """A training on a correction that contradicts the tracker."""
    return run(train(model, [tracked.correction(5)], QUICK))
