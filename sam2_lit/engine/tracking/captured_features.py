"""Captured features: what the mask decoder saw, and the memory it saw it under."""

from collections import OrderedDict

from sam2_lit.engine.video_tracker import CapturedFeatures


class FeatureStore:
    """Captured features by (object, frame), the least recently used given up when they outgrow `budget` bytes."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._entries: OrderedDict[tuple[int, int], CapturedFeatures] = OrderedDict()
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        return self._bytes

    def put(self, object_id: int, frame_index: int, captured: CapturedFeatures) -> None:
        self.discard(object_id, frame_index)
        self._entries[object_id, frame_index] = captured
        self._bytes += captured.features.nbytes
        while self._bytes > self._budget and len(self._entries) > 1:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= oldest.features.nbytes

    def get(self, object_id: int, frame_index: int) -> CapturedFeatures | None:
        captured = self._entries.get((object_id, frame_index))
        if captured is not None:
            self._entries.move_to_end((object_id, frame_index))
        return captured

    def discard(self, object_id: int, frame_index: int) -> None:
        captured = self._entries.pop((object_id, frame_index), None)
        if captured is not None:
            self._bytes -= captured.features.nbytes

    def discard_object(self, object_id: int) -> None:
        for owner, frame_index in list(self._entries):
            if owner == object_id:
                self.discard(owner, frame_index)

    def clear(self) -> None:
        self._entries.clear()
        self._bytes = 0
