from pathlib import Path

import pytest
import torch

from sam2_lit.engine.device.tensor_file import TensorFile


def record(seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(1, 8, 4, 4, generator=generator).to(torch.bfloat16),
        torch.randn(2, 3, generator=generator),
    ]


def test_records_come_back_to_the_bit(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    numbers = [file.add(record(seed)) for seed in range(3)]

    for seed, number in enumerate(numbers):
        for kept, written in zip(file.read(number), record(seed), strict=True):
            assert kept.dtype == written.dtype
            assert torch.equal(kept, written)


def test_a_record_takes_the_place_of_a_removed_one(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    first, second = file.add(record(0)), file.add(record(1))
    size = file.nbytes

    file.remove(first)
    third = file.add(record(2))

    assert third == first
    assert file.nbytes == size
    assert torch.equal(file.read(second)[1], record(1)[1])


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    file = TensorFile(tmp_path / "made")
    file.add(record(0))

    assert list((tmp_path / "made").iterdir()) == []
    file.close()


def test_a_disk_that_takes_no_more_is_an_error_and_the_other_records_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TensorFile(tmp_path)
    number = file.add(record(0))
    with monkeypatch.context() as full:
        full.setattr("os.pwrite", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError):
            file.add(record(1))

    assert torch.equal(file.read(number)[1], record(0)[1])
    assert torch.equal(file.read(file.add(record(2)))[1], record(2)[1])
