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
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker
from tests.small_model import load_small

folder = suite.folder
pytestmark = pytest.mark.parametrize("device", ["cuda"], indirect=True)


@pytest.fixture(autouse=True)
def capturing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graph, "_can_capture", True)


def passed(model: LoadedModel, folder: Path, clip: Clip, device: EmulatedDevice) -> tuple[list[Tensor], int]:
    """The logits of two passes over a few frames, of two objects and then of three, and launches of the last frame."""
    logits = []
    tracker = new_tracker(model, folder)
    for object_id in (1, 2, 3):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[1 + object_id % 2][0]))
        for index in range(4 if object_id > 1 else 0):
            with device.counting():
                tracker.track(index, False, again=True)
            logits += [tracker.logits(each, index).cpu() for each in tracker.memories if index]
    tracker.close()
    return logits, device.launches.total()


def test_graphs_give_the_same_logits_with_fewer_launches(
    model: LoadedModel, device: EmulatedDevice, folder: Path, clip: Clip, tmp_path: Path
) -> None:
    expected, launches = passed(model, folder, clip, device)
    logits, fewer = passed(load_small(tmp_path, "cuda", cuda_graphs=True), folder, clip, device)

    assert all(map(torch.equal, logits, expected))
    assert fewer < 0.6 * launches


def test_a_part_that_cannot_be_captured_runs_without_a_graph(
    device: EmulatedDevice, caplog: pytest.LogCaptureFixture
) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers * numbers.sum().item(),), device.device)
    with caplog.at_level(logging.WARNING):
        for value in (1, 2):
            [made] = graphed(torch.full((3,), value, device=device.device))
            assert made.tolist() == [3 * value**2] * 3

    assert [record.message for record in caplog.records] == [
        "no CUDA graph could be captured; kernels are launched one by one"
    ]


def test_results_stay_when_the_graph_is_replayed(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    made = [graphed(torch.full((2,), value, device=device.device))[0] for value in (1, 2, 3)]

    assert [each.tolist() for each in made] == [[2, 2], [3, 3], [4, 4]]


def test_only_a_few_shapes_are_captured(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers + 1,), device.device)
    replays = 0
    for rows in range(1, 12):
        numbers = torch.ones(rows, device=device.device)
        graphed(numbers)
        with device.counting():
            [made] = graphed(numbers)
        replays += device.launches["graph"]
        assert made.tolist() == [2.0] * rows

    assert replays == 4


def test_memory_that_runs_out_in_a_capture_does_not_end_capturing(device: EmulatedDevice) -> None:
    graphed = GraphedFunction(lambda numbers: (numbers * 2 + 1,), device.device)
    numbers = torch.ones(2, device=device.device)
    with pytest.raises(torch.OutOfMemoryError), device.out_of_memory(after=4):
        graphed(numbers)
    graphed(numbers)
    with device.counting():
        [made] = graphed(numbers)

    assert device.launches["graph"] == 1
    assert made.tolist() == [3.0, 3.0]
