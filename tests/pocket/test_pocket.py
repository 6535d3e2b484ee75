from pathlib import Path

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from numpy.typing import NDArray
from omegaconf import OmegaConf
from PIL import Image
from safetensors.torch import load_file
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.pocket import CONFIG, WEIGHTS
from sam2_lit.pocket.trunk import EfficientNetLite0

FRAMES, SIZE, RADIUS = 12, 256, 32


@pytest.fixture(scope="module")
def predictor() -> SAM2VideoPredictor:
    model = instantiate(OmegaConf.load(CONFIG).model)
    model.load_state_dict({name: value.float() for name, value in load_file(WEIGHTS).items()}, strict=True)
    return model.eval()


@pytest.fixture(scope="module")
def disc_clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[NDArray[np.bool_]]]:
    """An orange, striped disc crossing a smooth green ground, as JPEGs, and its mask on every frame."""
    folder = tmp_path_factory.mktemp("disc")
    rows, columns = np.mgrid[:SIZE, :SIZE]
    ground = np.stack([60 + 20 * np.sin(rows / 29), 110 + 30 * np.cos(columns / 37), 70 + 0 * rows], -1)
    masks = []
    for frame in range(FRAMES):
        x, y = 60 + 11 * frame, 90 + 6 * frame
        mask = (rows - y) ** 2 + (columns - x) ** 2 < RADIUS**2
        stripes = 25 * np.sin((columns - x) / 5)[..., None]
        image = np.where(mask[..., None], np.array([235, 130, 30]) + stripes, ground)
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / f"{frame:05}.jpg", quality=92)
        masks.append(mask)
    return folder, masks


def mean_iou(predictor: SAM2VideoPredictor, state: dict[str, object], masks: list[NDArray[np.bool_]]) -> float:
    found = {frame: (logits[0, 0] > 0).numpy() for frame, _, logits in predictor.propagate_in_video(state)}
    return float(np.mean([(found[i] & masks[i]).sum() / (found[i] | masks[i]).sum() for i in range(1, len(masks))]))


def test_weights_fit_the_configuration_in_half_precision_and_in_sixteen_mebibytes() -> None:
    stored = load_file(WEIGHTS)
    assert {value.dtype for value in stored.values()} == {torch.float16}
    assert WEIGHTS.stat().st_size <= 16 * 2**20
    model = instantiate(OmegaConf.load(CONFIG).model)
    model.load_state_dict({name: value.float() for name, value in stored.items()}, strict=True)
    assert all(value.isfinite().all() for value in stored.values())


def test_the_trunk_returns_four_maps_from_stride_4_to_32() -> None:
    maps = EfficientNetLite0()(torch.zeros(2, 3, 64, 96))
    assert [tuple(each.shape) for each in maps] == [
        (2, 24, 16, 24),
        (2, 40, 8, 12),
        (2, 112, 4, 6),
        (2, 320, 2, 3),
    ]


def test_a_moving_disc_is_tracked_from_its_first_mask(
    predictor: SAM2VideoPredictor, disc_clip: tuple[Path, list[NDArray[np.bool_]]]
) -> None:
    folder, masks = disc_clip
    state = predictor.init_state(str(folder))
    predictor.add_new_mask(state, 0, 1, masks[0])
    copied = np.mean([(masks[0] & mask).sum() / (masks[0] | mask).sum() for mask in masks[1:]])
    assert copied < 0.3
    assert mean_iou(predictor, state, masks) > 0.8


def test_a_box_on_the_first_frame_finds_the_disc(
    predictor: SAM2VideoPredictor, disc_clip: tuple[Path, list[NDArray[np.bool_]]]
) -> None:
    folder, masks = disc_clip
    state = predictor.init_state(str(folder))
    predictor.add_new_points_or_box(state, 0, 1, box=np.array([28, 58, 92, 122], dtype=np.float32))
    assert mean_iou(predictor, state, masks) > 0.6


def test_one_click_on_the_first_frame_finds_the_disc(
    predictor: SAM2VideoPredictor, disc_clip: tuple[Path, list[NDArray[np.bool_]]]
) -> None:
    folder, masks = disc_clip
    state = predictor.init_state(str(folder))
    predictor.add_new_points_or_box(state, 0, 1, points=np.array([[60.0, 90.0]]), labels=np.array([1]))
    assert mean_iou(predictor, state, masks) > 0.6
