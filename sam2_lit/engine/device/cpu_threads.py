"""How many CPU threads a step uses.

Results may round differently with the number of threads. The embedded model's operators are laid out so that they do
not (`weight_layout.py`, and `use_threads(1)` for small products), as far as the libraries allow.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def flush_denormals() -> None:
    """Makes this thread, and threads it starts, treat numbers below 1.2e-38 as zero.

    Only for threads of ours: other code in the process may rely on IEEE 754 arithmetic. A sharp softmax over thousands
    of pixels is full of denormals, on which a CPU computes up to a hundred times slower. In a float32 sum they make no
    difference.
    """
    torch.set_flush_denormal(True)


def available_threads() -> int:
    """One thread for each core that this process may use; OMP_NUM_THREADS may lower it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(limit)) if limit.isdecimal() and int(limit) > 0 else cores


def tracking_threads() -> int:
    """The threads for tracking, while the others decode and encode the frames to come."""
    return max(1, available_threads() // 2)


@contextmanager
def use_threads(count: int) -> Iterator[None]:
    """Within the block, PyTorch's operators that this thread calls use `count` threads."""
    before = torch.get_num_threads()
    if count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Within the block, every step uses one thread, so that two runs are equal to the bit."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with use_threads(1):
            yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
