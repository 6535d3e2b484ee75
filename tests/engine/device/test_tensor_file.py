import resource
from concurrent.futures import ThreadPoolExecutor
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


def test_records_are_read_back_bit_by_bit(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    numbers = [file.add(record(seed)) for seed in range(3)]

    for seed, number in enumerate(numbers):
        for read, written in zip(file.read(number), record(seed), strict=True):
            assert read.dtype == written.dtype
            assert torch.equal(read, written)


def test_a_new_record_reuses_the_space_of_a_removed_one(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    first, second = file.add(record(0)), file.add(record(1))
    size = file.nbytes

    file.remove(first)
    third = file.add(record(2))

    assert third == first
    assert file.nbytes == size
    assert torch.equal(file.read(second)[1], record(1)[1])


def test_the_file_has_no_name_in_its_folder(tmp_path: Path) -> None:
    file = TensorFile(tmp_path / "made")
    file.add(record(0))

    assert list((tmp_path / "made").iterdir()) == []
    file.close()


def test_after_a_write_to_a_full_disk_the_other_records_remain_and_writing_works_again(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    number = file.add(record(0))
    limit, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.nbytes, hard))
    try:
        with pytest.raises(OSError):
            file.add(record(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))

    assert torch.equal(file.read(number)[1], record(0)[1])
    assert torch.equal(file.read(file.add(record(2)))[1], record(2)[1])


def test_threads_that_write_and_read_at_once_read_what_they_wrote(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)

    def write_read_and_remove(seed: int) -> bool:
        number = file.add(record(seed))
        same = torch.equal(file.read(number)[1], record(seed)[1])
        file.remove(number)
        return same

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(write_read_and_remove, range(200)))


def test_a_closed_file_has_no_records(tmp_path: Path) -> None:
    file = TensorFile(tmp_path)
    number = file.add(record(0))
    file.close()

    with pytest.raises(KeyError):
        file.read(number)
