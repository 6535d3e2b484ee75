"""Work of many small kernels, launched on CUDA as one."""

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

T = TypeVar("T")

logger = logging.getLogger(__name__)

_WARM_UPS = 3
"""Before a capture, libraries choose their kernels and allocate their workspaces (PyTorch's notes on CUDA graphs)."""


def captured(run: Callable[[], T], device: torch.device) -> Callable[[], T]:
    """`run`, captured in a CUDA graph where `device` is one of CUDA, and as it is elsewhere or where that fails.

    `run` reads and returns the same tensors each time: what it returned the last time holds the new values. It neither
    waits for the device nor branches on what a tensor holds, and changes nothing that it reads, since it is run some
    times more than it is called.
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
        beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(_WARM_UPS):
                run()
        torch.cuda.current_stream().wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the device meanwhile.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            made = run()

    def replay() -> T:
        graph.replay()
        return made

    return replay
