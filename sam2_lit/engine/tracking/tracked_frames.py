"""The outputs of tracked frames, in memory within a budget and in a file beyond it."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from torch import Tensor

from sam2_lit.engine.device.tensor_file import TensorFile
from sam2_lit.engine.tracking.frame_output import FrameOutput, from_own_tensors, own_tensors

logger = logging.getLogger("sam2_lit.engine")


class MemoryPool:
    """Holds the tracked frames of a session's objects: the most recently read in memory, the others in a file.

    The file returns tensors equal to the bit. Where the disk is full, frames stay in memory beyond the budget.
    """

    def __init__(self, budget: int, folder: Path | None = None) -> None:
        """`budget` is bytes in memory; the file is in `folder`."""
        self._budget = budget
        self._file = TensorFile(folder)
        self._resident: OrderedDict[tuple[TrackedFrames, int], int] = OrderedDict()
        self._bytes = 0
        self._disk_is_full = False

    @property
    def nbytes(self) -> int:
        """The bytes in memory."""
        return self._bytes

    @property
    def nbytes_on_disk(self) -> int:
        return self._file.nbytes

    def frames(self) -> "TrackedFrames":
        """An empty collection for the tracked frames of one object."""
        return TrackedFrames(self, self._file)

    def close(self) -> None:
        self._resident.clear()
        self._file.close()

    def use(self, owner: "TrackedFrames", frame_index: int, output: FrameOutput) -> None:
        """Notes that a frame in memory was read; moves the least recently read ones to the file over the budget."""
        key = (owner, frame_index)
        if key in self._resident:
            self._resident.move_to_end(key)
            return
        self._resident[key] = sum(tensor.nbytes for tensor in own_tensors(output))
        self._bytes += self._resident[key]
        while self._bytes > self._budget and len(self._resident) > 1 and not self._disk_is_full:
            oldest_owner, oldest = next(iter(self._resident))
            try:
                oldest_owner.move_to_file(oldest)
            except OSError as error:
                self._disk_is_full = True
                logger.warning("tracked frames stay in memory beyond their budget: %s", error)
                return
            self.forget(oldest_owner, oldest)

    def forget(self, owner: "TrackedFrames", frame_index: int) -> None:
        self._bytes -= self._resident.pop((owner, frame_index), 0)


class TrackedFrames(MutableMapping[int, FrameOutput]):
    """One object's tracked frames by index: SAM 2's `non_cond_frame_outputs`.

    A frame is in memory, or in the file, or in both once it was read back.
    """

    def __init__(self, pool: MemoryPool, file: TensorFile) -> None:
        self._pool = pool
        self._file = file
        self._outputs: dict[int, FrameOutput | None] = {}
        self._records: dict[int, int] = {}
        self._position_encoding: list[Tensor] = []

    __hash__ = object.__hash__

    def __getitem__(self, frame_index: int) -> FrameOutput:
        output = self._outputs[frame_index]
        if output is None:
            tensors = self._file.read(self._records[frame_index])
            output = self._outputs[frame_index] = from_own_tensors(tensors, self._position_encoding)
        self._pool.use(self, frame_index, output)
        return output

    def __setitem__(self, frame_index: int, output: FrameOutput) -> None:
        self.pop(frame_index, None)
        self._outputs[frame_index] = output
        self._position_encoding = output["maskmem_pos_enc"]
        self._pool.use(self, frame_index, output)

    def __delitem__(self, frame_index: int) -> None:
        del self._outputs[frame_index]
        self._pool.forget(self, frame_index)
        if (record := self._records.pop(frame_index, None)) is not None:
            self._file.remove(record)

    def __iter__(self) -> Iterator[int]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)

    def __contains__(self, frame_index: object) -> bool:
        return frame_index in self._outputs

    def pop(self, frame_index: int, default: Any = None) -> Any:
        """Removes a frame without reading it from the file; always returns `default`."""
        if frame_index in self._outputs:
            del self[frame_index]
        return default

    def clear(self) -> None:
        for frame_index in list(self._outputs):
            del self[frame_index]

    def move_to_file(self, frame_index: int) -> None:
        """Frees a frame's memory. Raises OSError where the file takes no more."""
        output = self._outputs[frame_index]
        assert output is not None
        if frame_index not in self._records:
            self._records[frame_index] = self._file.add(own_tensors(output))
        self._outputs[frame_index] = None
