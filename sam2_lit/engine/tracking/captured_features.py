"""The mask decoder's inputs on the frames that were tracked, for training and comparing adapters."""

from functools import partial

from torch import Tensor

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.device.mapped_tensors import in_mapped_memory
from sam2_lit.engine.object_memories import ObjectMemories
from sam2_lit.engine.tracking.image_encoder import FrameEmbedding
from sam2_lit.engine.video_tracker import CapturedFeatures
from sam2_lit.lora.features import DecoderFeatures


class FeatureStore:
    """The captured features of a session by (object, frame), within a budget that others may share."""

    def __init__(self, budget: CacheBudget) -> None:
        self._budget = budget
        self._entries: dict[tuple[int, int], CapturedFeatures] = {}
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        return self._bytes

    def put(self, object_id: int, frame_index: int, captured: CapturedFeatures) -> None:
        self.discard(object_id, frame_index)
        self._entries[object_id, frame_index] = captured
        self._bytes += captured.features.nbytes
        self._use(object_id, frame_index, captured)

    def get(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        captured = self._entries.get((object_id, frame_index))
        if captured is not None:
            self._use(object_id, frame_index, captured)
        return captured

    def discard(self, object_id: int, frame_index: int) -> None:
        captured = self._entries.pop((object_id, frame_index), None)
        if captured is not None:
            self._bytes -= captured.features.nbytes
            self._budget.forget((self, object_id, frame_index))

    def discard_object(self, object_id: int) -> None:
        for owner, frame_index in list(self._entries):
            if owner == object_id:
                self.discard(owner, frame_index)

    def clear(self) -> None:
        for object_id, frame_index in list(self._entries):
            self.discard(object_id, frame_index)

    def _use(self, object_id: int, frame_index: int, captured: CapturedFeatures) -> None:
        evict = partial(self._evict, object_id, frame_index)
        self._budget.use((self, object_id, frame_index), captured.features.nbytes, evict)

    def _evict(self, object_id: int, frame_index: int) -> bool:
        self.discard(object_id, frame_index)
        return True


class FeatureCapture:
    """Captures features along with the memory they are conditioned on, and returns them while that is unchanged."""

    def __init__(self, store: FeatureStore, memories: ObjectMemories, reach: int, multimask: bool) -> None:
        """`reach` is how many frames back tracking reads memory; `multimask` is that of `DecoderFeatures`."""
        self._store = store
        self._memories = memories
        self._reach = reach
        self._multimask = multimask

    def capture(
        self, object_id: int, frame_index: int, reverse: bool, embedding: FrameEmbedding, conditioned: Tensor
    ) -> CapturedFeatures:
        """Stores a copy of features [1, C, h, w] that were conditioned on the object's memory as it is now."""
        features = DecoderFeatures(in_mapped_memory(conditioned), embedding.high_resolution, self._multimask)
        memory = self._memories[object_id].under(frame_index, reverse, self._reach)
        captured = CapturedFeatures(features, reverse, memory)
        self._store.put(object_id, frame_index, captured)
        return captured

    def fresh(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        """The captured features of a frame, or None where there are none or they are stale."""
        captured = self._store.get(object_id, frame_index)
        if captured is None:
            return None
        memory = self._memories[object_id].under(frame_index, captured.reverse, self._reach)
        return captured if captured.memory == memory else None
