"""The tracker compared with the official predictor's own loop on the same weights and frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.kernels import Kernel, Kernels
from sam2_lit.engine.models.devices import autocast, compute_dtype
from sam2_lit.engine.models.loading import LoadedModel, load_model
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.frame_source import FrameSource
from sam2_lit.engine.tracking.memory_file import MemoryFile
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import ObjectMask, Tracker
from sam2_lit.media.readers.opening import open_video
from sam2_lit.records.prompts import BoxPrompt, MaskPrompt, PointPrompt
from tests.clips import Clip

LENGTH = 10


@dataclass(frozen=True)
class Bounds:
    """How far our results may be from the official predictor's.

    - largest, mean: of the difference of logits, which are from about -20 to 20.
    - pixels: the fraction of a mask's pixels that may differ.
    """

    largest: float
    mean: float
    pixels: float


BOUNDS = {
    # Memory in bfloat16 turns the last digit of a float32 into a step of 2^-8: the official predictor's own logits
    # change by 0.02 on this clip between one thread and two.
    torch.float32: Bounds(0.1, 0.005, 0.002),
    # One step of a logit of 20 is 0.125.
    torch.bfloat16: Bounds(0.75, 0.08, 0.01),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, clip: Clip) -> Path:
    """The clip's first frames as the official predictor reads them."""
    folder = tmp_path_factory.mktemp("frames")
    for index, frame in enumerate(clip.frames[:LENGTH]):
        Image.fromarray(frame).save(folder / f"{index:05d}.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def official(model: LoadedModel) -> SAM2VideoPredictor:
    predictor = load_model(
        "pocket", predictor_class=SAM2VideoPredictor, device=str(model.device), checkpoints_dir=Path("checkpoints")
    ).predictor
    predictor.add_all_frames_to_correct_as_cond = True
    return predictor


def new_tracker(
    model: LoadedModel,
    video: Path,
    cache: EmbeddingCache | None = None,
    feature_budget: int = 2**28,
    memory_budget: int = 2**28,
    folder: Path | None = None,
) -> Tracker:
    assert isinstance(model.predictor, LitPredictor)
    model.predictor.prepare()
    source = FrameSource(open_video(video), model.image_size, model.predictor.encode_image, cache, device=model.device)
    budgets = CacheBudget(feature_budget), CacheBudget(memory_budget)
    return Tracker(model.predictor, source, *budgets, MemoryFile(folder=folder))


@pytest.fixture
def tracker(model: LoadedModel, folder: Path) -> Any:
    tracker = new_tracker(model, folder)
    yield tracker
    tracker.close()


def track_all(tracker: Tracker, frames: range, reverse: bool = False) -> dict[int, list[ObjectMask]]:
    tracked = {}
    for index in frames:
        tracker.prefetch([index])
        tracked[index] = tracker.track(index, reverse, again=True)
    return tracked


def test_frames_equal_those_that_the_official_loader_makes(
    official: SAM2VideoPredictor, tracker: Tracker, folder: Path
) -> None:
    images = official.init_state(str(folder))["images"]

    assert all(torch.equal(tracker.frames[index].cpu(), images[index].cpu()) for index in range(LENGTH))


@dataclass
class Both:
    """The same prompts and passes through the official predictor and through the tracker, to be compared."""

    official: SAM2VideoPredictor
    state: dict[str, Any]
    tracker: Tracker
    dtype: torch.dtype

    @property
    def device(self) -> torch.device:
        return self.official.device

    @property
    def bounds(self) -> Bounds:
        return BOUNDS[self.dtype]

    def click(self, object_id: int, frame_index: int, point: list[float], label: int = 1) -> None:
        with autocast(self.device, self.dtype):
            _, object_ids, masks = self.official.add_new_points_or_box(
                self.state, frame_index, object_id, points=[point], labels=[label], normalize_coords=False
            )
        prompted = self.tracker.prompt(object_id, frame_index, PointPrompt((tuple(point),), (label,), True))  # type: ignore[arg-type]
        assert_same(prompted.mask, masks[object_ids.index(object_id)], self.bounds)

    def box(self, object_id: int, frame_index: int, box: list[float]) -> None:
        with autocast(self.device, self.dtype):
            self.official.add_new_points_or_box(self.state, frame_index, object_id, box=box, normalize_coords=False)
        self.tracker.prompt(object_id, frame_index, BoxPrompt(tuple(box)))  # type: ignore[arg-type]

    def mask(self, object_id: int, frame_index: int, mask: np.ndarray[Any, Any]) -> None:
        with autocast(self.device, self.dtype):
            self.official.add_new_mask(self.state, frame_index, object_id, torch.from_numpy(mask))
        self.tracker.prompt(object_id, frame_index, MaskPrompt(mask))

    def propagate(self, start: int, reverse: bool = False, count: int = LENGTH) -> None:
        """Asserts that every frame of a pass has the same masks, and the same logits, up to rounding."""
        # To its end before ours begins, which must find its precision itself.
        with autocast(self.device, self.dtype):
            frames = list(self.official.propagate_in_video(self.state, start, count - 1, reverse))
        for index, object_ids, masks in frames:
            self.tracker.prefetch([index])
            tracked = {each.object_id: each.mask for each in self.tracker.track(index, reverse, again=True)}
            prompted = [each for each in object_ids if index in self.tracker.memories[each].prompted]
            assert sorted([*tracked, *prompted]) == sorted(object_ids)
            for place, object_id in enumerate(object_ids):
                if object_id in tracked:
                    assert_same(tracked[object_id], masks[place], self.bounds)
                    official = self.state["output_dict_per_obj"][place]["non_cond_frame_outputs"][index]["pred_masks"]
                    difference = (self.tracker.logits(object_id, index) - official).abs()
                    assert float(difference.max()) < self.bounds.largest
                    assert float(difference.mean()) < self.bounds.mean
        assert len(frames) == min(count, start + 1 if reverse else LENGTH - start)


def assert_same(mask: np.ndarray[Any, Any], video_logits: torch.Tensor, bounds: Bounds) -> None:
    """Asserts that a mask is the official one except for pixels that rounding flips."""
    expected = (video_logits[0] > 0).cpu().numpy()
    assert np.count_nonzero(mask != expected) <= max(1, int(expected.sum() * bounds.pixels))


@pytest.fixture
def both(official: SAM2VideoPredictor, tracker: Tracker, folder: Path) -> Both:
    return Both(official, official.init_state(str(folder)), tracker, compute_dtype(official.device))


def test_a_click_followed_forward_and_corrected_in_the_middle_equals_the_official_predictor(
    both: Both, clip: Clip
) -> None:
    both.click(1, 0, clip.center(1, 0))
    both.propagate(0)
    both.click(1, 5, clip.center(1, 5))
    both.propagate(0)


def test_one_object_followed_backward_equals_the_official_predictor(both: Both, clip: Clip) -> None:
    both.box(1, LENGTH - 1, clip.box(1, LENGTH - 1))
    both.propagate(LENGTH - 1, reverse=True)


def test_five_objects_with_a_correction_in_the_middle_equal_the_official_predictor(both: Both, clip: Clip) -> None:
    both.click(1, 0, clip.center(1, 0))
    both.mask(2, 0, clip.masks[2][0])
    both.box(3, 0, [0.1, 0.1, 0.4, 0.5])
    both.click(4, 0, [0.5, 0.9])
    both.click(5, 0, [0.9, 0.1])
    both.propagate(0, count=8)
    both.click(2, 4, clip.center(2, 4))
    both.propagate(3, count=4)


def test_five_objects_backward_with_a_correction_in_the_middle_equal_the_official_predictor(
    both: Both, clip: Clip
) -> None:
    last = LENGTH - 1
    both.box(1, last, clip.box(1, last))
    both.mask(2, last, clip.masks[2][last])
    both.click(3, last, [0.2, 0.2])
    both.click(4, last, [0.5, 0.9])
    both.click(5, last, [0.9, 0.1])
    both.propagate(last, reverse=True, count=8)
    both.click(1, 4, clip.center(1, 4))
    both.propagate(5, reverse=True, count=4)


def test_an_empty_mask_in_the_middle_equals_the_official_predictor(both: Both, clip: Clip) -> None:
    both.click(1, 0, clip.center(1, 0))
    both.propagate(0)
    both.mask(1, 3, np.zeros_like(clip.masks[1][3]))
    both.propagate(0)


def test_tracked_frames_beyond_their_budget_are_read_back_equal(
    model: LoadedModel, folder: Path, tmp_path: Path, clip: Clip
) -> None:
    logits = []
    for budget in (2**28, 2 * 120_000):
        tracker = new_tracker(model, folder, memory_budget=budget, folder=tmp_path)
        for object_id in (1, 2):
            tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
        track_all(tracker, range(LENGTH))
        assert (tracker.pool.nbytes_on_disk > 0) == (budget < 2**28)
        assert tracker.pool.nbytes <= budget
        point = clip.center(1, 5)
        tracker.prompt(1, 5, PointPrompt((tuple(point),), (1,), True))  # type: ignore[arg-type]
        track_all(tracker, range(3, LENGTH))
        logits.append([tracker.logits(2, index) for index in range(1, LENGTH)])
        tracker.close()

    assert all(torch.equal(in_memory, from_file) for in_memory, from_file in zip(*logits, strict=True))
    assert list(tmp_path.iterdir()) == []


def test_a_second_pass_encodes_no_frame_again_and_gives_the_same(model: LoadedModel, folder: Path, clip: Clip) -> None:
    tracker = new_tracker(model, folder, cache=EmbeddingCache(2**28))
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))

    first = track_all(tracker, range(LENGTH))
    again = track_all(tracker, range(LENGTH))

    assert tracker.frames.frames_encoded == LENGTH
    assert all(np.array_equal(first[index][0].mask, again[index][0].mask) for index in range(1, LENGTH))
    tracker.close()


def test_a_frame_is_tracked_the_same_on_one_core_and_on_all(
    model: LoadedModel, folder: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    logits = []
    for threads in ("1", ""):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        tracker = new_tracker(model, folder)
        for object_id in (1, 2):
            tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
        # Nothing is prefetched, so nothing is encoded on other threads.
        for index in range(LENGTH):
            tracker.track(index, False, again=True)
        logits.append([tracker.logits(object_id, index) for object_id in (1, 2) for index in range(1, LENGTH)])
        tracker.close()

    assert all(torch.equal(one, every) for one, every in zip(*logits, strict=True))


class OtherKernels(Kernels):
    """Names any kernel but PyTorch's own."""

    def fastest(self, shape: str, implementations: Mapping[str, Kernel], *inputs: Tensor, rows: int | None) -> str:
        return list(implementations)[-1]


@pytest.fixture(scope="module")
def by_other_kernels() -> LoadedModel:
    loaded = load_model("pocket", predictor_class=LitPredictor, device="cpu", checkpoints_dir=Path("checkpoints"))
    assert isinstance(loaded.predictor, LitPredictor)
    loaded.predictor.prepare(kernels=OtherKernels())
    return loaded


@pytest.mark.parametrize("object_ids", [(1,), (1, 2)])
def test_other_kernels_change_logits_by_rounding_and_not_with_the_number_of_cores(
    model: LoadedModel,
    by_other_kernels: LoadedModel,
    folder: Path,
    clip: Clip,
    monkeypatch: pytest.MonkeyPatch,
    object_ids: tuple[int, ...],
) -> None:
    logits = []
    for each, threads in ((model, ""), (by_other_kernels, ""), (by_other_kernels, "1")):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        tracker = new_tracker(each, folder)
        for object_id in object_ids:
            tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
        for index in range(5):
            tracker.track(index, False, again=True)
        logits.append(torch.cat([tracker.logits(object_id, 4) for object_id in object_ids]))
        tracker.close()

    own, others, on_one_core = logits
    assert torch.equal(others, on_one_core)
    assert float((others - own).abs().max()) < BOUNDS[torch.float32].largest


@pytest.mark.parametrize("threads", ["1", ""])
def test_looking_ahead_to_the_next_frame_changes_no_logit(
    model: LoadedModel, folder: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    logits = []
    for looks_ahead in (False, True):
        tracker = new_tracker(model, folder, cache=EmbeddingCache(2**28))
        tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
        for again in range(2):
            for index in range(LENGTH):
                if index == 5 and again:
                    # The look-ahead to this frame ran before these prompts.
                    tracker.prompt(1, 4, MaskPrompt(clip.masks[1][4]))
                    tracker.prompt(1, 2, MaskPrompt(clip.masks[1][3]))
                if looks_ahead:
                    tracker.prefetch(range(index, min(index + 3, LENGTH)))
                tracker.track(index, False, again=True)
        logits.append([tracker.logits(1, index) for index in range(1, LENGTH) if index not in (2, 4)])
        tracker.close()

    assert all(torch.equal(at_once, ahead) for at_once, ahead in zip(*logits, strict=True))


def test_embeddings_from_disk_track_as_those_in_memory_do(
    model: LoadedModel, folder: Path, tmp_path: Path, clip: Clip
) -> None:
    tracker = new_tracker(model, folder, cache=EmbeddingCache(0, 2**28, tmp_path))
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))

    track_all(tracker, range(LENGTH))
    first = [tracker.logits(1, index) for index in range(1, LENGTH)]
    track_all(tracker, range(LENGTH))

    assert tracker.frames.frames_encoded == LENGTH
    assert all(torch.equal(tracker.logits(1, index), first[index - 1]) for index in range(1, LENGTH))
    tracker.close()


def test_objects_whose_memory_has_one_layout_are_tracked_as_one_batch(
    tracker: Tracker, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    condition = LitPredictor.condition

    def counted(self: LitPredictor, embedding: Any, memories: Any, *others: Any) -> torch.Tensor:
        batches.append(len(memories))
        return condition(self, embedding, memories, *others)

    monkeypatch.setattr(LitPredictor, "condition", counted)
    for object_id, frame in ((1, 0), (2, 0), (3, 0), (4, 2)):
        tracker.prompt(object_id, frame, MaskPrompt(clip.masks[1][frame]))

    track_all(tracker, range(1))
    tracker.track(1, False, again=True)

    assert sorted(batches) == [1, 1, 3]


def test_a_prompt_runs_its_own_object_alone(model: LoadedModel, tracker: Tracker, clip: Clip) -> None:
    for object_id in (1, 2):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    track_all(tracker, range(4))
    written = dict(tracker.memories[2].written)
    runs: list[int] = []
    handle = model.predictor.sam_mask_decoder.register_forward_hook(
        lambda module, inputs, output: runs.append(len(output[0]))
    )

    point = clip.center(1, 3)
    tracker.prompt(1, 3, PointPrompt((tuple(point),), (1,), True))  # type: ignore[arg-type]
    handle.remove()

    assert runs == [1]
    assert tracker.memories[2].written == written


def test_an_object_is_tracked_on_frames_that_have_memory_from_later_prompts_alone(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    tracker.prompt(2, 5, MaskPrompt(clip.masks[2][5]))

    assert [each.object_id for each in tracker.track(1, False, again=True)] == [1, 2]


def test_captured_features_are_held_within_their_budget(model: LoadedModel, folder: Path, clip: Clip) -> None:
    tracker = new_tracker(model, folder, feature_budget=3 * 600_000)
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))

    track_all(tracker, range(LENGTH))

    assert 0 < tracker.features.nbytes <= 3 * 600_000
    assert tracker.captured(1, 1) is None
    assert tracker.captured(1, LENGTH - 1) is not None


def test_capturing_again_leaves_memory_and_masks_as_they_are(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    track_all(tracker, range(4))
    tracked = tracker.captured(1, 3)
    clock, written = tracker.memories.clock, dict(tracker.memories[1].written)

    again = tracker.capture(1, 3)

    assert (tracker.memories.clock, tracker.memories[1].written) == (clock, written)
    assert tracked is not None
    assert torch.equal(again.features.image_embedding, tracked.features.image_embedding)


def test_a_frame_that_tracking_has_only_begun_on_can_be_prompted_again(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    tracker.track(0, False, again=True)

    again = tracker.prompt(1, 0, PointPrompt((tuple(clip.center(1, 0)),), (1,), True))  # type: ignore[arg-type]

    assert again.mask.any()


def test_a_tracked_frame_can_be_prompted_once_the_prompt_it_was_tracked_from_is_cleared(
    tracker: Tracker, clip: Clip
) -> None:
    tracker.prompt(1, 5, MaskPrompt(clip.masks[1][5]))
    tracker.track(2, False, again=True)
    tracker.prompt(1, 8, MaskPrompt(clip.masks[1][8]))
    tracker.clear(1, 5)

    again = tracker.prompt(1, 2, PointPrompt((tuple(clip.center(1, 2)),), (1,), True))  # type: ignore[arg-type]

    assert again.mask.any()


def test_a_prompt_that_fails_leaves_the_earlier_prompt_of_the_frame(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    before = tracker.conditioning(1, 0)

    with pytest.raises(RuntimeError, match="must match the size"):
        tracker.prompt(1, 0, PointPrompt(((0.5, 0.5), (0.2, 0.2)), (1,), True))

    after = tracker.conditioning(1, 0)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_prompt_that_fails_leaves_no_new_object(tracker: Tracker, clip: Clip) -> None:
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))

    with pytest.raises(RuntimeError, match="must match the size"):
        tracker.prompt(2, 0, PointPrompt(((0.5, 0.5), (0.2, 0.2)), (1,), True))

    assert [each.object_id for each in tracker.track(1, False, again=True)] == [1]
