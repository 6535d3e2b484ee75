"""What is left on an emulated GPU after an error of the device."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from sam2_lit.engine.device.steps import Rank, Steps
from sam2_lit.engine.device.worker import DeviceWorker
from sam2_lit.engine.models.loading import LoadedModel
from sam2_lit.engine.tracking.tracker import Tracker
from sam2_lit.errors import ErrorCode, LitError
from sam2_lit.lora import cuda_graph
from sam2_lit.records.prompts import MaskPrompt
from tests.clips import Clip
from tests.emulation.device import EmulatedDevice
from tests.engine.tracking import test_tracker as suite
from tests.engine.tracking.test_tracker import new_tracker

folder = suite.folder


@pytest.fixture
def worker() -> Iterator[DeviceWorker]:
    worker = DeviceWorker()
    yield worker
    worker.close()


def failing(error: BaseException) -> Steps[None, None]:
    yield
    raise error


@pytest.mark.parametrize(
    "text",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB.",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "MPS backend out of memory (MPS allocated: 17.95 GB, other allocations: 1.00 MB, max allowed: 18.13 GB).",
        "HIP out of memory. Tried to allocate 2.00 GiB.",
    ],
)
async def test_memory_that_runs_out_is_reported_whatever_runs_out_of_it(worker: DeviceWorker, text: str) -> None:
    with pytest.raises(LitError) as error:
        await worker.run(failing(RuntimeError(text)), rank=Rank.INTERACTIVE, session="a")

    assert error.value.code is ErrorCode.OUT_OF_MEMORY


async def test_a_gpu_that_is_lost_ends_the_devices_thread(worker: DeviceWorker) -> None:
    lost = torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
    for _ in range(2):
        with pytest.raises(LitError, match="must be restarted"):
            await worker.run(failing(lost), rank=Rank.INTERACTIVE, session="a")

    assert worker.death is not None


@pytest.fixture
def two_batches(model: LoadedModel, folder: Path, clip: Clip, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A tracker of two objects, which are too large for one batch."""
    monkeypatch.setattr(model.predictor, "batch_bytes", 1)
    tracker = new_tracker(model, folder)
    for object_id in (1, 2):
        tracker.prompt(object_id, 0, MaskPrompt(clip.masks[object_id][0]))
    for index in range(2):
        tracker.track(index, False, again=True)
    yield tracker
    tracker.close()


def test_memory_that_runs_out_in_a_later_batch_loses_nothing_of_an_earlier_one(
    two_batches: Tracker, device: EmulatedDevice
) -> None:
    with device.counting():
        two_batches.track(2, False, again=True)
    launches = device.launches.total()
    with pytest.raises(torch.OutOfMemoryError), device.out_of_memory(after=launches - 20):
        two_batches.track(3, False, again=True)

    assert not any(memory.is_current(3) for memory in two_batches.memories.values())
    assert [each.object_id for each in two_batches.track(3, False, again=False)] == [1, 2]


@pytest.mark.parametrize("device", ["cuda"], indirect=True)
def test_a_capture_that_fails_leaves_the_stream_and_is_not_tried_again(
    device: EmulatedDevice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cuda_graph, "_can_capture", True)
    numbers, before = torch.ones(4, device=device.device), torch.cuda.current_stream()

    def waits() -> float:
        return float(numbers.sum().item())

    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert cuda_graph.as_cuda_graph(waits, device.device)() == 4

    assert torch.cuda.current_stream() is before
    assert len(caplog.records) == 1


@pytest.mark.parametrize("device", ["cuda"], indirect=True)
def test_a_capture_that_runs_out_of_memory_is_tried_again_the_next_time(
    device: EmulatedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda_graph, "_can_capture", True)
    numbers, before = torch.ones(4, device=device.device), torch.cuda.current_stream()

    with pytest.raises(torch.OutOfMemoryError), device.out_of_memory(after=3):
        cuda_graph.as_cuda_graph(lambda: numbers * 2, device.device)

    assert torch.cuda.current_stream() is before
    replayed = cuda_graph.as_cuda_graph(lambda: numbers * 2, device.device)
    numbers += 1
    assert replayed().tolist() == [4, 4, 4, 4]
