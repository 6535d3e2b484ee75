"""Tracking on a CPU in bfloat16. Few frames of a small model: CPUs without its instructions take long."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from PIL import Image
from sam2.sam2_video_predictor import SAM2VideoPredictor
from torch import Tensor, nn

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.embedding_cache import EmbeddingCache
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.records.prompts import MaskPrompt
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip, iou, mask_of
from tests.engine.tracking.test_tracker import Both, Bounds, new_tracker
from tests.running import running
from tests.small_model import load_small

SIDE = 64


class InBfloat16(Both):
    """A CPU's layer norm and softmax return bfloat16 where a GPU's return float32: more is rounded than there."""

    bounds = Bounds(largest=0.75, mean=0.12, pixels=0.02)


class InFloat32(nn.Module):
    """The trunk as ours computes it."""

    def __init__(self, trunk: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, images: Tensor) -> list[Tensor]:
        with torch.autocast("cpu", enabled=False):
            maps: list[Tensor] = self.trunk(images)
        return maps


@pytest.fixture(autouse=True)
def on_one_core(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On two, a CPU without instructions takes ten times as long for a convolution of bfloat16."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    with use_threads(1):
        yield


@pytest.fixture(scope="module")
def in_bfloat16(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_small(tmp_path_factory.mktemp("bfloat16"), "cpu", precision="bfloat16", image_size=SIDE)


@pytest.fixture(scope="module")
def in_float32(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load_small(tmp_path_factory.mktemp("float32"), "cpu", image_size=SIDE)


@contextmanager
def tracking(model: LoadedModel, video: Path, clip: Clip, *object_ids: int, cache: EmbeddingCache) -> Iterator[Tracker]:
    tracker = new_tracker(model, video, cache)
    for object_id in object_ids:
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    yield tracker
    tracker.close()


def test_bfloat16_equals_the_official_predictor_in_bfloat16(clip: Clip, tmp_path: Path) -> None:
    # At its smaller size, logits are coarse.
    model = load_small(tmp_path, "cpu", precision="bfloat16")
    official = load_small(tmp_path, "cpu", SAM2VideoPredictor).predictor
    official.add_all_frames_to_correct_as_cond = True
    official.image_encoder.trunk = InFloat32(official.image_encoder.trunk)
    frames = tmp_path / "frames"
    frames.mkdir()
    for index, frame in enumerate(clip.frames[:4]):
        Image.fromarray(frame).save(frames / f"{index:05d}.jpg", quality=95)
    with tracking(model, frames, clip, cache=EmbeddingCache(0)) as tracker:
        both = InBfloat16(official, official.init_state(str(frames)), tracker, torch.bfloat16)
        both.mask(1, 0, clip.masks[1][0])
        both.mask(2, 0, clip.masks[2][0])
        both.propagate(0, count=4)


@pytest.fixture(scope="module")
def cache() -> EmbeddingCache:
    return EmbeddingCache(2**28)


@pytest.mark.parametrize("object_ids", [(1,), (1, 2)])
def test_a_frame_is_tracked_the_same_in_bfloat16_on_one_core_and_on_all(
    in_bfloat16: LoadedModel,
    videos: Path,
    clip: Clip,
    cache: EmbeddingCache,
    monkeypatch: pytest.MonkeyPatch,
    object_ids: tuple[int, ...],
) -> None:
    logits = []
    for threads in ("1", ""):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        with tracking(in_bfloat16, videos / "discs.mp4", clip, *object_ids, cache=cache) as tracker:
            for index in range(3):
                tracker.track(index, False, again=True)
            logits.append(torch.cat([tracker.logits(object_id, 2) for object_id in object_ids]))

    assert torch.equal(*logits)


def test_what_is_kept_of_a_frame_takes_half_of_the_memory(
    in_bfloat16: LoadedModel, in_float32: LoadedModel, videos: Path, clip: Clip
) -> None:
    kept = []
    for model in (in_bfloat16, in_float32):
        with tracking(model, videos / "discs.mp4", clip, 1, cache=EmbeddingCache(0)) as tracker:
            tracker.track(0, False, again=True)
            tracker.track(1, False, again=True)
            # Spatial memory is bfloat16 in SAM 2 in any precision; pointers are a few hundred numbers.
            kept.append((tracker.frames.embedding(1).nbytes, tracker.features.nbytes, tracker.logits(1, 1).nbytes))

    assert [2 * each for each in kept[0]] == list(kept[1])


def test_a_session_goes_on_in_another_precision_after_a_restart(
    in_bfloat16: LoadedModel, in_float32: LoadedModel, videos: Path, clip: Clip, tmp_path: Path
) -> None:
    settings = Settings(videos=videos, data_dir=tmp_path)
    with running(settings, in_bfloat16) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate(maxFrames=2)
        # Not consolidated yet: what tracking made of the frame is stored with it.
        session.add_points(1, 1, clip.center(1, 1))
    for model, frame_index in ((in_float32, 2), (in_bfloat16, 3)):
        with running(settings, model) as server:
            session = ClientSession(server, session.session_id)
            session.propagate(startFrameIndex=frame_index, direction="FORWARD", maxFrames=1)
            session.add_points(1, frame_index - 1, [0.02, 0.02], labels=[0])

            masks = {frame["frameIndex"]: frame["rleMaskList"][0]["rleMask"] for frame in session.masks()}
            assert set(masks) >= set(range(frame_index + 1))
            assert all(iou(mask_of(mask), clip.masks[1][index]) > 0.6 for index, mask in masks.items())


def test_a_correction_in_bfloat16_trains_in_float32(
    in_bfloat16: LoadedModel, videos: Path, clip: Clip, tmp_path: Path
) -> None:
    with running(Settings(videos=videos, data_dir=tmp_path), in_bfloat16) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_points(1, 0, clip.center(1, 0))
        session.propagate(maxFrames=2)
        answer = session.correct(1, 1, rleMask=clip.half(1, 1))
        candidates = session.candidates(1, 1)

    assert answer["adapter"]["trainingIou"] > 0.8
    assert candidates
