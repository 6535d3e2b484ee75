"""Kernels are chosen by what they compute, how they round and how fast they are, and the choice is stored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from sam2_lit.engine.device.kernels import ATTENTION, LINEAR, Kernel, MeasuredKernels, choosing_kernels

SHAPE = "a shape"
X = torch.rand(1, 64, 256, generator=torch.Generator().manual_seed(0))


def slow(x: Tensor) -> Tensor:
    for _ in range(50):
        x = (x + 1) - 1
    return 2 * x


def fast(x: Tensor) -> Tensor:
    return 2 * ((x + 1) - 1)


def chosen(kernels: MeasuredKernels, **implementations: Kernel) -> str:
    return kernels.fastest(SHAPE, implementations, X, rows=1)


def test_the_faster_implementation_is_chosen() -> None:
    assert chosen(MeasuredKernels(), first=slow, second=fast) == "second"


def test_the_first_implementation_is_chosen_where_none_is_faster() -> None:
    assert chosen(MeasuredKernels(), first=fast, second=slow) == "first"


def fails(x: Tensor) -> Tensor:
    raise RuntimeError("not on this CPU")


@pytest.mark.parametrize(
    "other",
    [
        fails,
        lambda x: 2.1 * x,
        lambda x: 2 * x * (1 + 1e-6 * x.shape[1]),
        lambda x: 2 * x * (1 + 1e-6 * torch.get_num_threads()),
    ],
    ids=["fails", "computes something else", "rounds with the number of rows", "rounds with the number of threads"],
)
def test_a_faster_implementation_is_not_chosen_if_it(other: Callable[[Tensor], Tensor]) -> None:
    assert chosen(MeasuredKernels(), first=slow, other=other) == "first"


def test_what_was_chosen_is_not_measured_again_by_a_later_process(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "kernels.json"
    with choosing_kernels(file) as kernels:
        kernels.fastest(SHAPE, {"first": slow, "second": fast}, X, rows=1)

    with choosing_kernels(file) as kernels:
        assert kernels.fastest(SHAPE, {"first": fails, "second": fails}, X, rows=1) == "second"


def test_the_choice_for_another_cpu_is_kept_and_not_used(tmp_path: Path) -> None:
    file = tmp_path / "kernels.json"
    other = {"an abacus": {SHAPE: "first"}}
    file.write_text(json.dumps(other))

    with choosing_kernels(file) as kernels:
        assert kernels.fastest(SHAPE, {"first": slow, "second": fast}, X, rows=1) == "second"

    assert other.items() < json.loads(file.read_text()).items()


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[1]", b'{"cpu": 1}', b'{"cpu": {"a shape": 1}}'])
def test_a_file_that_is_damaged_or_foreign_is_written_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kernels.json"
    with choosing_kernels(file) as kernels:
        kernels.fastest(SHAPE, {"first": slow, "second": fast}, X, rows=1)
    [cpu] = json.loads(file.read_text())
    file.write_bytes(content.replace(b"cpu", cpu.encode()))

    with choosing_kernels(file) as kernels:
        assert kernels.fastest(SHAPE, {"first": slow, "second": fast}, X, rows=1) == "second"

    assert json.loads(file.read_text()) == {cpu: {SHAPE: "second"}}


def test_an_implementation_that_is_gone_is_not_chosen(tmp_path: Path) -> None:
    kernels = MeasuredKernels({SHAPE: "removed"})

    assert chosen(kernels, first=slow, second=fast) == "second"


def test_where_no_choice_can_be_stored_pytorchs_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with choosing_kernels(tmp_path / "file" / "kernels.json") as kernels:
        assert kernels.fastest(SHAPE, {"first": slow, "second": fast}, X, rows=1) == "first"


@pytest.mark.parametrize("rows", [1, 5, 288, 577])
@pytest.mark.parametrize("name", LINEAR)
@torch.inference_mode()
def test_a_linear_layer_is_the_same_by_any_kernel(name: str, rows: int) -> None:
    x, weight, bias = torch.randn(2, rows, 96), torch.randn(48, 96), torch.randn(48)

    for each in (bias, None):
        expected = torch.nn.functional.linear(x.double(), weight.double(), each.double() if each is not None else None)
        assert torch.allclose(LINEAR[name](x, weight, each).double(), expected, atol=1e-4)


@pytest.mark.parametrize("keys", [1, 16, 2304, 2**15])
@pytest.mark.parametrize("name", ATTENTION)
@torch.inference_mode()
def test_attention_and_its_sums_are_the_same_by_any_kernel(name: str, keys: int) -> None:
    # More queries than oneDNN's kernel has in one part, for the most keys.
    q, k, v = torch.randn(2, 2, 40, 8), torch.randn(2, 2, keys, 8), torch.randn(2, 2, keys, 8)

    attended, sums = ATTENTION[name](q, k, v)

    scores = q.double() @ k.double().mT / 8**0.5
    assert torch.allclose(attended.double(), scores.softmax(-1) @ v.double(), atol=1e-4)
    assert torch.allclose(sums.double(), scores.logsumexp(-1), atol=1e-4)
