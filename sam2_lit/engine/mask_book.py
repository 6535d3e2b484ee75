"""The masks of a session, as they were tracked or drawn."""

import threading
from collections.abc import Iterable, Sequence

from sam2_lit.engine.records import FrameMasks, Mask
from sam2_lit.store.journal import Journal
from sam2_lit.store.saved import SavedMask


class MaskBook:
    """For each frame and object, the mask that was made last.

    Masks are written from the device's thread and from the one that encodes beside it, so a mask that was made
    earlier can arrive later: the stamp of the tracker's clock decides, and a removed object's late masks are dropped.
    What changes here is written to the journal in the same order.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._frames: dict[int, dict[int, tuple[int, Mask]]] = {}
        self._removed: dict[int, int] = {}

    def restore(self, saved: Iterable[SavedMask]) -> None:
        """Takes in what the store has."""
        with self._lock:
            for each in saved:
                self._frames.setdefault(each.frame_index, {})[each.mask.object_id] = (each.stamp, each.mask)

    def put(self, frame_index: int, mask: Mask, stamp: int, reverse: bool) -> None:
        """Keeps `mask`, unless a later one is there or the object was removed since.

        `reverse` says whether it was tracked from later frames.
        """
        with self._lock:
            if stamp <= self._removed.get(mask.object_id, -1):
                return
            kept = self._frames.setdefault(frame_index, {})
            if mask.object_id not in kept or kept[mask.object_id][0] <= stamp:
                kept[mask.object_id] = (stamp, mask)
                self._journal.put_mask(frame_index, mask, stamp, reverse)

    def get(self, frame_index: int, object_id: int) -> Mask | None:
        with self._lock:
            entry = self._frames.get(frame_index, {}).get(object_id)
            return entry[1] if entry else None

    def on_frame(self, frame_index: int, objects: Sequence[int]) -> FrameMasks:
        """The masks of a frame, in the order of `objects`."""
        with self._lock:
            kept = self._frames.get(frame_index, {})
            return FrameMasks(frame_index, tuple(kept[owner][1] for owner in objects if owner in kept))

    def discard(self, frame_index: int, object_id: int) -> None:
        with self._lock:
            self._journal.remove_masks(object_id, frame_index)
            kept = self._frames.get(frame_index, {})
            kept.pop(object_id, None)
            if not kept:
                self._frames.pop(frame_index, None)

    def remove_object(self, object_id: int, stamp: int) -> None:
        """Drops an object's masks, and those made up to `stamp` that still come."""
        with self._lock:
            self._journal.remove_masks(object_id)
            self._removed[object_id] = stamp
            for frame_index, kept in list(self._frames.items()):
                kept.pop(object_id, None)
                if not kept:
                    del self._frames[frame_index]
