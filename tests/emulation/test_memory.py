"""A GPU's memory: how it is divided, and what running out of it leaves."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from sam2_lit.engine.device.device_budgets import divide
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.frame_output import own_tensors
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.records.prompts import MaskPrompt
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker
from tests.running import GraphQLFailure, Server, running

folder = suite.folder
MIB = 2**20


@pytest.fixture(scope="module")
def server(model: LoadedModel, videos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Settings(videos=videos, data_dir=tmp_path_factory.mktemp("data")), model) as server:
        yield server


def test_a_server_says_how_it_divides_the_free_memory_and_what_it_holds(
    device: EmulatedDevice,
    model: LoadedModel,
    videos: Path,
    tmp_path: Path,
    clip: Clip,
    caplog: pytest.LogCaptureFixture,
) -> None:
    budgets = divide(device.free, cuda_graphs=device.device.type == "cuda")
    with caplog.at_level(logging.INFO), running(Settings(videos=videos, data_dir=tmp_path), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate_to(2)
        metrics = server.http.get("/metrics").text

    assert f"{device.free // MIB} MiB of free memory" in caplog.text
    found = dict(line.rsplit(" ", 1) for line in metrics.splitlines())
    for cache in ("embeddings", "features", "frames"):
        assert float(found[f'sam2_lit_cache_bytes{{cache="{cache}"}}']) > 0
        assert float(found[f'sam2_lit_cache_budget_bytes{{cache="{cache}"}}']) == getattr(budgets, cache)


@pytest.mark.parametrize("free", [0, 2**20, 2**29, 2**31, 2**33, 80 * 2**30])
@pytest.mark.parametrize("cuda_graphs", [False, True])
def test_budgets_leave_a_part_of_any_memory_free(free: int, cuda_graphs: bool) -> None:
    budgets = divide(free, cuda_graphs=cuda_graphs)

    assert min(budgets.embeddings, budgets.features, budgets.frames) >= 0
    working = budgets.working * (2 if cuda_graphs else 1)
    assert budgets.embeddings + budgets.features + budgets.frames <= max(0, free - working)


def fresh(model: LoadedModel, folder: Path, clip: Clip) -> Tracker:
    """A tracker with two objects, each a batch of its own, tracked up to frame 1."""
    tracker = new_tracker(model, folder)
    for object_id in (1, 2):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    for index in range(2):
        tracker.track(index, False, again=True)
    return tracker


def test_a_step_in_which_memory_runs_out_once_ends_as_if_it_had_not(
    model: LoadedModel, folder: Path, device: EmulatedDevice, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model.predictor, "batch_bytes", 1)
    expected: list[torch.Tensor] = []
    launches = 0
    for place in (None, 0.3, 0.9):
        tracker = fresh(model, folder, clip)
        if place is None:
            with device.counting():
                tracker.track(2, False, again=True)
            launches = device.launches.total()
            expected = [tracker.logits(each, 2).cpu() for each in (1, 2)]
        else:
            with device.out_of_memory(after=int(place * launches), times=1):
                tracker.track(2, False, again=True)
            logits = [tracker.logits(each, 2).cpu() for each in (1, 2)]
            assert all(torch.equal(one, other) for one, other in zip(logits, expected, strict=True))
        tracker.close()


def test_a_call_that_runs_out_of_memory_twice_loses_nothing(server: Server, device: EmulatedDevice, clip: Clip) -> None:
    def tracked(fail: Callable[[ClientSession], None]) -> object:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate_to(1)
        fail(session)
        session.propagate_to(2)
        masks = session.masks()
        session.close()
        return masks

    def run_out(session: ClientSession) -> None:
        with device.out_of_memory(after=200), pytest.raises(GraphQLFailure) as failure:
            session.propagate_to(2)
        assert failure.value.code == "OUT_OF_MEMORY"

    assert tracked(run_out) == tracked(lambda session: None)


def test_restored_memory_has_the_position_encoding_that_a_prompt_has(
    model: LoadedModel, folder: Path, clip: Clip
) -> None:
    tracker = new_tracker(model, folder)
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    tracker.track(0, False, again=True)
    prompted = tracker._state.conditioning_outputs(1)[0]
    [of_prompt] = prompted["maskmem_pos_enc"]
    [restored] = model.predictor.memory_positions(own_tensors(prompted))  # type: ignore[operator]
    tracker.close()

    assert restored.dtype == of_prompt.dtype
    assert torch.equal(restored.cpu(), of_prompt.cpu())
