"""The memory of frames on which a person said that an object is not there."""

from collections.abc import Iterable, Sequence

import torch

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import Sam2State


class AbsentMemory:
    """Gives frames that are marked absent SAM 2's own memory of a frame without the object.

    It is read as that of a tracked frame is: up to `reach` frames away, and not as conditioning, which is attended to
    on every frame, so hundreds of absent frames cost nothing. It depends on the frame's picture alone, so it is encoded
    when it is first read, and no file has it. An empty mask as a prompt is a conditioning frame, as in the official
    predictor.
    """

    def __init__(
        self, predictor: LitPredictor, state: Sam2State, memories: ObjectMemories, core_plan: CorePlan
    ) -> None:
        self._predictor = predictor
        self._state = state
        self._memories = memories
        self._core_plan = core_plan

    def mark(self, object_id: int, frames: Sequence[int]) -> int:
        """Notes that an object is not there on these frames, none of them prompted, rising. Returns the version."""
        self._discard(object_id, frames)
        if (memory := self._memories.get(object_id)) is not None:
            for frame_index in memory.passed.keys() & set(frames):
                # As it was before prompts were cleared there.
                self._state.mark_tracked(object_id, frame_index, memory.passed[frame_index])
        return self._memories.mark_absent(object_id, frames)

    def forget(self, object_id: int, frames: Sequence[int]) -> int:
        """Removes the memory of frames that are tracked or marked absent, rising. Returns the version."""
        self._discard(object_id, frames)
        return self._memories.forget(object_id, frames)

    def leave(self, object_id: int, frame_index: int) -> bool | None:
        """Makes a frame that is marked absent, and is prompted now, one that tracking has not passed.

        The memory around it says that the object is not there; the prompt, which says that it is, is answered alone.
        Returns the direction in which tracking had passed it, None where it had not or the frame is not marked.
        """
        memory = self._memories.get(object_id)
        if memory is None or frame_index not in memory.absent or frame_index in memory.prompted:
            return None
        self._state.tracked_outputs(object_id).pop(frame_index)
        self._state.unmark_tracked(object_id, frame_index)
        return memory.passed.pop(frame_index, None)

    def prepare(self, object_id: int, frame_index: int) -> None:
        """Prepares what a prompt reads: on a frame that tracking passed, the memory around it."""
        memory = self._memories.get(object_id)
        if memory is not None and (reverse := memory.passed.get(frame_index)) is not None:
            self.write_before([object_id], frame_index, reverse)

    def write_before(self, object_ids: Iterable[int], frame_index: int, reverse: bool) -> None:
        """Encodes the memory of absent frames that tracking these objects on a frame reads."""
        for object_id in object_ids:
            for index in self._within_reach(frame_index, not reverse):
                self._write(object_id, index)

    def write_ahead(self, object_id: int, frame_index: int, reverse: bool) -> None:
        """Encodes the memory of an absent frame that tracking passes, where a frame that follows will read it.

        So a step encodes one frame, and not all that the first frame after an absence reads.
        """
        absent = self._memories[object_id].absent
        if frame_index in absent and any(index not in absent for index in self._within_reach(frame_index, reverse)):
            self._write(object_id, frame_index)

    def _discard(self, object_id: int, frames: Sequence[int]) -> None:
        if object_id in self._memories:
            outputs = self._state.tracked_outputs(object_id)
            for frame_index in frames:
                outputs.pop(frame_index)

    def _within_reach(self, frame_index: int, backward: bool) -> range:
        step, last = self._memories.frame_step, self._state.frame_count - 1
        reach = self._predictor.memory_reader.reach * step
        if backward:
            return range(frame_index - step, max(frame_index - reach, 0) - 1, -step)
        return range(frame_index + step, min(frame_index + reach, last) + 1, step)

    @torch.inference_mode()
    def _write(self, object_id: int, frame_index: int) -> None:
        memory = self._memories[object_id]
        if frame_index not in memory.absent or frame_index in memory.prompted:
            return
        outputs = self._state.tracked_outputs(object_id)
        if frame_index not in outputs:
            side, device = self._predictor.image_size, self._predictor.device
            nothing = torch.zeros(1, 1, side, side, device=device)
            with use_threads(self._core_plan.cores), self._predictor.autocast():
                outputs[frame_index] = self._predictor.mask_output(self._state, frame_index, nothing)
