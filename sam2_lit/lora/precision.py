"""The precision that adapters are trained and compared in."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def float32(device: torch.device, gradients: bool) -> Iterator[None]:
    """Runs its body in float32 and with tensors that autograd accepts, whatever the caller runs under.

    SAM 2's predictor runs under inference mode, whose tensors autograd refuses, and on CUDA under bfloat16 autocast,
    which loses the small steps of an optimizer. Features captured there must be copied inside.
    """
    # Leaving inference mode enables gradients, so they are set after it.
    with (
        torch.inference_mode(False),
        torch.set_grad_enabled(gradients),
        torch.autocast(device.type, enabled=False),
    ):
        yield
