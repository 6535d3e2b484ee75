"""Launches the many small kernels of a part of the model as one CUDA graph."""

from collections.abc import Callable

import torch
from torch import Tensor

from sam2_lit.lora.cuda_graph import as_cuda_graph

TensorsFunction = Callable[..., tuple[Tensor, ...]]
"""Takes tensors and returns some; depends on nothing else, and neither waits for the device nor is interrupted."""

# A graph holds the memory of everything that it computes: of the mask decoder, some 50 MiB an object at 1024 pixels.
_MOST_GRAPHS, _MOST_ROWS = 4, 8


class GraphedFunction:
    """A function of tensors as a CUDA graph for each shape of its arguments, equal up to the choice of kernels.

    At most 4 graphs of at most 8 rows are captured; for other shapes, and where nothing can be captured, the function
    itself runs. Used in inference mode, by one thread at a time.
    """

    def __init__(self, function: TensorsFunction, device: torch.device) -> None:
        self._function = function
        self._device = device
        self._graphs: dict[tuple[torch.Size, ...], _Graph] = {}

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        shapes = tuple(each.shape for each in tensors)
        if shapes not in self._graphs:
            if len(self._graphs) == _MOST_GRAPHS or len(tensors[0]) > _MOST_ROWS:
                return self._function(*tensors)
            self._graphs[shapes] = _Graph(self._function, tensors, self._device)
        return self._graphs[shapes](*tensors)


class _Graph:
    """The graph for one shape: arguments are copied to where it reads them, and results from where it writes them."""

    def __init__(self, function: TensorsFunction, tensors: tuple[Tensor, ...], device: torch.device) -> None:
        self._arguments = [each.clone() for each in tensors]
        self._replay = as_cuda_graph(lambda: function(*self._arguments), device)

    def __call__(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        for argument, tensor in zip(self._arguments, tensors, strict=True):
            argument.copy_(tensor)
        return tuple(each.clone() for each in self._replay())
