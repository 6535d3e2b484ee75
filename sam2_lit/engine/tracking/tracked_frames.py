"""The outputs of tracked frames, in memory within a budget and in a file beyond it."""

import logging
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import torch
from torch import Tensor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.object_memory import ObjectMemory
from sam2_lit.engine.tracking.frame_output import FrameOutput, from_own_tensors, own_tensors
from sam2_lit.engine.tracking.memory_file import DamagedRecord, MemoryFile, Record, RecordKey
from sam2_lit.engine.tracking.resident_frames import ResidentFrames

logger = logging.getLogger("sam2_lit.engine")


class MemoryPool:
    """Holds the tracked frames of a session's objects: the most recently read in memory, the others in a file.

    A named file has every frame as soon as it is tracked, and the memory of prompts, so that a resumed session does not
    track them again. The file returns tensors equal to the bit. Where it has no room, frames are dropped, to be tracked
    again when they are needed (`resident_frames.py`).
    """

    def __init__(
        self,
        budget: CacheBudget,
        file: MemoryFile,
        predictor: Any,
    ) -> None:
        """`budget` is for frames in memory, and others may share it; `predictor` is the one that tracks."""
        self.resident = ResidentFrames(budget, predictor.memory_reader.reach)
        self._file = file
        self._device: torch.device = predictor.device
        self._positions: Callable[[Sequence[Tensor]], list[Tensor]] = predictor.memory_positions
        self._is_stored = file.is_named
        self._is_searched = False
        self._found: dict[RecordKey, Record] = {}
        self._prompts: dict[tuple[int, int], Record] = {}

    @property
    def nbytes(self) -> int:
        """The bytes in memory."""
        return self.resident.nbytes

    @property
    def nbytes_on_disk(self) -> int:
        return self._file.nbytes

    def find(self) -> int:
        """Finds what an earlier process left in the file. Returns the newest version there, 0 without any."""
        if not self._is_searched:
            self._is_searched = True
            try:
                self._found = self._file.records()
            except OSError as error:
                logger.warning("tracked frames cannot be read back, and are tracked again: %s", error)
        return max((key.version for key in self._found), default=0)

    def keep_for_restoring(self, memories: Mapping[int, ObjectMemory], outputs: Mapping[int, "TrackedFrames"]) -> None:
        """Takes what the file has from the objects in memory, as if an earlier process had left it (`take`)."""
        self._is_searched = True
        for object_id, frames in outputs.items():
            memory = memories[object_id]
            known = memory.tracked | memory.replaced
            for frame_index, record in frames.detach().items():
                tracked = known.get(frame_index)
                if tracked is None or not self._is_stored:
                    self.remove(record)
                else:
                    self._found[RecordKey(object_id, frame_index, tracked.version, tracked.reverse, False)] = record
        for (object_id, frame_index), record in self._prompts.items():
            version = memories[object_id].consolidated.get(frame_index) if object_id in memories else None
            if version is None:
                self.remove(record)
            else:
                self._found[RecordKey(object_id, frame_index, version, False, True)] = record
        self._prompts.clear()

    def take(self, key: RecordKey) -> Record | None:
        """The record of this key that was found in the file, once."""
        return self._found.pop(key, None)

    def frames(self, object_id: int) -> "TrackedFrames":
        """An empty collection for the tracked frames of one object."""
        return TrackedFrames(self, object_id)

    def store(self, key: RecordKey, output: FrameOutput) -> Record | None:
        """Writes a frame to the file now, for a later process; None where the file is unnamed or takes no more."""
        if not self._is_stored:
            return None
        for unused in self._found.values():
            self._file.remove(unused)
        self._found.clear()
        try:
            record = self._file.add(key, own_tensors(output))
            reason = "--tracking-disk is used up"
        except OSError as error:
            record, reason = None, str(error)
        if record is None:
            self._is_stored = False
            logger.warning("a session's frames are tracked again when it is resumed: %s", reason)
        return record

    def spill(self, key: RecordKey, output: FrameOutput) -> Record | None:
        """Writes a frame to the file in place of memory; None where it has no room. Raises OSError on a full disk."""
        return self._file.add(key, own_tensors(output))

    def read(self, record: Record) -> FrameOutput:
        """A frame from the file. Raises DamagedRecord."""
        tensors = [tensor.to(self._device) for tensor in self._file.read(record)]
        return from_own_tensors(tensors, self._positions(tensors))

    def remove(self, record: Record) -> None:
        self._file.remove(record)

    def store_prompt(self, key: RecordKey, output: FrameOutput) -> None:
        """Writes the memory of a prompt to the file, in place of the frame's earlier one."""
        self.remove_prompt(key.object_id, key.frame_index)
        if (record := self.store(key, output)) is not None:
            self._prompts[key.object_id, key.frame_index] = record

    def restore_prompt(self, key: RecordKey) -> None:
        """Notes the memory of a prompt that was found in the file, for `read_prompt`."""
        if (record := self.take(key)) is not None:
            self._prompts[key.object_id, key.frame_index] = record

    def read_prompt(self, object_id: int, frame_index: int) -> FrameOutput | None:
        """The memory of a prompt from the file; None where it is not there or damaged."""
        record = self._prompts.get((object_id, frame_index))
        try:
            return None if record is None else self.read(record)
        except DamagedRecord:
            return None

    def remove_prompt(self, object_id: int, frame_index: int) -> None:
        if (record := self._prompts.pop((object_id, frame_index), None)) is not None:
            self._file.remove(record)

    def remove_object(self, object_id: int) -> None:
        """Removes the memory of all prompts of an object."""
        for owner, frame_index in list(self._prompts):
            if owner == object_id:
                self.remove_prompt(owner, frame_index)

    def clear(self) -> None:
        """Empties the file, once no object has frames."""
        self._prompts.clear()
        self._file.clear()

    def close(self) -> None:
        self.resident.close()
        self._file.close()


class TrackedFrames(MutableMapping[int, FrameOutput]):
    """One object's tracked frames by index: SAM 2's `non_cond_frame_outputs`.

    A frame is in memory, or in the file, or both. A restored one may prove to be damaged when it is first read, and is
    then dropped; so are frames for which there is no room.
    """

    def __init__(self, pool: MemoryPool, object_id: int) -> None:
        self._pool = pool
        self._object_id = object_id
        self._outputs: dict[int, FrameOutput | None] = {}
        self._records: dict[int, Record] = {}

    __hash__ = object.__hash__

    def __getitem__(self, frame_index: int) -> FrameOutput:
        output = self._outputs[frame_index]
        if output is None:
            try:
                output = self._outputs[frame_index] = self._pool.read(self._records[frame_index])
            except DamagedRecord as error:
                logger.warning("frame %d is tracked again: %s", frame_index, error)
                del self[frame_index]
                raise KeyError(frame_index) from error
        self._pool.resident.use(self, frame_index, output)
        return output

    def __setitem__(self, frame_index: int, output: FrameOutput) -> None:
        self.pop(frame_index, None)
        self._outputs[frame_index] = output
        self._pool.resident.use(self, frame_index, output)

    def __delitem__(self, frame_index: int) -> None:
        del self._outputs[frame_index]
        self._pool.resident.forget(self, frame_index)
        if (record := self._records.pop(frame_index, None)) is not None:
            self._pool.remove(record)

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

    def detach(self) -> dict[int, Record]:
        """Empties the collection without removing anything from the file; returns what is there."""
        for frame_index in self._outputs:
            self._pool.resident.forget(self, frame_index)
        records = dict(self._records)
        self._outputs.clear()
        self._records.clear()
        return records

    def put(self, frame_index: int, output: FrameOutput, version: int, reverse: bool) -> None:
        """Adds a tracked frame, and stores it where the file outlives the process."""
        self[frame_index] = output
        record = self._pool.store(RecordKey(self._object_id, frame_index, version, reverse, False), output)
        if record is not None:
            self._records[frame_index] = record

    def restore(self, frame_index: int, version: int, reverse: bool) -> None:
        """Restores a frame of this version and direction, where the file has it."""
        record = self._pool.take(RecordKey(self._object_id, frame_index, version, reverse, False))
        if record is not None:
            self._records[frame_index] = record
            self._outputs[frame_index] = None

    def has(self, frame_index: int) -> bool:
        """Whether a frame is there and readable; one that is in the file is read."""
        return self.get(frame_index) is not None

    def move_to_file(self, frame_index: int) -> bool:
        """Frees a frame's memory; False where the file has no room. Raises OSError where the disk is full."""
        output = self._outputs[frame_index]
        assert output is not None
        if frame_index not in self._records:
            # A version that no memory has: a later process does not find it.
            record = self._pool.spill(RecordKey(self._object_id, frame_index, 0, False, False), output)
            if record is None:
                return False
            self._records[frame_index] = record
        self._outputs[frame_index] = None
        return True
