"""Copies of a device's tensors in main memory."""

import torch
from torch import Tensor


def on_host(tensor: Tensor) -> Tensor:
    """A copy in main memory, for the stream that this thread uses: only what it copies back may read it.

    From CUDA the copy is pinned, and nothing waits for it.
    """
    if tensor.device.type != "cuda":
        return tensor.to("cpu", copy=True)
    pinned = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
    return pinned.copy_(tensor, non_blocking=True)
