"""The tracker on an emulated GPU, by tests of its suite and by what only a GPU can get wrong."""

from pathlib import Path

import pytest
import torch
from sam2.sam2_video_predictor import SAM2VideoPredictor

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.records.prompts import MaskPrompt
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import LENGTH, new_tracker
from tests.small_model import load_small

folder, tracker, both = suite.folder, suite.tracker, suite.both


@pytest.fixture(scope="module")
def official(model: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> SAM2VideoPredictor:
    predictor = load_small(tmp_path_factory.mktemp("official"), str(model.device), SAM2VideoPredictor).predictor
    predictor.add_all_frames_to_correct_as_cond = True
    return predictor


test_frames_equal = suite.test_frames_equal_those_that_the_official_loader_makes
test_a_box_followed_backward = suite.test_one_object_followed_backward_equals_the_official_predictor
test_memory_from_later_prompts_alone = (
    suite.test_an_object_is_tracked_on_frames_that_have_memory_from_later_prompts_alone
)
test_prompting_again = suite.test_a_frame_that_tracking_has_only_begun_on_can_be_prompted_again


def logits_of(tracker: Tracker, frames: int = LENGTH) -> list[torch.Tensor]:
    """Tracks forward what is prompted on frame 0. Returns the logits of every object and frame."""
    for index in range(frames):
        tracker.prefetch(range(index, frames))
        tracker.track(index, False, again=True)
    return [tracker.logits(each, index).cpu() for each in tracker.memories for index in range(1, frames)]


def test_memory_and_embeddings_from_a_file_give_the_same_logits(
    model: LoadedModel, folder: Path, tmp_path: Path, clip: Clip
) -> None:
    logits = []
    for budget in (2**28, 1):
        cache = EmbeddingCache(0, 2**28, tmp_path) if budget == 1 else EmbeddingCache(2**28)
        tracker = new_tracker(model, folder, cache, memory_budget=budget, folder=tmp_path)
        for object_id in (1, 2):
            tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
        logits.append(logits_of(tracker, 4) + logits_of(tracker, 4))
        assert (tracker.pool.nbytes_on_disk > 0) == (budget == 1)
        assert tracker.frames.frames_encoded == 4
        tracker.close()

    assert all(torch.equal(in_memory, from_file) for in_memory, from_file in zip(*logits, strict=True))


def test_every_kernel_of_a_frame_computes_in_one_precision(
    model: LoadedModel, folder: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than one core, on which a second thread would compute on a CPU.
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    logits = []
    for _ in range(2):
        tracker = new_tracker(model, folder)
        tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
        logits.append(logits_of(tracker, 4))
        tracker.close()

    assert all(torch.equal(one, other) for one, other in zip(*logits, strict=True))


def test_masks_of_a_frame_wait_for_nothing_that_was_started_after_them(
    device: EmulatedDevice, tracker: Tracker, clip: Clip
) -> None:
    for object_id in (1, 2):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    tracker.track(0, False, again=True)
    first = tracker.track(1, False, again=True)
    tracker.track(2, False, again=True)
    with device.counting():
        masks = [each.mask for each in first]

    assert device.waits.total() == 0
    assert all(mask.any() for mask in masks)
