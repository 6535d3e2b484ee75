"""Tensors in a temporary file, for what does not fit in memory and may be needed again."""

import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import torch
from torch import Tensor


@dataclass(frozen=True)
class _Layout:
    shape: torch.Size
    dtype: torch.dtype
    device: torch.device


class TensorFile:
    """Records of tensors, every record of the same size in bytes, read back bit by bit. Thread-safe.

    The file is created with the first record and deleted when it is closed or the process ends. It is unbuffered, so
    that records use only the system's page cache and no memory of the process.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder` is created if it does not exist; None is the system's folder for temporary files."""
        self._folder = folder
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        self._record_bytes = 0
        self._layouts: dict[int, tuple[_Layout, ...]] = {}
        self._free: list[int] = []
        self._end = 0

    @property
    def nbytes(self) -> int:
        """The bytes that all records take."""
        return len(self._layouts) * self._record_bytes

    def add(self, tensors: Sequence[Tensor]) -> int:
        """Writes a record and returns its number. Raises OSError when the disk is full."""
        data = b"".join(_as_bytes(tensor) for tensor in tensors)
        with self._lock:
            if self._file is None:
                self._file = _temporary_file(self._folder)
                self._record_bytes = len(data)
            assert len(data) == self._record_bytes
            number = self._free.pop() if self._free else self._end
            try:
                self._write(self._file, number, data)
            except OSError:
                self._free.append(number)
                raise
            finally:
                self._end = max(self._end, number + 1)
            self._layouts[number] = tuple(_Layout(each.shape, each.dtype, each.device) for each in tensors)
        return number

    def read(self, number: int) -> list[Tensor]:
        """The tensors of a record, on the devices they were on. Raises KeyError once it is removed."""
        with self._lock:
            layouts = self._layouts[number]
            assert self._file is not None
            data = self._read(self._file, number)
        tensors, start = [], 0
        for layout in layouts:
            count = layout.shape.numel()
            tensor = torch.frombuffer(data, dtype=layout.dtype, count=count, offset=start).reshape(layout.shape)
            tensors.append(tensor.to(layout.device))
            start += count * layout.dtype.itemsize
        return tensors

    def remove(self, number: int) -> None:
        """Frees a record for reuse. Raises KeyError if it was removed or the file closed."""
        with self._lock:
            del self._layouts[number]
            self._free.append(number)

    def close(self) -> None:
        """Deletes the file and every record."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            self._layouts.clear()
            self._free.clear()
            self._end = 0

    def _write(self, file: FileIO, number: int, data: bytes) -> None:
        file.seek(number * self._record_bytes)
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]

    def _read(self, file: FileIO, number: int) -> bytearray:
        file.seek(number * self._record_bytes)
        data = bytearray(self._record_bytes)
        rest = memoryview(data)
        while rest:
            count = file.readinto(rest)
            assert count, "the file is shorter than its records"
            rest = rest[count:]
        return data


def _as_bytes(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()


def _temporary_file(folder: Path | None) -> FileIO:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(prefix="tensors-", dir=folder, buffering=0)
