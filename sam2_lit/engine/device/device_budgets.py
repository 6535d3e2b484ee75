"""Divides a GPU's free memory."""

from dataclasses import dataclass

_MIB, _GIB = 2**20, 2**30
_LEAST_WORKING, _MOST_WORKING = 512 * _MIB, 4 * _GIB


@dataclass(frozen=True)
class DeviceBudgets:
    """What may be held of a GPU's memory, in bytes, by all sessions together.

    - free: what was free once the model was loaded.
    - working: for the tensors of the step that runs; a sixth of it bounds a batch's keys and values; the other
      tensors of a batch take up to five times as much. CUDA graphs may hold as much again.
    - embeddings: of frames, for further passes. features: captured for training. frames: tracked, to attend to.
    """

    free: int
    working: int
    embeddings: int
    features: int
    frames: int

    @property
    def batch(self) -> int:
        """Keys and values of one layer of the memory attention, for all objects of a batch."""
        return self.working // 6


def divide(free: int, *, cuda_graphs: bool) -> DeviceBudgets:
    """Budgets from the free memory: a quarter for working, within bounds, and a tenth for nobody."""
    working = min(max(free // 4, _LEAST_WORKING), _MOST_WORKING)
    caches = max(0, free - free // 10 - (2 if cuda_graphs else 1) * working)
    return DeviceBudgets(free, working, caches * 4 // 10, caches * 3 // 10, caches * 3 // 10)
