"""Which tracked frames of a session are in memory, and what becomes of those over the budget."""

import logging
from collections import Counter
from functools import partial
from typing import Protocol

from sam2_lit.engine.device.cache_budget import CacheBudget
from sam2_lit.engine.tracking.frame_output import FrameOutput, own_tensors

logger = logging.getLogger("sam2_lit.engine")


class HoldsFrames(Protocol):
    """One object's tracked frames (`TrackedFrames`)."""

    def __hash__(self) -> int: ...

    def __delitem__(self, frame_index: int) -> None: ...

    def move_to_file(self, frame_index: int) -> bool:
        """Frees a frame's memory; False where the file has no room. Raises OSError where the disk is full."""


class ResidentFrames:
    """Counts the frames in memory, and moves those to the file over the budget that were used least recently.

    Where the file has no room, they are dropped, but for those that tracking the next frame reads. Where the disk is
    full, all stay in memory, beyond the budget.

    - nbytes: in memory. has_dropped: whether frames were dropped.
    """

    def __init__(self, budget: CacheBudget, reach: int) -> None:
        """Others may share the budget. `reach` is how many frames back tracking reads."""
        self.nbytes = 0
        self.has_dropped = False
        self._budget = budget
        self._reach = reach
        self._sizes: dict[tuple[HoldsFrames, int], int] = {}
        self._counts: Counter[HoldsFrames] = Counter()
        self._disk_is_full = False

    def use(self, owner: HoldsFrames, frame_index: int, output: FrameOutput) -> None:
        """Notes that a frame in memory was read."""
        key = (owner, frame_index)
        if key not in self._sizes:
            self._sizes[key] = sum(tensor.nbytes for tensor in own_tensors(output))
            self.nbytes += self._sizes[key]
            self._counts[owner] += 1
        self._budget.use(key, self._sizes[key], partial(self._evict, owner, frame_index))

    def forget(self, owner: HoldsFrames, frame_index: int) -> None:
        """Notes that a frame is no longer in memory."""
        nbytes = self._sizes.pop((owner, frame_index), None)
        if nbytes is not None:
            self.nbytes -= nbytes
            self._counts[owner] -= 1
            if not self._counts[owner]:
                # The owner refers to this object, in a cycle.
                del self._counts[owner]
            self._budget.forget((owner, frame_index))

    def close(self) -> None:
        for owner, frame_index in list(self._sizes):
            self.forget(owner, frame_index)

    def _evict(self, owner: HoldsFrames, frame_index: int) -> bool:
        """Moves a frame to the file, or drops it; False where it has to stay in memory."""
        if self._disk_is_full:
            return False
        try:
            if owner.move_to_file(frame_index):
                self.forget(owner, frame_index)
                return True
        except OSError as error:
            self._disk_is_full = True
            logger.warning("tracked frames stay in memory beyond their budget: %s", error)
            return False
        if self._counts[owner] <= self._reach + 1:
            return False
        if not self.has_dropped:
            logger.warning("--tracking-disk is used up: frames are tracked again when they are needed")
        self.has_dropped = True
        del owner[frame_index]
        return True
