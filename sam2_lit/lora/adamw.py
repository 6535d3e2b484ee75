"""The optimizer of trainings."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim.adamw import adamw

_EPSILON, _WEIGHT_DECAY = 1e-8, 0.01


class AdamW:
    """AdamW (Loshchilov and Hutter, arXiv 1711.05101), by the function that `torch.optim.AdamW` calls.

    That class imports PyTorch's compiler to turn it off for itself, which takes 2 s.
    """

    def __init__(self, parameters: Sequence[Tensor], learning_rate: float, betas: tuple[float, float]) -> None:
        """`parameters` are float tensors, which `step` changes in place."""
        self._parameters = list(parameters)
        self._learning_rate = learning_rate
        self._betas = betas
        # Tensors of inference mode could only be updated in it.
        with torch.inference_mode(False):
            self._means = [torch.zeros_like(each) for each in self._parameters]
            self._squares = [torch.zeros_like(each) for each in self._parameters]
            self._steps = [torch.zeros((), dtype=torch.float32, device=each.device) for each in self._parameters]

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Updates the parameters by their gradients, which are in the same order."""
        adamw(
            self._parameters,
            list(gradients),
            self._means,
            self._squares,
            [],
            self._steps,
            fused=True,
            amsgrad=False,
            beta1=self._betas[0],
            beta2=self._betas[1],
            lr=self._learning_rate,
            weight_decay=_WEIGHT_DECAY,
            eps=_EPSILON,
            maximize=False,
        )
