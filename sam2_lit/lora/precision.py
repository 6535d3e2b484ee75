"""The arithmetic that adapters are trained and compared in."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def float32(device: torch.device, gradients: bool) -> Iterator[None]:
    """Float32 and tensors that autograd may keep, whatever the caller runs under.

    SAM 2's predictor runs under inference mode, whose tensors autograd refuses, and on CUDA under bfloat16
    autocast, in which the small steps of an optimiser are lost. Features captured there must be copied
    inside.
    """
    # Leaving inference mode turns gradients on, so their switch comes after it.
    with (
        torch.inference_mode(False),
        torch.set_grad_enabled(gradients),
        torch.autocast(device.type, enabled=False),
    ):
        yield
