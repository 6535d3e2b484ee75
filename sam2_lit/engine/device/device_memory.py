"""A device's own memory: how much is free, what PyTorch retains of it, and copies to and from the CPU's."""

import torch
from torch import Tensor


def free_bytes(device: torch.device) -> int | None:
    """Bytes of a GPU's memory that tensors can still take; None on a CPU, whose memory others use as well."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        # PyTorch's allocator holds memory that is free to it alone.
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return None


class HostCopy:
    """A tensor on its way from a device to the CPU. On CUDA the device goes on meanwhile, and so does this thread."""

    def __init__(self, tensor: Tensor) -> None:
        self._event: torch.cuda.Event | None = None
        if tensor.device.type == "cuda":
            self._copy = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True)
            self._copy.copy_(tensor, non_blocking=True)
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record(torch.cuda.current_stream(tensor.device))
        else:
            self._copy = tensor.cpu()

    def result(self) -> Tensor:
        """The tensor on the CPU, once it has arrived. May be called on any thread."""
        if self._event is not None:
            self._event.synchronize()
        return self._copy


def upload(tensor: Tensor, device: torch.device) -> Tensor:
    """A CPU tensor on a device; nothing waits for what a CUDA device does before."""
    if device.type != "cuda":
        return tensor.to(device)
    pinned = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True).copy_(tensor)
    return pinned.to(device, non_blocking=True)


def release_cached(device: torch.device) -> None:
    """Returns to the device what PyTorch retains of its memory for later tensors."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
