"""That the emulation refuses and notices what a real device does."""

import pytest
import torch

from sam2_lit.engine.models.devices import autocast, compute_dtype, select_device
from sam2_lit.engine.models.registry import ModelError
from tests.emulation.device import EmulatedDevice


def test_tensors_of_two_devices_are_refused(device: EmulatedDevice) -> None:
    with pytest.raises(RuntimeError, match="on the same device"):
        torch.ones(3, device=device.device) + torch.ones(3)


def test_what_makes_the_host_wait_is_counted(device: EmulatedDevice) -> None:
    with device.counting():
        numbers = torch.arange(4, device=device.device)
        assert numbers.sum().item() == 6
        assert numbers[numbers > 1].tolist() == [2, 3]
        numbers.cpu()

    assert device.waits.total() == 4


def test_a_kernel_is_counted_and_a_view_is_not(device: EmulatedDevice) -> None:
    numbers = torch.ones(4, 4, device=device.device)
    with device.counting():
        numbers[1:].T.add_(1)

    assert device.launches == {"add_": 1}
    assert numbers.cpu().sum() == 28


def test_gradients_are_those_of_the_cpu(device: EmulatedDevice) -> None:
    weights, inputs = torch.randn(4, 4), torch.randn(3, 4)
    gradients = []
    for where in (torch.device("cpu"), device.device):
        weight = weights.to(where, copy=True).requires_grad_()
        loss = (inputs.to(where) @ weight).relu().square().sum()
        gradients.append(torch.autograd.grad(loss, [weight])[0].cpu())

    assert torch.equal(*gradients)


def test_a_device_computes_in_bfloat16_where_it_can(device: EmulatedDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    is_cuda = device.device.type == "cuda"
    with autocast(device.device, compute_dtype(device.device)):
        assert torch.is_autocast_enabled(device.device.type) == is_cuda

    assert compute_dtype(device.device) is (torch.bfloat16 if is_cuda else torch.float32)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    assert compute_dtype(device.device) is torch.float32


def test_a_precision_is_as_asked_or_refused(device: EmulatedDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    is_cuda = device.device.type == "cuda"
    assert compute_dtype(device.device, "float32") is torch.float32
    if is_cuda:
        assert compute_dtype(device.device, "bfloat16") is torch.bfloat16
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    with pytest.raises(ModelError, match="has no bfloat16"):
        compute_dtype(device.device, "bfloat16")


def test_mps_has_to_be_asked_for(device: EmulatedDevice) -> None:
    assert select_device("auto") == torch.device("cuda:0" if device.device.type == "cuda" else "cpu")
    assert select_device(device.device.type).type == device.device.type
