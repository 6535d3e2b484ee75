"""The masks of a session, tracked or drawn, within a memory budget."""

import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sam2_lit.records.frame_spans import frame_spans
from sam2_lit.records.results import FrameMasks, Mask
from sam2_lit.store.saved_session import SavedMask
from sam2_lit.store.session_journal import SessionJournal

# The Python objects around a mask's counts, and its entries in dictionaries.
_MASK_BYTES = 700


@dataclass
class _Frame:
    """A frame's masks by object id, with versions; `transaction` is the last one that wrote any of them."""

    masks: dict[int, tuple[int, Mask]] = field(default_factory=dict)
    transaction: int = 0

    @property
    def nbytes(self) -> int:
        return sum(_MASK_BYTES + sys.getsizeof(mask.rle.counts) for _, mask in self.masks.values())


class MaskBook:
    """For each frame and object, the mask that was made last.

    The device's thread and the thread that encodes tracked masks both write, so a mask may arrive after a newer one:
    the version decides, and late masks of a removed object are dropped. Every change is written to the journal, in the
    same order.

    The most recently used frames are in memory, up to `budget` bytes; the others are read from the store. A frame is
    evicted only once all of it is committed.
    """

    def __init__(self, journal: SessionJournal, read: Callable[[int], Sequence[SavedMask]], budget: int) -> None:
        """`read` returns the stored masks of a frame."""
        self._journal = journal
        self._read = read
        self._budget = budget
        self._lock = threading.Lock()
        self._frames: OrderedDict[int, _Frame] = OrderedDict()
        self._stored: set[int] = set()
        self._removed: dict[int, int] = {}
        self._discarded: dict[tuple[int, int], int] = {}
        self._confirmed: dict[tuple[int, int], int] = {}
        self._frames_of: dict[int, set[int]] = defaultdict(set)
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return self._bytes

    def restore(self, stored: Iterable[tuple[int, int]]) -> None:
        """Drops what is in memory, and notes the masks that are in the store, by frame and object."""
        with self._lock:
            for each in (self._frames, self._removed, self._discarded, self._confirmed, self._frames_of):
                each.clear()
            self._bytes = 0
            self._stored = set()
            for frame_index, object_id in stored:
                self._stored.add(frame_index)
                self._frames_of[object_id].add(frame_index)

    def frames_of(self, object_id: int) -> set[int]:
        """The frames on which the object has a mask."""
        with self._lock:
            return set(self._frames_of[object_id])

    def put(self, frame_index: int, mask: Mask, version: int, reverse: bool, passed: bool | None = None) -> None:
        """Stores `mask`, unless there is a newer one, or it or its object was removed since.

        `reverse` says whether it was tracked from later frames, `passed` whether tracking passed a mask that it keeps
        in reverse; None where it has not passed it.
        """
        with self._lock:
            if self._is_removed(frame_index, mask.object_id, version):
                return
            if version <= self._confirmed.get((frame_index, mask.object_id), -1):
                return
            frame = self._use(frame_index)
            if mask.object_id in frame.masks and frame.masks[mask.object_id][0] > version:
                return
            self._bytes -= frame.nbytes
            frame.masks[mask.object_id] = (version, mask)
            frame.transaction = self._journal.transaction_number
            self._bytes += frame.nbytes
            self._frames_of[mask.object_id].add(frame_index)
            self._journal.put_mask(frame_index, mask, version, reverse, passed)
            self._shrink()

    def get(self, frame_index: int, object_id: int) -> Mask | None:
        with self._lock:
            entry = self._masks_on(frame_index).get(object_id)
            return entry[1] if entry else None

    def on_frame(self, frame_index: int, objects: Sequence[int]) -> FrameMasks:
        """The masks of a frame, in the order of `objects`."""
        with self._lock:
            masks = self._masks_on(frame_index)
            return FrameMasks(frame_index, tuple(masks[owner][1] for owner in objects if owner in masks))

    def discard(self, object_id: int, frames: Sequence[int], version: int) -> None:
        """Removes an object's masks on these frames, rising, and drops those made up to `version` that arrive later."""
        with self._lock:
            for frame_index in frames:
                self._discarded[frame_index, object_id] = version
                self._frames_of[object_id].discard(frame_index)
                if frame_index in self._frames:
                    self._drop(self._frames[frame_index], object_id)
            for each in frame_spans(frames):
                self._journal.remove_masks(object_id, each)

    def confirm(self, object_id: int, frames: Sequence[int], version: int) -> None:
        """Confirms an object's masks on these frames, rising.

        Others that were made up to `version` may still arrive, and are dropped.
        """
        with self._lock:
            self._confirmed |= {(frame_index, object_id): version for frame_index in frames}
            for each in frame_spans(frames):
                self._journal.confirm_masks(object_id, each, True)

    def remove_object(self, object_id: int, version: int) -> None:
        """Removes an object's masks, and drops those made up to `version` that arrive later."""
        with self._lock:
            self._journal.remove_masks(object_id)
            self._removed[object_id] = version
            self._frames_of.pop(object_id, None)
            # The removal's version is above theirs.
            for earlier in (self._discarded, self._confirmed):
                for key in [each for each in earlier if each[1] == object_id]:
                    del earlier[key]
            for frame in self._frames.values():
                self._drop(frame, object_id)

    def _masks_on(self, frame_index: int) -> dict[int, tuple[int, Mask]]:
        if frame_index not in self._frames and frame_index not in self._stored:
            return {}
        masks = self._use(frame_index).masks
        self._shrink()
        return masks

    def _use(self, frame_index: int) -> _Frame:
        """A frame in memory, read from the store where needed."""
        frame = self._frames.get(frame_index)
        if frame is None:
            frame = _Frame()
            if frame_index in self._stored:
                for saved in self._read(frame_index):
                    # A removal may not be committed yet.
                    if not self._is_removed(frame_index, saved.mask.object_id, saved.version):
                        frame.masks[saved.mask.object_id] = (saved.version, saved.mask)
                self._stored.discard(frame_index)
            self._frames[frame_index] = frame
            self._bytes += frame.nbytes
        self._frames.move_to_end(frame_index)
        return frame

    def _is_removed(self, frame_index: int, object_id: int, version: int) -> bool:
        removed = max(self._removed.get(object_id, -1), self._discarded.get((frame_index, object_id), -1))
        return version <= removed

    def _drop(self, frame: _Frame, object_id: int) -> None:
        # Read from the store before the removal is committed, the mask is known as removed by its version.
        self._bytes -= frame.nbytes
        frame.masks.pop(object_id, None)
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
