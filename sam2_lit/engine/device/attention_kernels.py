"""Which of PyTorch's attention kernels a GPU uses."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel


def attention_to_any_shape(device: torch.device) -> AbstractContextManager[None]:
    """Attention without cuDNN's kernels, for shapes that hardly come again; changes nothing but on CUDA and ROCm.

    cuDNN builds a plan for each new shape, which takes longer than to track a frame (`scripts/gpu-check --only
    attention`).
    """
    if device.type != "cuda":
        return nullcontext()
    return sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH])
