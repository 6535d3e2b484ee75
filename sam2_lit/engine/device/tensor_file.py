"""Tensors in a file, for what is too much for memory and may be needed again."""

import os
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor


@dataclass(frozen=True)
class _Form:
    shape: torch.Size
    dtype: torch.dtype
    device: torch.device


class TensorFile:
    """Records of tensors, all of one size in bytes, to the bit. May be called from any thread.

    The file is made with the first record and has no name in its folder: it is gone with the process, however that
    ends. Reading and writing go past the process's own memory, through the system's page cache.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder` is where the file is, made where it does not exist; None is the system's for temporary files."""
        self._folder = folder
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._record_bytes = 0
        self._forms: dict[int, tuple[_Form, ...]] = {}
        self._free: list[int] = []
        self._end = 0

    @property
    def nbytes(self) -> int:
        """The bytes that records take."""
        return len(self._forms) * self._record_bytes

    def add(self, tensors: Sequence[Tensor]) -> int:
        """Writes a record and returns its number. Raises OSError where the disk takes no more."""
        data = b"".join(_as_bytes(tensor) for tensor in tensors)
        with self._lock:
            if self._descriptor is None:
                self._descriptor = _unnamed_file(self._folder)
                self._record_bytes = len(data)
            assert len(data) == self._record_bytes
            number = self._free.pop() if self._free else self._end
            try:
                _write(self._descriptor, data, number * self._record_bytes)
            except OSError:
                self._free.append(number)
                self._end = max(self._end, number + 1)
                raise
            self._end = max(self._end, number + 1)
            self._forms[number] = tuple(_Form(each.shape, each.dtype, each.device) for each in tensors)
        return number

    def read(self, number: int) -> list[Tensor]:
        """The tensors of a record, on the devices that they came from."""
        assert self._descriptor is not None
        data = bytearray(os.pread(self._descriptor, self._record_bytes, number * self._record_bytes))
        tensors, start = [], 0
        for form in self._forms[number]:
            count = form.shape.numel()
            tensor = torch.frombuffer(data, dtype=form.dtype, count=count, offset=start).reshape(form.shape)
            tensors.append(tensor.to(form.device))
            start += count * form.dtype.itemsize
        return tensors

    def remove(self, number: int) -> None:
        with self._lock:
            del self._forms[number]
            self._free.append(number)

    def close(self) -> None:
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            self._forms.clear()


def _as_bytes(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()


def _unnamed_file(folder: Path | None) -> int:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix="tensors-", dir=folder)
    os.unlink(name)
    return descriptor


def _write(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
