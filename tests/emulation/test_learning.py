"""Training and comparing adapters on an emulated GPU."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.learning.adapter_training import FinishedTraining, make_sample, train_adapter
from sam2_lit.engine.learning.candidates import better_candidates
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.lora.bank import AdapterBank
from sam2_lit.lora.features import DecoderFeatures
from sam2_lit.lora.trainer import Sample, train
from sam2_lit.lora.training_settings import TrainingSettings
from sam2_lit.records.prompts import MaskPrompt
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker
from tests.lora.conftest import run
from tests.small_model import load_small

folder = suite.folder

QUICK = TrainingSettings(max_steps=4, sufficient_iou=1.1)


@pytest.fixture
def tracked(model: LoadedModel, folder: Path, clip: Clip) -> Iterator[Tracker]:
    tracker = new_tracker(model, folder)
    tracker.prompt(1, 0, MaskPrompt(clip.masks[1][0]))
    for index in range(5):
        tracker.track(index, False, again=True)
    yield tracker
    tracker.close()


def correction(tracker: Tracker, clip: Clip, frame: int) -> Sample:
    captured = tracker.captured(1, frame)
    assert captured is not None
    return make_sample(captured.features, clip.masks[1][frame] | clip.masks[2][frame], frame)


def on_cpu(sample: Sample) -> Sample:
    def moved(tensor: Tensor) -> Tensor:
        return tensor.cpu().clone()

    features = sample.features
    copied = DecoderFeatures(moved(features.image_embedding), tuple(map(moved, features.high_resolution)), False)
    return replace(sample, features=copied, target=moved(sample.target))


def test_training_takes_the_same_steps_as_on_the_cpu(
    model: LoadedModel, tmp_path: Path, tracked: Tracker, clip: Clip
) -> None:
    samples = [correction(tracked, clip, frame) for frame in (2, 3, 4)]
    reference = load_small(tmp_path, "cpu").predictor
    steps, _ = run(train(model.predictor, samples, QUICK))
    expected, _ = run(train(reference, [on_cpu(sample) for sample in samples], QUICK))

    assert [step.loss for step in steps] == pytest.approx([step.loss for step in expected], rel=1e-3)
    assert len(steps) == 4


def test_candidates_are_those_of_the_cpu(model: LoadedModel, tmp_path: Path, tracked: Tracker, clip: Clip) -> None:
    sample = correction(tracked, clip, 3)
    _, trained = run(train(model.predictor, [sample], QUICK))
    banks = []
    for adapter in (trained.adapter, trained.adapter.to("cpu")):
        banks.append(AdapterBank())
        banks[-1].add(replace(trained, adapter=adapter), sample)
    [found] = banks[0].candidates(model.predictor, sample.features)
    [expected] = banks[1].candidates(load_small(tmp_path, "cpu").predictor, on_cpu(sample).features)

    assert torch.allclose(found.mask.logits.cpu(), expected.mask.logits, atol=1e-3)


def test_weighing_adapters_masks_waits_as_often_for_eight_as_for_one(
    model: LoadedModel, device: EmulatedDevice, tracked: Tracker, clip: Clip
) -> None:
    assert isinstance(model.predictor, LitPredictor)
    sample = correction(tracked, clip, 3)
    _, trained = run(train(model.predictor, [sample], QUICK))
    bank = AdapterBank()
    for count in (1, 8):
        while len(bank) < count:
            bank.add(trained, sample)
        better_candidates(model.predictor, bank, sample.features, 3, clip.masks[1][2], 1)
        with device.counting():
            better_candidates(model.predictor, bank, sample.features, 3, clip.masks[1][2], 1)
        # MPS has no pinned memory, from which an upload would not wait.
        assert device.waits.total() <= (2 if device.device.type == "cuda" else 3), device.waits


def test_a_training_in_which_memory_runs_out_begins_once_more(
    model: LoadedModel, device: EmulatedDevice, tracked: Tracker, clip: Clip
) -> None:
    sample = correction(tracked, clip, 3)
    finished: list[FinishedTraining] = []
    for times in (0, 1):
        released: list[bool] = []
        training = train_adapter(
            model.predictor, AdapterBank(), sample, QUICK, lambda step: None, partial(released.append, True)
        )
        next(training)
        with device.out_of_memory(after=300, times=times):
            try:
                while True:
                    next(training)
            except StopIteration as end:
                finished.append(end.value)
        assert len(released) == times

    assert finished[0].result.training_iou == finished[1].result.training_iou
    assert finished[0].result.steps == finished[1].result.steps == 4
