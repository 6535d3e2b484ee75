"""A session's memory on disk: outputs of frames, each in a record that says what it is of and has a checksum."""

import os
import struct
import tempfile
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

_MAGIC = b"S2LM"
_TENSORS = 4
_DTYPES = (torch.float32, torch.bfloat16, torch.float16)
# After the magic and the checksum of the rest: bytes and checksum of the tensors, object, frame, version, reverse,
# prompted; then of each tensor its dtype, dimensions and shape.
_KEY = struct.Struct("<QIqqqBB")
_LAYOUT = struct.Struct("<BB4I")
_CHECKED = struct.Struct("<4sI")
_HEADER_BYTES = _CHECKED.size + _KEY.size + _TENSORS * _LAYOUT.size


class RecordKey(NamedTuple):
    """What a record is of: one object on one frame, tracked (in reverse or not) or prompted, at one version."""

    object_id: int
    frame_index: int
    version: int
    reverse: bool
    prompted: bool


class DamagedRecord(Exception):
    """A record whose checksum is wrong, or that cannot be read."""


@dataclass(frozen=True, eq=False)
class Record:
    """Where the tensors of a record are, and what they are."""

    offset: int
    nbytes: int
    checksum: int
    layouts: tuple[tuple[torch.dtype, tuple[int, ...]], ...]


class MemoryFile:
    """Records of four tensors each, read back bit by bit. Thread-safe.

    A named file outlives the process and is never synced: a record that was written halfway, or is damaged, is found by
    its checksum. An unnamed one is deleted when it is closed. It is unbuffered, so that records use only the system's
    page cache and no memory of the process.
    """

    def __init__(
        self,
        path: Path | None = None,
        folder: Path | None = None,
        model: bytes = b"",
        grow: Callable[[int], bool] = lambda nbytes: True,
        on_close: Callable[[], None] = lambda: None,
        is_shared: bool = False,
    ) -> None:
        """The file is made with the first record, with its folder.

        Args:
            path: where a named file is; None for an unnamed one.
            folder: where an unnamed file is; None is the system's folder for temporary files.
            model: identifies the model; a file of another model is emptied.
            grow: called before the file grows by so many bytes; returns whether it may. Called with a negative number
                after it shrank.
            on_close: called once the file is closed.
            is_shared: whether other processes look at the folder: the file is locked while it is open.
        """
        self._is_shared = is_shared
        self._path = path
        self._folder = folder
        self._model = _CHECKED.pack(_MAGIC, zlib.crc32(model))
        self._grow = grow
        self._on_close = on_close
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        self._is_closed = False
        self._end = len(self._model)
        self._used: set[Record] = set()
        self._free: dict[int, list[int]] = {}

    @property
    def is_named(self) -> bool:
        return self._path is not None

    @property
    def nbytes(self) -> int:
        """The bytes that all records take."""
        return sum(record.nbytes for record in self._used)

    def records(self) -> dict[RecordKey, Record]:
        """The records that an earlier process left, up to the first whose header is damaged. Call it before `add`."""
        found: dict[RecordKey, Record] = {}
        with self._lock:
            if self._path is None or not self._path.exists():
                return found
            file = self._open()
            size = file.seek(0, os.SEEK_END)
            if _read(file, 0, len(self._model)) != self._model:
                self._start_over(file, size)
                return found
            while (parsed := _parse(_read(file, self._end, _HEADER_BYTES), self._end)) is not None:
                key, record = parsed
                self._end = record.offset + record.nbytes
                # Of two of one key the later was written over the other's space, or both are equal.
                if (other := found.pop(key, None)) is not None:
                    self._release(other)
                found[key] = record
                self._used.add(record)
            file.truncate(self._end)
            self._grow(self._end - size)
        return found

    def add(self, key: RecordKey, tensors: Sequence[Tensor]) -> Record | None:
        """Writes a record; None where there is no room, or the file is closed. Raises OSError when the disk is full."""
        on_cpu = [tensor.detach().cpu().contiguous() for tensor in tensors]
        data = [tensor.view(-1).view(torch.uint8).numpy().data for tensor in on_cpu]
        nbytes, checksum = sum(map(len, data)), 0
        for part in data:
            checksum = zlib.crc32(part, checksum)
        layouts = tuple((tensor.dtype, tuple(tensor.shape)) for tensor in on_cpu)
        with self._lock:
            if self._is_closed:
                return None
            free = self._free.get(nbytes)
            if not free and not self._grow(_HEADER_BYTES + nbytes):
                return None
            file = self._open()
            offset = free.pop() if free else self._end + _HEADER_BYTES
            record = Record(offset, nbytes, checksum, layouts)
            try:
                _write(file, offset - _HEADER_BYTES, [_header(key, record), *data])
            except OSError:
                if offset < self._end:
                    self._free.setdefault(nbytes, []).append(offset)
                raise
            self._end = max(self._end, offset + nbytes)
            self._used.add(record)
        return record

    def read(self, record: Record) -> list[Tensor]:
        """The tensors of a record, on the CPU. Raises DamagedRecord."""
        with self._lock:
            if self._file is None or record not in self._used:
                raise DamagedRecord("the record was removed")
            try:
                data = _read(self._file, record.offset, record.nbytes)
            except OSError as error:
                raise DamagedRecord(str(error)) from error
        if len(data) != record.nbytes or zlib.crc32(data) != record.checksum:
            raise DamagedRecord("its checksum is wrong")
        tensors, start = [], 0
        for dtype, shape in record.layouts:
            count = torch.Size(shape).numel()
            tensors.append(torch.frombuffer(data, dtype=dtype, count=count, offset=start).reshape(shape))
            start += count * dtype.itemsize
        return tensors

    def remove(self, record: Record) -> None:
        """Frees a record for reuse, unless it was removed. What is left of it has a version that the store forgets."""
        with self._lock:
            self._release(record)

    def clear(self) -> None:
        """Removes every record."""
        with self._lock:
            if self._file is not None:
                self._start_over(self._file, self._end)

    def close(self) -> None:
        """Closes the file; an unnamed one is deleted."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            if self._file is not None:
                self._file.close()
                self._file = None
            self._used.clear()
            self._free.clear()
        self._on_close()

    def _open(self) -> FileIO:
        if self._file is None:
            folder = self._path.parent if self._path is not None else self._folder
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            if self._path is None:
                self._file = _temporary_file(folder)
            else:
                is_new = not self._path.exists()
                self._file = FileIO(self._path, "w+" if is_new else "r+")
                if self._is_shared:
                    # Folders are shared by clusters alone; Windows has no fcntl, and a single server needs none.
                    import fcntl

                    fcntl.flock(self._file, fcntl.LOCK_SH)
                if is_new:
                    _write(self._file, 0, [self._model])
        return self._file

    def _start_over(self, file: FileIO, size: int) -> None:
        self._grow(-size)
        file.truncate(0)
        _write(file, 0, [self._model])
        self._end = len(self._model)
        self._used.clear()
        self._free.clear()

    def _release(self, record: Record) -> None:
        if record in self._used:
            self._used.remove(record)
            self._free.setdefault(record.nbytes, []).append(record.offset)


def is_open_elsewhere(path: Path) -> bool:
    """Whether a process has a shared memory file open; one that was killed has none."""
    import fcntl

    with FileIO(path, "r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _temporary_file(folder: Path | None) -> FileIO:
    return tempfile.TemporaryFile(prefix="tensors-", dir=folder, buffering=0)


def _header(key: RecordKey, record: Record) -> bytes:
    packed = _KEY.pack(record.nbytes, record.checksum, *key)
    for dtype, shape in record.layouts:
        packed += _LAYOUT.pack(_DTYPES.index(dtype), len(shape), *shape, *(0,) * (4 - len(shape)))
    return _CHECKED.pack(_MAGIC, zlib.crc32(packed)) + packed


def _parse(header: bytearray, offset: int) -> tuple[RecordKey, Record] | None:
    """A record from the header at `offset`; None where there is none, or it is damaged."""
    if len(header) < _HEADER_BYTES:
        return None
    magic, checksum = _CHECKED.unpack_from(header)
    if magic != _MAGIC or zlib.crc32(memoryview(header)[_CHECKED.size :]) != checksum:
        return None
    nbytes, data_checksum, object_id, frame_index, version, reverse, prompted = _KEY.unpack_from(header, _CHECKED.size)
    layouts = []
    for each in range(_TENSORS):
        dtype, dimensions, *shape = _LAYOUT.unpack_from(header, _CHECKED.size + _KEY.size + each * _LAYOUT.size)
        layouts.append((_DTYPES[dtype], tuple(shape[:dimensions])))
    key = RecordKey(object_id, frame_index, version, bool(reverse), bool(prompted))
    return key, Record(offset + _HEADER_BYTES, nbytes, data_checksum, tuple(layouts))


def _write(file: FileIO, offset: int, parts: Sequence[bytes | memoryview]) -> None:
    file.seek(offset)
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[file.write(rest) :]


def _read(file: FileIO, offset: int, nbytes: int) -> bytearray:
    """So many bytes, fewer at the end of the file."""
    file.seek(offset)
    data = bytearray(nbytes)
    done = 0
    while done < nbytes and (count := file.readinto(memoryview(data)[done:])):
        done += count
    return data[:done]
