"""Memory of its own for what stays, so that what comes and goes around it leaves no holes."""

import mmap
import threading
import weakref
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

# Of freed memory, as much is kept for the next as a few frames need: the system's own is slow to come.
_KEPT_BYTES = 8 * 2**20
# Of the vector instructions that read them.
_ALIGNMENT = 64


class _MappedMemory:
    def __init__(self) -> None:
        # Memory may be freed within `copy_of`, by the garbage collector.
        self._lock = threading.RLock()
        self._free: defaultdict[int, list[mmap.mmap]] = defaultdict(list)
        self._kept = 0

    def copies_of(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        sizes = [-(-tensor.nbytes // _ALIGNMENT) * _ALIGNMENT for tensor in tensors]
        size = sum(sizes)
        with self._lock:
            free = self._free[size]
            mapping = free.pop() if free else None
            if mapping is not None:
                self._kept -= size
        mapping = mapping or mmap.mmap(-1, size)
        array = np.frombuffer(mapping, dtype=np.uint8)
        weakref.finalize(array, self._take_back, mapping, size).atexit = False
        whole = torch.from_numpy(array)
        parts = zip(torch.split(whole, sizes), tensors, strict=True)
        return [part[: each.nbytes].view(each.dtype).view(each.shape).copy_(each) for part, each in parts]

    def _take_back(self, mapping: mmap.mmap, size: int) -> None:
        with self._lock:
            if self._kept + size <= _KEPT_BYTES:
                self._free[size].append(mapping)
                self._kept += size


_mapped_memory = _MappedMemory()


def in_mapped_memory(tensor: Tensor) -> Tensor:
    """A copy of a tensor on the CPU in memory that the allocator does not manage; others as they are.

    Tensors of every size come and go while a frame is tracked. One that stays keeps the allocator from giving back, or
    using in one piece, what was freed around it: memory then grows to twice what is held.
    """
    [copy] = all_in_mapped_memory([tensor])
    return copy


def all_in_mapped_memory(tensors: Sequence[Tensor]) -> list[Tensor]:
    """As `in_mapped_memory`, for tensors that go together: they share one piece, so small ones come along."""
    if tensors[0].device.type != "cpu" or sum(tensor.nbytes for tensor in tensors) < mmap.PAGESIZE:
        return list(tensors)
    return _mapped_memory.copies_of(tensors)
