"""How the server's process is set up."""

import sys

import torch

from sam2_lit.engine.device.cpu_threads import tracking_threads
from sam2_lit.engine.device.heap_trimmer import retain_freed_memory


def set_up_process() -> None:
    """Sets up a process that tracks and serves at the same time. Called before a model is loaded."""
    # The tracking thread must get the interpreter back quickly from other threads, which need it only for moments.
    sys.setswitchinterval(0.0005)
    retain_freed_memory()
    torch.set_num_threads(tracking_threads())
