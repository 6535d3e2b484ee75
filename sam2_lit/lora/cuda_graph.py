"""Launches a function's many small CUDA kernels as one graph."""

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import torch

from sam2_lit.machine_errors import is_out_of_memory

T = TypeVar("T")

logger = logging.getLogger(__name__)

_WARM_UPS = 3
"""Runs before a capture, in which libraries choose kernels and allocate workspaces (PyTorch's notes on CUDA graphs)."""


_can_capture = True


@cache
def _capture_stream(device: torch.device) -> torch.cuda.Stream:
    """The stream of all warm-ups and captures: PyTorch keeps a workspace of cuBLAS for every stream that used it."""
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


@cache
def graph_memory(device: torch.device) -> Any:
    """The memory that graphs of a device may share which never run at once; None on another kind of device."""
    return torch.cuda.graph_pool_handle() if device.type == "cuda" else None


def as_cuda_graph(run: Callable[[], T], device: torch.device, memory: Any = None) -> Callable[[], T]:
    """`run` as a CUDA graph; `run` itself on another kind of device, or where a capture has failed in this process.

    `run` reads and returns the same tensors each time: a call overwrites what the one before returned. It must neither
    wait for the device nor branch on a tensor's values, and must not change what it reads, since the capture calls it
    more often than the caller does. `memory` is from `graph_memory`, or None for memory of its own. Raises what memory
    that runs out raises.
    """
    global _can_capture
    if device.type != "cuda" or not _can_capture:
        return run
    stream = torch.cuda.current_stream(device)
    try:
        return _captured(run, device, memory)
    except RuntimeError as error:
        # A capture that fails leaves the thread on the stream of the capture, which later ones do not use again.
        torch.cuda.set_stream(stream)
        _capture_stream.cache_clear()
        if (shortage := _shortage(error)) is not None:
            raise shortage from None
        _can_capture = False
        logger.warning("no CUDA graph could be captured; kernels are launched one by one", exc_info=True)
        return run


def _shortage(error: BaseException | None) -> BaseException | None:
    """The error of memory that ran out, in place of which the end of the capture may have raised another; or None."""
    while error is not None and not is_out_of_memory(error):
        error = error.__context__
    return error


def _captured(run: Callable[[], T], device: torch.device, memory: Any) -> Callable[[], T]:
    with torch.cuda.device(device):
        side_stream = _capture_stream(device)
        side_stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side_stream):
            for _ in range(_WARM_UPS):
                run()
        torch.cuda.current_stream().wait_stream(side_stream)
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the device during the capture.
        with torch.cuda.graph(graph, pool=memory, stream=side_stream, capture_error_mode="thread_local"):
            outputs = run()

    def replay() -> T:
        graph.replay()
        return outputs

    return replay
