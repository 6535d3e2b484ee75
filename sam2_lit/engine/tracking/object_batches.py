"""Conditions a frame on the memory of all its objects, in as few batches as possible."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor

from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.every_nth import EveryNth
from sam2_lit.engine.tracking.frame_output import FrameOutput
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.tracking.memory_attention import LookAhead
from sam2_lit.engine.tracking.memory_projections import drop_projections
from sam2_lit.engine.tracking.memory_reader import SelectedMemory
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.sam2_state import Sam2State

# Keys and values of one layer of the memory attention that are stored for the next frame, in bytes.
_PROJECTION_BYTES = 128 * 2**20


class ObjectBatches:
    """Groups objects whose memory has one layout, keeps their projections, and looks ahead to the next frame."""

    def __init__(
        self, predictor: LitPredictor, state: Sam2State, memories: ObjectMemories, core_plan: CorePlan
    ) -> None:
        self._predictor = predictor
        self._state = state
        self._memories = memories
        self._core_plan = core_plan
        self._projections = predictor.fast_memory_attention.projections
        self._projected: dict[int, list[FrameOutput]] = {}
        self._upcoming: list[int] = []
        self._ahead: LookAhead | None = None

    def expect(self, frame_indices: Sequence[int]) -> None:
        """The frames that will be tracked next, in that order."""
        self._upcoming = list(frame_indices)

    def condition_one(self, object_id: int, frame_index: int, reverse: bool, embedding: FrameEmbedding) -> Tensor:
        """The frame's features conditioned on one object's memory, [1, C, h, w]."""
        memory = self._select(object_id, frame_index, reverse)
        return self._predictor.condition(embedding, [memory], self._state.tracked_count)

    def condition(
        self, object_ids: Sequence[int], frame_index: int, reverse: bool, embedding: FrameEmbedding
    ) -> Iterator[tuple[list[int], Tensor]]:
        """Yields each batch's object ids and features [B, C, h, w] conditioned on their memory.

        A batch may be decoded, and its memory encoded, before the next one is taken.
        """
        memories = {object_id: self._select(object_id, frame_index, reverse) for object_id in object_ids}
        for batch in self._batches(memories):
            selected = [memories[object_id] for object_id in batch]
            conditioned = self._predictor.condition(embedding, selected, self._state.tracked_count, self._ahead)
            self._ahead = self._look_ahead(frame_index, reverse)
            self._predictor.preemption_point()
            yield batch, conditioned
        self._drop_projections_beyond(memories)

    def forget(self, object_id: int) -> None:
        self._projected.pop(object_id, None)
        self._ahead = None

    def clear(self) -> None:
        self._projected.clear()
        self._ahead = None

    def release(self) -> None:
        """Drops all projections, and what was computed ahead."""
        for outputs in self._projected.values():
            for output in outputs:
                drop_projections(output)
        self.clear()

    def _select(self, object_id: int, frame_index: int, reverse: bool) -> SelectedMemory:
        step = self._state.frame_step
        outputs = self._state.conditioning_outputs(object_id).items()
        conditioning = {frame // step: output for frame, output in outputs if frame != frame_index}
        tracked = EveryNth(self._state.tracked_outputs(object_id), step)
        reader = self._predictor.memory_reader
        return reader.select(frame_index // step, reverse, conditioning, tracked, self._state.tracked_count)

    def _batches(self, memories: Mapping[int, SelectedMemory]) -> list[list[int]]:
        """Objects of one layout together, as many as the batch's memory and a graph allow."""
        groups: dict[Any, list[int]] = {}
        for object_id, memory in memories.items():
            groups.setdefault(memory.layout, []).append(object_id)
        batches = []
        for group in groups.values():
            fitting = self._predictor.batch_bytes // self._projections.nbytes_for(memories[group[0]])
            most = max(1, min(fitting, self._predictor.batch_objects))
            batches += [group[start : start + most] for start in range(0, len(group), most)]
        return batches

    def _drop_projections_beyond(self, memories: Mapping[int, SelectedMemory]) -> None:
        """Drops the projections of frames that were not read; of all frames where they take too much memory."""
        needed = sum(self._projections.nbytes_for(memory) for memory in memories.values())
        for object_id, memory in memories.items():
            read = [output for _, output in memory.frames]
            kept = read if needed <= _PROJECTION_BYTES else []
            for output in (*self._projected.get(object_id, ()), *read):
                if all(output is not each for each in kept):
                    drop_projections(output)
            self._projected[object_id] = kept

    def _look_ahead(self, frame_index: int, reverse: bool) -> LookAhead | None:
        """Starts on the next frame while this one is decoded, where a core would be idle."""
        following = self._memories.before(frame_index, not reverse)
        is_next = self._upcoming[1:2] == [following]
        has_idle_core = self._predictor.helper.is_available and self._core_plan.is_small_image
        if not is_next or len(self._memories) != 1 or not has_idle_core:
            return None
        embedding = self._state.frames.embedding_at_hand(following)
        if embedding is None:
            return None
        [object_id] = self._memories
        return self._predictor.look_ahead(embedding, [self._select(object_id, following, reverse)])
