"""Launches a function's many small CUDA kernels as one graph."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

T = TypeVar("T")

logger = logging.getLogger(__name__)

_WARM_UPS = 3
"""Runs before a capture, in which libraries choose kernels and allocate workspaces (PyTorch's notes on CUDA graphs)."""


def as_cuda_graph(run: Callable[[], T], device: torch.device) -> Callable[[], T]:
    """`run` as a CUDA graph; `run` itself on another kind of device, or where the capture fails.

    `run` reads and returns the same tensors each time: a call overwrites what the one before returned. It must neither
    wait for the device nor branch on a tensor's values, and must not change what it reads, since the capture calls it
    more often than the caller does.
    """
    if device.type != "cuda":
        return run
    try:
        return _captured(run, device)
    except RuntimeError:
        logger.warning("no CUDA graph could be captured; training launches its kernels one by one", exc_info=True)
        return run


def _captured(run: Callable[[], T], device: torch.device) -> Callable[[], T]:
    with torch.cuda.device(device):
        side_stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side_stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side_stream):
            for _ in range(_WARM_UPS):
                run()
        torch.cuda.current_stream().wait_stream(side_stream)
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the device during the capture.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            outputs = run()

    def replay() -> T:
        graph.replay()
        return outputs

    return replay
