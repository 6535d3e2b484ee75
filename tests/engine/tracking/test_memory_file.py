"""A session's memory on disk, read back by a later process."""

from pathlib import Path

import pytest
import torch

from sam2_lit.engine.tracking.memory_file import DamagedRecord, MemoryFile, RecordKey
from sam2_lit.engine.tracking.tracking_files import TrackingFiles

FIRST, SECOND = RecordKey(1, 5, 12, True, False), RecordKey(2, 0, 3, False, True)


def tensors(seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = ((1, 8, 4, 4), (1, 1, 16, 16), (1, 32), (1, 1))
    return [
        torch.randn(shape, generator=generator).to(torch.bfloat16 if place == 0 else torch.float32)
        for place, shape in enumerate(shapes)
    ]


def write(path: Path, model: bytes = b"model") -> None:
    file = MemoryFile(path, model=model)
    for seed, key in enumerate((FIRST, SECOND)):
        assert file.add(key, tensors(seed)) is not None
    file.close()


def test_a_later_process_reads_every_record_bit_by_bit(tmp_path: Path) -> None:
    write(tmp_path / "s.memory")
    file = MemoryFile(tmp_path / "s.memory", model=b"model")

    found = file.records()

    assert list(found) == [FIRST, SECOND]
    for seed, record in enumerate(found.values()):
        for read, written in zip(file.read(record), tensors(seed), strict=True):
            assert read.dtype == written.dtype
            assert torch.equal(read, written)


def test_a_damaged_record_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.memory"
    write(path)
    file = MemoryFile(path, model=b"model")
    found = file.records()
    data = bytearray(path.read_bytes())
    data[found[FIRST].offset + 7] ^= 1
    path.write_bytes(data)

    with pytest.raises(DamagedRecord):
        file.read(found[FIRST])
    assert torch.equal(file.read(found[SECOND])[1], tensors(1)[1])


def test_a_record_that_was_written_halfway_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "s.memory"
    write(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 20])

    assert list(MemoryFile(path, model=b"model").records()) == [FIRST]


def test_records_of_another_model_are_not_found(tmp_path: Path) -> None:
    write(tmp_path / "s.memory")

    assert MemoryFile(tmp_path / "s.memory", model=b"other").records() == {}


def test_beyond_the_budget_the_least_recently_used_session_loses_its_file(tmp_path: Path) -> None:
    size = sum(tensor.nbytes for tensor in tensors(0))
    files = TrackingFiles(tmp_path, 3 * size, b"model")
    for session_id in ("one", "two"):
        file = files.open(session_id)
        file.add(FIRST, tensors(0))
        file.close()
    third = files.open("three")
    third.add(FIRST, tensors(0))

    assert sorted(path.stem for path in tmp_path.iterdir()) == ["three", "two"]
    third.close()


def test_a_session_in_use_takes_no_more_than_the_budget(tmp_path: Path) -> None:
    size = sum(tensor.nbytes for tensor in tensors(0))
    file = TrackingFiles(tmp_path, 2 * size, b"model").open("one")

    assert file.add(FIRST, tensors(0)) is not None
    assert file.add(SECOND, tensors(1)) is None
    file.close()


class Owner:
    """A process that shares a folder of memory files, and owns session `s` since an epoch."""

    def __init__(self, folder: Path, epoch: int, budget: int = 2**20) -> None:
        self.files = TrackingFiles(folder, budget, b"model", lambda session_id: epoch)

    def take(self) -> MemoryFile:
        return self.files.open("s")


@pytest.mark.parametrize(("epochs", "found"), [((1, 2), True), ((1, 1), True), ((1, 3), False)])
def test_the_next_owner_of_a_session_reads_what_the_one_before_wrote_and_no_other(
    tmp_path: Path, epochs: tuple[int, int], found: bool
) -> None:
    before = Owner(tmp_path, epochs[0]).take()
    before.add(FIRST, tensors(0))
    before.close()

    after = Owner(tmp_path, epochs[1]).take()

    assert list(after.records()) == ([FIRST] if found else [])
    after.close()
    assert len(list(tmp_path.iterdir())) == found


def test_what_an_owner_that_was_cut_off_still_writes_is_in_no_file_of_the_next(tmp_path: Path) -> None:
    cut_off = Owner(tmp_path, 1).take()
    cut_off.add(FIRST, tensors(0))

    after = Owner(tmp_path, 2).take()
    assert list(after.records()) == []
    after.add(SECOND, tensors(1))
    cut_off.add(FIRST, tensors(1))
    after.close()

    assert list(Owner(tmp_path, 2).take().records()) == [SECOND]


def test_a_process_over_its_budget_deletes_no_file_that_another_has_open(tmp_path: Path) -> None:
    theirs = TrackingFiles(tmp_path, 2**20, b"model", lambda session_id: 1).open("other")
    theirs.add(FIRST, tensors(0))
    ours = Owner(tmp_path, 1, budget=1).take()

    assert ours.add(SECOND, tensors(1)) is None
    assert (tmp_path / "other.1.memory").exists()
    theirs.close()


def test_a_session_that_is_closed_leaves_no_file_of_any_epoch(tmp_path: Path) -> None:
    owner = Owner(tmp_path, 4)
    file = owner.take()
    file.add(FIRST, tensors(0))
    file.close()

    owner.files.discard("s")

    assert list(tmp_path.iterdir()) == []
