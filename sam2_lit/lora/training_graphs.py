"""The CUDA graphs of trainings, kept for later ones of the same shapes."""

import weakref
from collections import deque
from typing import Any

from sam2_lit.lora.adapter_stack import AdapterStack
from sam2_lit.lora.stacked_decoder import StackedDecoder
from sam2_lit.lora.training_pass import GraphedPass, PreparedSample
from sam2_lit.lora.training_settings import TrainingSettings

# Each holds the memory of all that a step computes. A training that continues while idle has one, the next another.
_MOST_KEPT = 2


class TrainingGraphs:
    """Passes of one model that no training uses now.

    A capture takes as long as several steps, and gives the allocator's free memory back to the driver first.
    """

    def __init__(self) -> None:
        # Appended to without a lock: a training may end in a garbage collection on any thread, even within `begin`.
        self._free: deque[tuple[Any, GraphedPass]] = deque(maxlen=_MOST_KEPT)

    def begin(
        self,
        training: object,
        decoder: StackedDecoder,
        stack: AdapterStack,
        newest: PreparedSample,
        settings: TrainingSettings,
    ) -> GraphedPass:
        """A pass that begins with these parameters and this sample, which are copied where it has tensors of its own.

        It is kept for later trainings once nothing refers to `training`. Called by one thread at a time.
        """
        shapes = (*(each.shape for each in newest.tensors), *(each.shape for each in stack.parameters))
        key = (shapes, newest.frame.multimask, newest.frame.mask_size, stack.scaling, settings)
        found = self._take(key)
        if found is None:
            found = GraphedPass(decoder, stack, newest, settings)
        else:
            found.restart(stack, newest)
        weakref.finalize(training, self._free.append, (key, found)).atexit = False
        return found

    def release(self) -> None:
        """Drops what no training uses."""
        self._free.clear()

    def _take(self, key: Any) -> GraphedPass | None:
        for _ in range(len(self._free)):
            each, found = self._free.popleft()
            if each == key:
                return found
            self._free.append((each, found))
        return None
