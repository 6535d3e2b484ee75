"""The masks of a session, as they were tracked or drawn, within a budget."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sam2_lit.records.results import FrameMasks, Mask
from sam2_lit.store.saved_session import SavedMask
from sam2_lit.store.session_journal import SessionJournal

# Of a mask beside its counts: the objects that hold it, and its places in dictionaries.
_MASK_BYTES = 700


@dataclass
class _Frame:
    """A frame's masks by object, each with its stamp; `transaction` is the last unit of the journal that wrote one."""

    masks: dict[int, tuple[int, Mask]] = field(default_factory=dict)
    transaction: int = 0

    @property
    def nbytes(self) -> int:
        return sum(_MASK_BYTES + sys.getsizeof(mask.rle.counts) for _, mask in self.masks.values())


class MaskBook:
    """For each frame and object, the mask that was made last.

    Masks are written from the device's thread and from the one that encodes beside it, so a mask that was made
    earlier can arrive later: the stamp of the tracker's clock decides, and a removed object's late masks are dropped.
    What changes here is written to the journal in the same order.

    Frames that were used last are in memory, up to `budget` bytes. The others are in the store, which `read` asks for
    a frame's masks; a frame leaves memory only once all of it is there.
    """

    def __init__(self, journal: SessionJournal, read: Callable[[int], Sequence[SavedMask]], budget: int) -> None:
        self._journal = journal
        self._read = read
        self._budget = budget
        self._lock = threading.Lock()
        self._frames: OrderedDict[int, _Frame] = OrderedDict()
        self._stored: set[int] = set()
        self._removed: dict[int, int] = {}
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """The bytes in memory."""
        return self._bytes

    def restore(self, frame_indices: Iterable[int]) -> None:
        """Knows of the frames whose masks the store has."""
        with self._lock:
            self._stored.update(frame_indices)

    def put(self, frame_index: int, mask: Mask, version: int, reverse: bool) -> None:
        """Keeps `mask`, unless a later one is there or the object was removed since.

        `reverse` says whether it was tracked from later frames.
        """
        with self._lock:
            if version <= self._removed.get(mask.object_id, -1):
                return
            frame = self._use(frame_index)
            if mask.object_id in frame.masks and frame.masks[mask.object_id][0] > version:
                return
            self._bytes -= frame.nbytes
            frame.masks[mask.object_id] = (version, mask)
            frame.transaction = self._journal.transaction_number
            self._bytes += frame.nbytes
            self._journal.put_mask(frame_index, mask, version, reverse)
            self._shrink()

    def get(self, frame_index: int, object_id: int) -> Mask | None:
        with self._lock:
            entry = self._kept(frame_index).get(object_id)
            return entry[1] if entry else None

    def on_frame(self, frame_index: int, objects: Sequence[int]) -> FrameMasks:
        """The masks of a frame, in the order of `objects`."""
        with self._lock:
            kept = self._kept(frame_index)
            return FrameMasks(frame_index, tuple(kept[owner][1] for owner in objects if owner in kept))

    def discard(self, frame_index: int, object_id: int) -> None:
        with self._lock:
            self._drop(self._use(frame_index), object_id)
            self._journal.remove_masks(object_id, frame_index)

    def remove_object(self, object_id: int, version: int) -> None:
        """Drops an object's masks, and those made up to `version` that still come."""
        with self._lock:
            self._journal.remove_masks(object_id)
            self._removed[object_id] = version
            for frame in self._frames.values():
                self._drop(frame, object_id)

    def _kept(self, frame_index: int) -> dict[int, tuple[int, Mask]]:
        if frame_index not in self._frames and frame_index not in self._stored:
            return {}
        kept = self._use(frame_index).masks
        self._shrink()
        return kept

    def _use(self, frame_index: int) -> _Frame:
        """A frame in memory, read from the store where it is there alone."""
        frame = self._frames.get(frame_index)
        if frame is None:
            frame = _Frame()
            if frame_index in self._stored:
                for saved in self._read(frame_index):
                    # What was removed may not have gone from the store yet.
                    if saved.version > self._removed.get(saved.mask.object_id, -1):
                        frame.masks[saved.mask.object_id] = (saved.version, saved.mask)
                self._stored.discard(frame_index)
            self._frames[frame_index] = frame
            self._bytes += frame.nbytes
        self._frames.move_to_end(frame_index)
        return frame

    def _drop(self, frame: _Frame, object_id: int) -> None:
        self._bytes -= frame.nbytes
        if frame.masks.pop(object_id, None) is not None:
            frame.transaction = self._journal.transaction_number
        self._bytes += frame.nbytes

    def _shrink(self) -> None:
        while self._bytes > self._budget and len(self._frames) > 1:
            oldest, frame = next(iter(self._frames.items()))
            if frame.transaction > self._journal.committed_number:
                return
            del self._frames[oldest]
            self._bytes -= frame.nbytes
            if frame.masks:
                self._stored.add(oldest)
