"""Frames that were tracked before a session was restored, and whose outputs are not there any more."""

from sam2_lit.engine.device.cpu_threads import use_threads
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.object_memory import ObjectMemory, TrackedFrame
from sam2_lit.engine.tracking.absent_memory import AbsentMemory
from sam2_lit.engine.tracking.core_plan import CorePlan
from sam2_lit.engine.tracking.object_batches import ObjectBatches
from sam2_lit.engine.tracking.object_decoding import ObjectDecoding
from sam2_lit.engine.tracking.predictor import LitPredictor
from sam2_lit.engine.tracking.prompt_memory import PromptMemory
from sam2_lit.engine.tracking.sam2_state import Sam2State
from sam2_lit.engine.video_tracker import ChooseAdapter


class LostFrames:
    """Finds lost outputs, and makes them again by tracking their frames."""

    def __init__(
        self,
        predictor: LitPredictor,
        state: Sam2State,
        memories: ObjectMemories,
        core_plan: CorePlan,
        prompts: PromptMemory,
        decoding: ObjectDecoding,
    ) -> None:
        self._predictor = predictor
        self._state = state
        self._memories = memories
        self._core_plan = core_plan
        self._prompts = prompts
        self._decoding = decoding

    def directions(self, frame_index: int) -> frozenset[bool]:
        """The directions in which objects were tracked on a frame whose output is lost."""
        return frozenset(
            tracked.reverse
            for object_id, memory in self._memories.items()
            if (tracked := self._lost(object_id, memory, frame_index)) is not None
        )

    def recover(
        self,
        frame_index: int,
        reverse: bool,
        absent: AbsentMemory,
        batches: ObjectBatches,
        choose: ChooseAdapter | None,
    ) -> None:
        """Tracks a frame again for the objects whose output on it is lost: under the prompts that tracking reads."""
        lost = {object_id: self._lost(object_id, memory, frame_index) for object_id, memory in self._memories.items()}
        due = [object_id for object_id, tracked in lost.items() if tracked is not None and tracked.reverse is reverse]
        if not all(self._state.conditioning_outputs(object_id) for object_id in due):
            self._prompts.consolidate()
        self._prompts.encode_restored()
        absent.write_before(due, frame_index, reverse)
        with use_threads(self._core_plan.cores):
            embedding = self._state.frames.embedding(frame_index)
        decoded = self._decoding.decode_all(batches, due, frame_index, reverse, embedding, choose)
        self._decoding.add_recovered(frame_index, reverse, decoded)

    def _lost(self, object_id: int, memory: ObjectMemory, frame_index: int) -> TrackedFrame | None:
        tracked = memory.tracked.get(frame_index) or memory.replaced.get(frame_index)
        return None if tracked is None or self._state.tracked_outputs(object_id).has(frame_index) else tracked
