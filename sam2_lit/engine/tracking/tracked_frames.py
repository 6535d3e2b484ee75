"""What tracking left in memory of each object on each frame, within a budget."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from torch import Tensor

from sam2_lit.engine.device.tensor_file import TensorFile
from sam2_lit.engine.tracking.memory_attention import FrameOutput

logger = logging.getLogger("sam2_lit.engine")

_TENSORS = ("maskmem_features", "pred_masks", "obj_ptr", "object_score_logits")


class MemoryPool:
    """The tracked frames of a session's objects: the most recently read in memory, the others in a file.

    `budget` is the bytes in memory. What comes back from the file is what went there, to the bit. Where the disk takes
    no more, frames stay in memory beyond the budget.
    """

    def __init__(self, budget: int, folder: Path | None = None) -> None:
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
        """Tracked frames of one more object, none yet."""
        return TrackedFrames(self)

    def close(self) -> None:
        self._resident.clear()
        self._file.close()

    def _use(self, owner: "TrackedFrames", frame_index: int, output: FrameOutput) -> None:
        key = (owner, frame_index)
        if key in self._resident:
            self._resident.move_to_end(key)
            return
        self._resident[key] = sum(output[name].nbytes for name in _TENSORS)
        self._bytes += self._resident[key]
        while self._bytes > self._budget and len(self._resident) > 1 and not self._disk_is_full:
            oldest_owner, oldest = next(iter(self._resident))
            try:
                oldest_owner._move_out(oldest, self._file)
            except OSError as error:
                self._disk_is_full = True
                logger.warning("tracked frames stay in memory beyond their budget: %s", error)
                return
            self._forget(oldest_owner, oldest)

    def _forget(self, owner: "TrackedFrames", frame_index: int) -> None:
        self._bytes -= self._resident.pop((owner, frame_index), 0)


class TrackedFrames(MutableMapping[int, FrameOutput]):
    """One object's tracked frames by index: SAM 2's `non_cond_frame_outputs`.

    A frame is in memory, or in the pool's file, or both where it came back from there.
    """

    def __init__(self, pool: MemoryPool) -> None:
        self._pool = pool
        self._outputs: dict[int, FrameOutput | None] = {}
        self._records: dict[int, int] = {}
        self._position_encoding: Any = None

    __hash__ = object.__hash__

    def __getitem__(self, frame_index: int) -> FrameOutput:
        output = self._outputs[frame_index]
        if output is None:
            tensors = self._pool._file.read(self._records[frame_index])
            output = dict(zip(_TENSORS, tensors, strict=True))
            output["maskmem_pos_enc"] = self._position_encoding
            self._outputs[frame_index] = output
        self._pool._use(self, frame_index, output)
        return output

    def __setitem__(self, frame_index: int, output: FrameOutput) -> None:
        self.pop(frame_index, None)
        self._outputs[frame_index] = output
        self._position_encoding = output["maskmem_pos_enc"]
        self._pool._use(self, frame_index, output)

    def __delitem__(self, frame_index: int) -> None:
        del self._outputs[frame_index]
        self._pool._forget(self, frame_index)
        if (record := self._records.pop(frame_index, None)) is not None:
            self._pool._file.remove(record)

    def __iter__(self) -> Iterator[int]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)

    def __contains__(self, frame_index: object) -> bool:
        return frame_index in self._outputs

    def pop(self, frame_index: int, default: Any = None) -> Any:
        """Removes a frame, which is not read back for that; answers with `default`."""
        if frame_index in self._outputs:
            del self[frame_index]
        return default

    def clear(self) -> None:
        for frame_index in list(self._outputs):
            del self[frame_index]

    def _move_out(self, frame_index: int, file: TensorFile) -> None:
        output = self._outputs[frame_index]
        assert output is not None
        if frame_index not in self._records:
            tensors: list[Tensor] = [output[name] for name in _TENSORS]
            self._records[frame_index] = file.add(tensors)
        self._outputs[frame_index] = None
