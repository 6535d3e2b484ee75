"""Which attention kernels an emulated CUDA GPU may use. cuDNN builds a plan for every new shape."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.records.prompts import PointPrompt
from tests.clips import Clip
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker
from tests.small_model import load_small

folder = suite.folder
pytestmark = pytest.mark.parametrize("device", ["cuda"], indirect=True)


@pytest.fixture
def small(device: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedModel:
    """A model on a GPU without bfloat16, which takes the emulation long on many CPUs."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: (7, 5))
    return load_small(tmp_path, "cuda")


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool]]:
    """Queries, keys, and whether cuDNN may be used, of each attention."""
    found: list[tuple[int, int, bool]] = []
    attention = F.scaled_dot_product_attention

    def recorded(q: Tensor, k: Tensor, v: Tensor, *others: object, **keywords: object) -> Tensor:
        found.append((q.shape[-2], k.shape[-2], torch.backends.cuda.cudnn_sdp_enabled()))
        return attention(q, k, v, *others, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(F, "scaled_dot_product_attention", recorded)
    return found


def tokens_of(model: LoadedModel) -> int:
    side: int = model.predictor.sam_image_embedding_size  # type: ignore[assignment]
    return side**2


def to_memory(attended: list[tuple[int, int, bool]], tokens: int) -> set[bool]:
    """Whether cuDNN may be used for attention to memory: the tokens of a frame attend to more than themselves."""
    return {by_cudnn for queries, keys, by_cudnn in attended if queries == tokens and keys > tokens}


def clicked(tracker: Tracker, clip: Clip, frame: int) -> None:
    tracker.prompt(1, frame, PointPrompt((clip.center(1, frame),), (1,), True))


def tracked(small: LoadedModel, folder: Path, clip: Clip, frames: int) -> Tracker:
    """A tracker after a click on the first frame and a pass over so many."""
    tracker = new_tracker(small, folder)
    clicked(tracker, clip, 0)
    for frame in range(frames):
        tracker.track(frame, False, again=True)
    return tracker


def test_the_first_frames_are_tracked_without_cudnn(
    small: LoadedModel, folder: Path, clip: Clip, attended: list[tuple[int, int, bool]]
) -> None:
    tracked(small, folder, clip, 4).close()

    assert to_memory(attended, tokens_of(small)) == {False}


def test_frames_whose_memory_is_full_are_tracked_with_cudnn(
    small: LoadedModel, folder: Path, clip: Clip, attended: list[tuple[int, int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The frames just before, so that few of them fill the memory.
    monkeypatch.setattr(small.predictor, "memory_temporal_stride_for_eval", 1)
    tracker = tracked(small, folder, clip, 9)
    attended.clear()
    tracker.track(9, False, again=True)
    tracker.close()

    assert to_memory(attended, tokens_of(small)) == {True}


def test_a_click_on_a_tracked_frame_encodes_it_with_cudnn_and_attends_to_memory_without(
    small: LoadedModel, folder: Path, clip: Clip, attended: list[tuple[int, int, bool]]
) -> None:
    tracker = tracked(small, folder, clip, 4)
    tracker.frames._last = None
    attended.clear()
    clicked(tracker, clip, 2)
    tracker.close()

    tokens = tokens_of(small)
    encoded = {by_cudnn for queries, keys, by_cudnn in attended if queries == keys == tokens}
    assert to_memory(attended, tokens) == {False}
    assert encoded == {True, False}
