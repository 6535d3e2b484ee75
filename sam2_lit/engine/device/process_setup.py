"""How the server's process is set up."""

import sys

import torch

from sam2_lit.engine.device.cpu_threads import tracking_threads
from sam2_lit.engine.device.heap_trimmer import keep_freed_memory


def set_up_process() -> None:
    """For a process that tracks and serves at once; to be called before a model is loaded."""
    # The tracking thread must not wait long for the threads beside it, which hold the interpreter for moments only.
    sys.setswitchinterval(0.0005)
    keep_freed_memory()
    torch.set_num_threads(tracking_threads())
