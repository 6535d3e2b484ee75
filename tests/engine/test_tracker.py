"""The tracker's numbers beside the official predictor's own loop, on the same weights and the same frames."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.frames import FrameSource
from sam2_lit.engine.models import LoadedModel, load_model
from sam2_lit.engine.predictor import LitPredictor
from sam2_lit.engine.prompts import BoxPrompt, MaskPrompt, PointPrompt
from sam2_lit.engine.tracker import ObjectMask, Tracker
from sam2_lit.media.reader import open_video
from tests.clips import Clip

LENGTH = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, clip: Clip) -> Path:
    """The clip's first frames as the official predictor reads them."""
    folder = tmp_path_factory.mktemp("frames")
    for index, frame in enumerate(clip.frames[:LENGTH]):
        Image.fromarray(frame).save(folder / f"{index:05d}.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def official() -> SAM2VideoPredictor:
    predictor = load_model(
        "pocket", predictor_class=SAM2VideoPredictor, device="cpu", checkpoints_dir=Path("checkpoints")
    ).predictor
    predictor.add_all_frames_to_correct_as_cond = True
    return predictor


@pytest.fixture
def tracker(model: LoadedModel, folder: Path) -> Any:
    assert isinstance(model.predictor, LitPredictor)
    source = FrameSource(open_video(folder), model.image_size, model.predictor.encode_image)
    yield Tracker(model.predictor, source, feature_budget=2**28)
    source.close()


def masks_of(video_logits: torch.Tensor) -> list[np.ndarray[Any, Any]]:
    return [(logits[0] > 0).numpy() for logits in video_logits]


def track_all(tracker: Tracker, frames: range, reverse: bool = False) -> dict[int, list[ObjectMask]]:
    made = {}
    for index in frames:
        tracker.frames.prefetch([index])
        made[index] = tracker.track(index, reverse, again=True)
    return made


def test_frames_equal_those_that_the_official_loader_makes(
    official: SAM2VideoPredictor, tracker: Tracker, folder: Path
) -> None:
    images = official.init_state(str(folder))["images"]

    assert all(torch.equal(tracker.frames[index], images[index]) for index in range(LENGTH))


def test_a_click_and_a_propagation_equal_the_official_ones(
    official: SAM2VideoPredictor, tracker: Tracker, folder: Path, clip: Clip
) -> None:
    point = clip.centre(1, 0)
    state = official.init_state(str(folder))
    _, _, clicked = official.add_new_points_or_box(state, 0, 1, points=[point], labels=[1], normalize_coords=False)
    streamed = {index: masks_of(video) for index, _, video in official.propagate_in_video(state)}

    made = tracker.prompt(1, 0, PointPrompt((tuple(point),), (1,), True))  # type: ignore[arg-type]
    tracked = track_all(tracker, range(LENGTH))

    assert np.array_equal(made.mask, masks_of(clicked)[0])
    assert tracked[0] == []
    assert all(np.array_equal(tracked[index][0].mask, streamed[index][0]) for index in range(1, LENGTH))


def test_several_objects_backward_with_a_correction_in_the_middle_equal_the_official_ones(
    official: SAM2VideoPredictor, tracker: Tracker, folder: Path, clip: Clip
) -> None:
    last = LENGTH - 1
    box, mask, point = clip.box(1, last), clip.masks[2][last], clip.centre(1, 4)
    state = official.init_state(str(folder))
    official.add_new_points_or_box(state, last, 1, box=box, normalize_coords=False)
    official.add_new_mask(state, last, 2, torch.from_numpy(mask))
    for _ in official.propagate_in_video(state, start_frame_idx=last, reverse=True):
        pass
    _, _, corrected = official.add_new_points_or_box(state, 4, 1, points=[point], labels=[1], normalize_coords=False)
    streamed = {
        index: masks_of(video)
        for index, _, video in official.propagate_in_video(state, start_frame_idx=last, reverse=True)
    }

    tracker.prompt(1, last, BoxPrompt(tuple(box)))  # type: ignore[arg-type]
    tracker.prompt(2, last, MaskPrompt(mask))
    track_all(tracker, range(last, -1, -1), reverse=True)
    made = tracker.prompt(1, 4, PointPrompt((tuple(point),), (1,), True))  # type: ignore[arg-type]
    tracked = track_all(tracker, range(last, -1, -1), reverse=True)

    assert np.array_equal(made.mask, masks_of(corrected)[0])
    for index in set(range(last)) - {4}:
        assert [each.object_id for each in tracked[index]] == [1, 2]
        assert all(np.array_equal(each.mask, mask) for each, mask in zip(tracked[index], streamed[index], strict=True))
    assert np.array_equal(tracked[4][0].mask, streamed[4][1])


def test_an_object_is_tracked_on_frames_that_have_memory_from_later_prompts_alone(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    tracker.prompt(2, 5, MaskPrompt(clip.masks[2][5]))

    assert [each.object_id for each in tracker.track(1, False, again=True)] == [1, 2]


def test_captured_features_are_held_within_their_budget(model: LoadedModel, folder: Path, clip: Clip) -> None:
    assert isinstance(model.predictor, LitPredictor)
    source = FrameSource(open_video(folder), model.image_size)
    tracker = Tracker(model.predictor, source, feature_budget=3 * 600_000)
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))

    track_all(tracker, range(LENGTH))

    assert 0 < tracker.features.nbytes <= 3 * 600_000
    assert tracker.captured(1, 1) is None
    assert tracker.captured(1, LENGTH - 1) is not None


def test_capturing_again_leaves_memory_and_masks_as_they_are(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    track_all(tracker, range(4))
    tracked = tracker.captured(1, 3)
    clock, written = tracker.clock, dict(tracker.memories[1].written)

    again = tracker.capture(1, 3)

    assert (tracker.clock, tracker.memories[1].written) == (clock, written)
    assert tracked is not None
    assert torch.equal(again.features.image_embedding, tracked.features.image_embedding)
