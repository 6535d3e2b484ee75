"""Launches the many small kernels of a part of the model as one CUDA graph."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor

from sam2_lit.lora.cuda_graph import as_cuda_graph, graph_memory
from sam2_lit.machine_errors import is_out_of_memory

TensorsFunction = Callable[..., tuple[Tensor, ...]]
"""Takes tensors, and constants by keyword, and returns tensors; depends on nothing else, and does not wait for the
device."""

CAPTURED_AT = 3
"""Calls of one shape, among the latest, that a graph is captured at."""

MOST_OBJECTS = 8
"""In a batch: a graph holds the memory of everything that it computes, for as long as it may be replayed."""

# Each of the frames at the start of a video has a shape of its own, which is not worth a capture.
_LATEST = 12
_MOST_GRAPHS = 6
# Calls within which a graph counts as in use, and after which a capture is tried again.
_RECENT = 200


class GraphedFunction:
    """A function of tensors as a CUDA graph for each shape of its arguments and each set of constants.

    A graph is captured at the third call of a shape among the latest twelve, and replaces the one used least recently,
    unless all are in use. Where nothing is captured, or memory runs out in a capture, the function itself runs. Graphs
    run one after another on the device, and so share the memory of what they compute. Used in inference mode, by one
    thread at a time.
    """

    def __init__(self, function: TensorsFunction, device: torch.device) -> None:
        self._function = function
        self._device = device
        self._graphs: dict[Hashable, _Graph] = {}
        self._latest: deque[Hashable] = deque(maxlen=_LATEST)
        self._calls = 0
        self._not_before = 0

    def __call__(self, *tensors: Tensor, **constants: Hashable) -> tuple[Tensor, ...]:
        self._calls += 1
        key = (tuple(each.shape for each in tensors), tuple(sorted(constants.items())))
        graph = self._graphs.get(key) or self._captured(key, tensors, constants)
        if graph is None:
            return self._function(*tensors, **constants)
        graph.last_call = self._calls
        return graph(*tensors)

    def release(self) -> None:
        """Drops the graphs, for more room. None is captured for some time."""
        self._graphs.clear()
        self._not_before = self._calls + _RECENT

    def _captured(self, key: Hashable, tensors: tuple[Tensor, ...], constants: dict[str, Any]) -> "_Graph | None":
        self._latest.append(key)
        if self._latest.count(key) < CAPTURED_AT or self._calls < self._not_before or not self._has_room():
            return None
        try:
            graph = _Graph(self._function, tensors, constants, self._device)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            self._not_before = self._calls + _RECENT
            return None
        self._graphs[key] = graph
        return graph

    def _has_room(self) -> bool:
        """Whether one more graph may be kept, after dropping one that is no longer in use."""
        if len(self._graphs) < _MOST_GRAPHS:
            return True
        oldest = min(self._graphs, key=lambda key: self._graphs[key].last_call)
        if self._graphs[oldest].last_call > self._calls - _RECENT:
            return False
        del self._graphs[oldest]
        return True


class _Graph:
    """The graph for one shape: arguments are copied to where it reads them, and results from where it writes them."""

    def __init__(
        self, function: TensorsFunction, tensors: tuple[Tensor, ...], constants: dict[str, Any], device: torch.device
    ) -> None:
        self.last_call = 0
        self._arguments = [each.clone() for each in tensors]
        self._replay = as_cuda_graph(lambda: function(*self._arguments, **constants), device, graph_memory(device))

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        for argument, tensor in zip(self._arguments, tensors, strict=True):
            argument.copy_(tensor)
        return tuple(each.clone() for each in self._replay())
