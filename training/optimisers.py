"""Muon for the hidden matrices, AdamW for everything else, and the moving average of the weights.

Muon: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024), with the update
scaled to AdamW's as in Liu et al., "Muon is scalable for LLM training" (arXiv 2502.16982), so both take one
learning rate. `torch.optim.Muon` iterates in bfloat16, which a CPU has no fast units for; this one stays in
float32 and does all matrices of a shape at once.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

WIDEST = 1024


def orthogonalised(matrices: Tensor, steps: int = 5) -> Tensor:
    """(N, m, n) matrices with their singular values brought near 1 by Newton and Schulz's quintic
    iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    for _ in range(steps):
        square = x @ x.transpose(1, 2)
        x = a * x + (b * square + c * square @ square) @ x
    result: Tensor = x.transpose(1, 2) if tall else x
    return result


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised; `lr` as for AdamW."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": 0.01})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            shapes = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    shapes[parameter.shape].append(parameter)
            for shape, parameters in shapes.items():
                updates = torch.stack([self._momentum(parameter, group["momentum"]) for parameter in parameters])
                updates = orthogonalised(updates) * (0.2 * max(shape) ** 0.5)
                for parameter, update in zip(parameters, updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-group["lr"])

    def _momentum(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        buffer: Tensor = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        assert parameter.grad is not None
        buffer.lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(buffer, momentum)


def optimisers(model: nn.Module, trunk_rate: float) -> list[torch.optim.Optimizer]:
    """Muon and AdamW over all weights; the trunk learns `trunk_rate` times as fast as the rest.

    Rates are set before each step: each group's `share` times the stage's.
    """
    matrices, others, trunk = [], [], []
    for name, parameter in model.named_parameters():
        embedding = "embed" in name or "token" in name
        if name.startswith("image_encoder.trunk."):
            trunk.append(parameter)
        elif parameter.ndim == 2 and max(parameter.shape) < WIDEST and min(parameter.shape) > 1 and not embedding:
            matrices.append(parameter)
        else:
            others.append(parameter)
    adam = torch.optim.AdamW(
        [{"params": others, "share": 1.0}, {"params": trunk, "share": trunk_rate}],
        lr=1e-4,
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    muon = Muon(matrices, lr=1e-4)
    muon.param_groups[0]["share"] = 1.0
    return [muon, adam]


class Average:
    """The exponential moving average of a model's weights.

    It begins with the weights that the run starts from, which are worth keeping, and forgets them at the same rate as
    all later ones.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights = {name: value.detach().clone().float() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for name, value in model.state_dict().items():
            self.weights[name].lerp_(value.float(), 1 - self.decay)
