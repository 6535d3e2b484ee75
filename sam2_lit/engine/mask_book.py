"""The masks of a session, as they were tracked or drawn."""

import threading

from sam2_lit.engine.records import FrameMasks, Mask


class MaskBook:
    """For each frame and object, the mask that was made last.

    Masks are written from the device's thread and from the one that encodes beside it, so a mask that was made
    earlier can arrive later: the stamp of the tracker's clock decides, and a removed object's late masks are dropped.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: dict[int, dict[int, tuple[int, Mask]]] = {}
        self._removed: dict[int, int] = {}
        self._order: dict[int, None] = {}

    def put(self, frame_index: int, mask: Mask, stamp: int) -> None:
        """Keeps `mask`, unless a later one is there or the object was removed since."""
        with self._lock:
            if stamp <= self._removed.get(mask.object_id, -1):
                return
            kept = self._frames.setdefault(frame_index, {})
            if mask.object_id not in kept or kept[mask.object_id][0] <= stamp:
                kept[mask.object_id] = (stamp, mask)
                self._order.setdefault(mask.object_id)

    def get(self, frame_index: int, object_id: int) -> Mask | None:
        with self._lock:
            entry = self._frames.get(frame_index, {}).get(object_id)
            return entry[1] if entry else None

    def on_frame(self, frame_index: int) -> FrameMasks:
        with self._lock:
            kept = self._frames.get(frame_index, {})
            return FrameMasks(frame_index, tuple(kept[owner][1] for owner in self._order if owner in kept))

    def frames(self) -> list[int]:
        """The frames that have a mask, in rising order."""
        with self._lock:
            return sorted(self._frames)

    def discard(self, frame_index: int, object_id: int) -> None:
        with self._lock:
            kept = self._frames.get(frame_index, {})
            kept.pop(object_id, None)
            if not kept:
                self._frames.pop(frame_index, None)

    def remove_object(self, object_id: int, stamp: int) -> None:
        """Drops an object's masks, and those made up to `stamp` that still come."""
        with self._lock:
            self._removed[object_id] = stamp
            self._order.pop(object_id, None)
            for frame_index, kept in list(self._frames.items()):
                kept.pop(object_id, None)
                if not kept:
                    del self._frames[frame_index]
