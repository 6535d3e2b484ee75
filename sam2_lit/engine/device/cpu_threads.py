"""How the machine's cores run a step, and how many of them.

The number may round: the same frame is then tracked alike, and not the same to the bit. What the embedded model runs
is put so that it does not (`weight_layout.py`, and `use_threads(1)` where products are small), as far as
libraries allow.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def flush_denormals() -> None:
    """Has this thread, and those that it will start, take numbers under 1.2e-38 for zero.

    For threads of ours only: what else runs in the process may want the arithmetic of IEEE 754. A sharp softmax over
    thousands of pixels is full of such numbers, and a core adds and multiplies them up to a hundred times slower than
    others. What they add to a sum in float32 is not seen.
    """
    torch.set_flush_denormal(True)


def available_threads() -> int:
    """Every core that this process may use: more threads would wait for each other. OMP_NUM_THREADS may lower it."""
    present = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(present, int(told)) if told.isdecimal() and int(told) > 0 else present


def tracking_threads() -> int:
    """Those that track while the others decode and encode the frames to come."""
    return max(1, available_threads() // 2)


@contextmanager
def use_threads(count: int) -> Iterator[None]:
    """Runs PyTorch's operators of this thread on `count` cores."""
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
    """Lets every step run on one core: two runs then agree to the bit, since the number of threads rounds otherwise."""
    told = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with use_threads(1):
            yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if told is not None:
            os.environ["OMP_NUM_THREADS"] = told
