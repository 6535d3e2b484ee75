"""Encoding and decoding as CUDA graphs, on an emulated CUDA GPU."""

import logging
from pathlib import Path

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.graphed_function import GraphedFunction
from sam2_lit.lora import cuda_graph
from sam2_lit.records.prompts import MaskPrompt
from sam2_lit.settings import Settings
from tests.client_session import ClientSession
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker
from tests.running import running
from tests.small_model import load_small

folder = suite.folder
pytestmark = pytest.mark.parametrize("device", ["cuda"], indirect=True)


@pytest.fixture(autouse=True)
def capturing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graph, "_can_capture", True)


def passed(model: LoadedModel, folder: Path, clip: Clip, device: EmulatedDevice) -> tuple[list[Tensor], int]:
    """The logits of a frame that is tracked four times, of two objects, and launches of the last time."""
    logits = []
    tracker = new_tracker(model, folder)
    for object_id in (1, 2):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    tracker.track(0, False, again=True)
    for _ in range(4):
        with device.counting():
            tracker.track(1, False, again=True)
        logits += [tracker.logits(each, 1).cpu() for each in tracker.memories]
    tracker.close()
    return logits, device.launches.total()


def test_graphs_give_the_same_logits_with_fewer_launches(
    device: EmulatedDevice, folder: Path, clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A GPU without bfloat16, which takes the emulation long on many CPUs.
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: (7, 5))
    expected, launches = passed(load_small(tmp_path, "cuda"), folder, clip, device)
    logits, fewer = passed(load_small(tmp_path, "cuda", cuda_graphs=True), folder, clip, device)

    assert all(map(torch.equal, logits, expected))
    assert fewer < 0.2 * launches


def test_a_part_that_cannot_be_captured_runs_without_a_graph(
    device: EmulatedDevice, caplog: pytest.LogCaptureFixture
) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers * numbers.sum().item(),), device.device)
    with caplog.at_level(logging.WARNING):
        for value in range(1, 6):
            [made] = graphed(torch.full((3,), value, device=device.device))
            assert made.tolist() == [3 * value**2] * 3

    assert [record.message for record in caplog.records] == [
        "no CUDA graph could be captured; kernels are launched one by one"
    ]


def test_results_stay_when_the_graph_is_replayed(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    made = [graphed(torch.full((2,), value, device=device.device))[0] for value in range(1, 6)]

    assert [each.tolist() for each in made] == [[value + 1] * 2 for value in range(1, 6)]


def test_a_shape_that_comes_rarely_is_not_captured(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    for _ in range(3):
        for rows in range(1, 8):
            assert replays(device, graphed, rows, 1) == 0


def test_a_shape_is_captured_when_it_comes_the_third_time(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    replayed = []
    for _ in range(4):
        with device.counting():
            graphed(torch.ones(2, device=device.device))
        replayed.append(device.launches["graph"])

    assert replayed == [0, 0, 1, 1]


def test_each_constant_has_a_graph_of_its_own(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers, *, times: (numbers * times,), device.device)
    for _ in range(4):
        for times in (2, 3):
            [made] = graphed(torch.ones(2, device=device.device), times=times)
            assert made.tolist() == [times] * 2


def replays(device: EmulatedDevice, graphed: GraphedFunction, rows: int, calls: int) -> int:
    """How many of these calls with so many rows replay a graph."""
    with device.counting():
        for _ in range(calls):
            [made] = graphed(torch.ones(rows, device=device.device))
            assert made.tolist() == [2.0] * rows
    return device.launches["graph"]


def test_only_a_few_shapes_are_kept_while_all_are_in_use(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    for rows in range(1, 12):
        replays(device, graphed, rows, 3)

    assert [replays(device, graphed, rows, 1) for rows in range(1, 12)] == [1] * 6 + [0] * 5


def test_a_shape_that_is_no_longer_used_makes_room_for_another(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    for rows in range(1, 7):
        replays(device, graphed, rows, 3)
    replays(device, graphed, 1, 200)

    assert replays(device, graphed, 7, 4) == 2
    assert replays(device, graphed, 1, 1) == 1


def test_released_graphs_are_not_captured_again_at_once(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    assert replays(device, graphed, 2, 4) == 2
    graphed.release()

    assert replays(device, graphed, 2, 199) == 0
    assert replays(device, graphed, 2, 3) == 3


def test_a_device_that_needs_memory_drops_its_graphs(
    device: EmulatedDevice, videos: Path, clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: (7, 5))
    model = load_small(tmp_path, "cuda", cuda_graphs=True)
    with running(Settings(videos=videos, data_dir=tmp_path / "data"), model) as server:
        session = ClientSession.start(server, "videos/discs.mp4")
        session.add_mask(1, 0, clip.rle(1, 0))
        session.propagate(maxFrames=5)
        with device.counting():
            session.propagate(maxFrames=2)
        before = device.launches["graph"]
        server.engine.device.release_memory()
        with device.counting():
            session.propagate(maxFrames=2)

    assert before > 0
    assert device.launches["graph"] == 0


def test_where_memory_runs_out_in_a_capture_the_function_itself_runs(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    assert replays(device, graphed, 2, 2) == 0
    with device.out_of_memory(after=4, times=1):
        assert replays(device, graphed, 2, 1) == 0

    assert replays(device, graphed, 2, 199) == 0
    assert replays(device, graphed, 2, 3) == 3
