"""Allocates long-lived tensors by mmap, so that short-lived ones cannot fragment the heap."""

import mmap
import threading
import weakref
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

# Freed mappings that are retained for reuse, enough for a few frames: new ones from the system are slow.
_RETAINED_BYTES = 8 * 2**20
# For the vector instructions that read the tensors.
_ALIGNMENT = 64


class _MappedMemory:
    def __init__(self) -> None:
        # Reentrant: the garbage collector may free memory, which calls `_take_back`, while `copies_of` holds it.
        self._lock = threading.RLock()
        self._free: defaultdict[int, list[mmap.mmap]] = defaultdict(list)
        self._retained = 0

    def copies_of(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        sizes = [-(-tensor.nbytes // _ALIGNMENT) * _ALIGNMENT for tensor in tensors]
        size = sum(sizes)
        with self._lock:
            free = self._free[size]
            mapping = free.pop() if free else None
            if mapping is not None:
                self._retained -= size
        mapping = mapping or mmap.mmap(-1, size)
        array = np.frombuffer(mapping, dtype=np.uint8)
        weakref.finalize(array, self._take_back, mapping, size).atexit = False
        whole = torch.from_numpy(array)
        parts = zip(torch.split(whole, sizes), tensors, strict=True)
        return [part[: each.nbytes].view(each.dtype).view(each.shape).copy_(each) for part, each in parts]

    def _take_back(self, mapping: mmap.mmap, size: int) -> None:
        with self._lock:
            if self._retained + size <= _RETAINED_BYTES:
                self._free[size].append(mapping)
                self._retained += size


_mapped_memory = _MappedMemory()


def in_mapped_memory(tensor: Tensor) -> Tensor:
    """A contiguous copy of a CPU tensor outside the heap; of another device's, a contiguous tensor.

    Tensors of every size are allocated and freed while a frame is tracked. A long-lived one among them keeps the
    allocator from returning or merging the memory around it, and the process then takes twice the memory it holds.
    """
    [copy] = all_in_mapped_memory([tensor])
    return copy


def all_in_mapped_memory(tensors: Sequence[Tensor]) -> list[Tensor]:
    """As `in_mapped_memory`, for tensors that are released together: they are copied into one mapping.

    Tensors of less than a page in total are returned as they are.
    """
    if tensors[0].device.type != "cpu":
        # As they are read back from a file: with other strides, kernels would round differently.
        return [tensor.contiguous() for tensor in tensors]
    if sum(tensor.nbytes for tensor in tensors) < mmap.PAGESIZE:
        return list(tensors)
    return _mapped_memory.copies_of(tensors)
