"""Models are told apart by any of their weights."""

from pathlib import Path

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.tracking.fingerprint import fingerprint
from tests.small_model import load_small


@pytest.fixture
def model(tmp_path: Path) -> SAM2VideoPredictor:
    return load_small(tmp_path, "cpu", SAM2VideoPredictor).predictor


def test_the_same_weights_have_the_same_fingerprint(model: SAM2VideoPredictor, tmp_path: Path) -> None:
    assert fingerprint(model) == fingerprint(load_small(tmp_path, "cpu", SAM2VideoPredictor).predictor)


@pytest.mark.parametrize(
    "part", ["image_encoder", "memory_attention", "memory_encoder", "sam_prompt_encoder", "sam_mask_decoder"]
)
def test_training_any_part_changes_the_fingerprint(model: SAM2VideoPredictor, part: str) -> None:
    before = fingerprint(model)

    with torch.no_grad():
        for parameter in getattr(model, part).parameters():
            parameter.add_(1e-4)

    assert fingerprint(model) != before


def test_another_image_size_changes_the_fingerprint(model: SAM2VideoPredictor, tmp_path: Path) -> None:
    assert fingerprint(model) != fingerprint(load_small(tmp_path, "cpu", SAM2VideoPredictor, image_size=256).predictor)
