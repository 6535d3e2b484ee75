"""The CUDA graphs of trainings, on an emulated CUDA GPU."""

from dataclasses import replace
from pathlib import Path

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.lora import cuda_graph
from sam2_lit.lora.trainer import Sample, Training
from sam2_lit.lora.training_graphs import TrainingGraphs
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.records.prompts import MaskPrompt
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.emulation.test_learning import correction
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker

folder = suite.folder
pytestmark = pytest.mark.parametrize("device", ["cuda"], indirect=True)

QUICK = TrainingSettings(max_steps=3, sufficient_iou=1.1)


@pytest.fixture(autouse=True)
def capturing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graph, "_can_capture", True)


@pytest.fixture
def samples(model: LoadedModel, folder: Path, clip: Clip) -> list[Sample]:
    tracker = new_tracker(model, folder)
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    for index in range(4):
        tracker.track(index, False, again=True)
    made = [correction(tracker, clip, frame) for frame in (1, 2, 3)]
    tracker.close()
    return made


def losses(training: Training) -> list[float]:
    found = list[float]()
    while not training.done:
        found.append(training.step().loss)
    return found


def test_trainings_of_the_same_shapes_share_a_graph_and_take_the_same_steps_as_without(
    model: LoadedModel, device: EmulatedDevice, samples: list[Sample]
) -> None:
    # The first has no sample to replay, the others one, two and one.
    chosen = (samples[:1], samples[:2], samples, samples[1:])
    expected = [losses(Training(model.predictor, each, QUICK, None)) for each in chosen]
    graphs, before = TrainingGraphs(), device.captures

    assert [losses(Training(model.predictor, each, QUICK, None, graphs)) for each in chosen] == expected
    # With and without a replayed sample.
    assert device.captures == before + 2


def test_trainings_that_take_turns_have_a_graph_each(
    model: LoadedModel, device: EmulatedDevice, samples: list[Sample]
) -> None:
    expected = [losses(Training(model.predictor, [each], QUICK, None)) for each in samples[:2]]
    graphs = TrainingGraphs()
    first, second = (Training(model.predictor, [each], QUICK, None, graphs) for each in samples[:2])
    found: tuple[list[float], list[float]] = ([], [])
    while not first.done:
        found[0].append(first.step().loss)
        found[1].append(second.step().loss)

    assert list(found) == expected


def test_a_trained_adapter_stays_as_it_was_when_its_training_s_graph_is_used_again(
    model: LoadedModel, samples: list[Sample]
) -> None:
    graphs = TrainingGraphs()
    training = Training(model.predictor, samples[:1], QUICK, None, graphs)
    losses(training)
    adapter = training.result().adapter
    kept = {name: tensor.cpu().clone() for name, tensor in adapter.up.items()}
    del training
    losses(Training(model.predictor, samples[1:2], QUICK, None, graphs))

    assert all(tensor.cpu().equal(kept[name]) for name, tensor in adapter.up.items())


@pytest.mark.parametrize("changed", ["rank", "settings", "released"])
def test_a_graph_is_captured_again_where_it_would_not_fit_or_was_released(
    model: LoadedModel, device: EmulatedDevice, samples: list[Sample], changed: str
) -> None:
    graphs = TrainingGraphs()
    losses(Training(model.predictor, samples[:1], QUICK, None, graphs))
    before, settings = device.captures, QUICK
    if changed == "rank":
        settings = replace(QUICK, rank=2)
    elif changed == "settings":
        settings = replace(QUICK, dice_weight=2.0)
    else:
        graphs.release()
    expected = losses(Training(model.predictor, samples[:1], settings, None))

    assert losses(Training(model.predictor, samples[:1], settings, None, graphs)) == expected
    assert device.captures == before + 2
