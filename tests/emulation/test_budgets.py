"""Budgets of a frame on an emulated CUDA GPU: kernels launched, and waits of the host for the device."""

from pathlib import Path

import pytest

from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.records.prompts import MaskPrompt
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker

folder = suite.folder

LENGTH = 5


@pytest.mark.parametrize("device", ["cuda"], indirect=True)
@pytest.mark.parametrize(("objects", "launches"), [(1, 560), (8, 600)])
def test_a_frame_launches_few_kernels_and_waits_for_its_own_results_alone(
    model: LoadedModel, folder: Path, device: EmulatedDevice, clip: Clip, objects: int, launches: int
) -> None:
    tracker = new_tracker(model, folder)
    for object_id in range(objects):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[1][0]))
    for index in range(LENGTH - 1):
        tracker.prefetch(range(index, LENGTH))
        tracker.track(index, False, again=True)
    with device.counting():
        masks = [each.mask for each in tracker.track(LENGTH - 1, False, again=True)]

    assert len(masks) == objects
    assert device.launches.total() <= launches, device.launches
    assert device.waits.total() == 0, device.waits
    tracker.close()
